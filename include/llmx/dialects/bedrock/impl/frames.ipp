// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/frames.hpp>
#include <llmx/dialects/bedrock/impl/converse_stream_decoder.ipp>
#include <llmx/dialects/detail/prompted_chat.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// The member that Bedrock adds to the last object of a model's own stream.
inline constexpr std::string_view bedrock_metrics = "amazon-bedrock-invocationMetrics";

/// Renames the members \p from of the text \p json, at any depth, to \p to.
LLMX_DECL void rename_json_members(std::string& json, std::string_view from, std::string_view to) {
    std::string quoted = "\"";
    quoted.append(from).append("\"");
    for (std::size_t at = json.find(quoted); at != std::string::npos; at = json.find(quoted, at + 1)) {
        const std::size_t next = json.find_first_not_of(" \t\r\n", at + quoted.size());
        // In a string its quotes would be escaped.
        if (next == std::string::npos || json[next] != ':' || (at != 0 && json[at - 1] == '\\')) continue;
        json.replace(at + 1, from.size(), to);
    }
}

LLMX_DECL void bedrock_complete_openai(std::string& json) {
    if (json.find("\"stop_reason\"") != std::string::npos && json.find("\"finish_reason\"") == std::string::npos)
        rename_json_members(json, "stop_reason", "finish_reason");
    const std::optional<std::string_view> counted = json_member_value(json, bedrock_metrics);
    if (!counted) return;
    if (const std::optional<std::string_view> own = json_member_value(json, "usage"); own && own->starts_with('{')) return;
    std::int64_t input = 0, output = 0;
    static_cast<void>(scan_json_members(*counted, [&](const json_member& m) {
        if (m.named("inputTokenCount")) input = json_count(m.value).value_or(0);
        else if (m.named("outputTokenCount")) output = json_count(m.value).value_or(0);
    }));
    static_cast<void>(omit_member(json, "usage"));
    std::string more;
    json_writer(more).object().member("prompt_tokens", input).member("completion_tokens", output).end_object();
    const std::size_t end = json.rfind('}');
    json.insert(end, ",\"usage\":" + more);
}

LLMX_DECL result<void> aws_frames::feed(std::string_view bytes, std::string& inner) {
    // Of the message that has not ended; those that end here are taken off.
    pending_ += bytes.size();
    return events_.feed(bytes, [this, &inner](const aws_event& e) { return take(e, inner); });
}

LLMX_DECL result<void> aws_frames::take(const aws_event& event, std::string& inner) {
    constexpr std::size_t around = 16; // two lengths and two checksums
    pending_ -= around + event.headers.size() + event.payload.size();
    if (event.message_type == "exception" || event.message_type == "error") return bedrock_stream_failure(event);
    if (what_ != carries::bytes) return event.event_type == "chunk" ? take_chunk(event.payload, inner) : success();
    if (event.event_type == "PayloadPart") inner += event.payload;
    return success();
}

LLMX_DECL result<void> aws_frames::take_chunk(std::string_view payload, std::string& inner) const {
    std::string_view base64;
    const result<void> scanned = scan_json_members(payload, [&base64](const json_member& m) {
        if (m.named("bytes") && is_json_string(m.value)) base64 = m.value;
    });
    result<std::string> json = base64_decode(unescape_json_string(base64.empty() ? std::string_view("\"\"") : base64));
    if (!scanned || !json || json->empty()) return error(errc::bad_response, "a chunk of the stream holds no bytes");
    if (what_ == carries::openai) bedrock_complete_openai(*json);
    if (what_ == carries::prompted) {
        json = prompted_to_openai(*json, true);
        if (!json) return json.error();
    }
    if (what_ != carries::nova) {
        // A line end can only be between the values of the object.
        std::replace(json->begin(), json->end(), '\n', ' ');
        std::replace(json->begin(), json->end(), '\r', ' ');
        inner.append("data: ").append(*json).append("\n\n");
        return success();
    }
    return scan_json_members(*json, [&inner](const json_member& m) -> result<void> {
        if (!m.value.starts_with('{') || m.named(bedrock_metrics)) return success();
        std::string headers;
        for (const aws_event_header& h : {aws_event_header(":message-type", aws_header_type::text, "event"),
                                          aws_event_header(":event-type", aws_header_type::text, m.key)})
            if (const result<void> added = append_aws_header(headers, h); !added) return error(errc::bad_response, "an event of the stream has no name");
        return append_aws_event(inner, headers, m.value);
    });
}

} // namespace llmx::inline LLMX_ABI::detail
