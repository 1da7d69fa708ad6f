// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/dialects/detail/json_members.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void add_usage(usage& to, const usage& more) noexcept {
    for (const auto member : {&usage::input_tokens, &usage::output_tokens, &usage::cached_tokens, &usage::reasoning_tokens,
        &usage::input_audio_tokens,
                              &usage::output_audio_tokens, &usage::input_image_tokens})
        to.*member = add_counts(to.*member, more.*member);
}

} // namespace detail

LLMX_DECL std::string_view realtime_event_type(std::string_view event) {
    json_scanner scanner(event);
    json_member m;
    while (scanner.next(m))
        if (m.named("type")) return plain_json_string(m.value).value_or(std::string_view());
    return std::string_view();
}

LLMX_DECL usage read_realtime_usage(std::string_view json) {
    usage u;
    u.input_tokens = detail::json_count_of(json, "input_tokens");
    u.output_tokens = detail::json_count_of(json, "output_tokens");
    const std::string_view in = detail::json_member_of(json, "input_token_details"),
        out = detail::json_member_of(json, "output_token_details");
    u.cached_tokens = detail::json_count_of(in, "cached_tokens");
    u.input_audio_tokens = detail::json_count_of(in, "audio_tokens");
    u.input_image_tokens = detail::json_count_of(in, "image_tokens");
    u.output_audio_tokens = detail::json_count_of(out, "audio_tokens");
    u.reasoning_tokens = detail::json_count_of(out, "reasoning_tokens");
    return u;
}

LLMX_DECL void append_realtime_error(std::string& out, std::string_view event_id, std::string_view type, std::string_view code,
    std::string_view message,
                                     std::string_view param, std::string_view caused_by) {
    json_writer w(out);
    w.object().member("type", "error").member("event_id", event_id).key("error").object().member("type", type);
    const auto or_null = [&w](std::string_view name, std::string_view value) {
        w.key(name);
        if (value.empty()) w.null();
        else w.value(value);
    };
    or_null("code", code);
    w.member("message", message);
    or_null("param", param);
    or_null("event_id", caused_by);
    w.end_object().end_object();
}

LLMX_DECL bool realtime_watch::keep(std::size_t bytes) noexcept {
    if (bytes > room_) {
        record_.truncated = true;
        return false;
    }
    room_ -= bytes;
    return true;
}

LLMX_DECL void realtime_watch::client_sent(std::string_view event) {
    const std::string_view type = realtime_event_type(event);
    if (type == "session.update") {
        const std::string_view tools = detail::json_member_of(detail::json_member_of(event, "session"), "tools");
        if (tools.empty()) return;
        room_ += record_.tools.size();
        record_.tools.clear();
        if (keep(tools.size())) record_.tools = tools;
    } else if (type == "conversation.item.create") {
        const std::string_view item = detail::json_member_of(event, "item");
        const std::string role = detail::json_text_of(item, "role");
        if (role.empty()) return;
        std::string text;
        static_cast<void>(scan_json_elements(detail::json_member_of(item, "content"),
            [&](const json_member& part) { text += detail::json_text_of(part.value, "text"); }));
        if (!text.empty() && keep(text.size() + role.size())) record_.transcripts.emplace_back(role, std::move(text));
    }
}

LLMX_DECL void realtime_watch::end_response(std::string_view response) {
    responding_ = false;
    ++record_.responses;
    last_ = read_realtime_usage(detail::json_member_of(response, "usage"));
    detail::add_usage(record_.tokens, last_);
    static_cast<void>(scan_json_elements(detail::json_member_of(response, "output"), [&](const json_member& item) {
        const std::string kind = detail::json_text_of(item.value, "type");
        if (kind == "function_call") {
            realtime_record::tool_call made;
            made.name = detail::json_text_of(item.value, "name");
            made.call_id = detail::json_text_of(item.value, "call_id");
            made.arguments = detail::json_text_of(item.value, "arguments");
            if (keep(made.name.size() + made.call_id.size() + made.arguments.size() + sizeof made)) record_.calls.push_back(std::move(made));
        } else if (kind == "message") {
            std::string text;
            static_cast<void>(scan_json_elements(detail::json_member_of(item.value, "content"), [&](const json_member& part) {
                text += detail::json_text_of(part.value, "text");
                text += detail::json_text_of(part.value, "transcript");
            }));
            if (!text.empty() && keep(text.size() + sizeof(realtime_record::transcript))) record_.transcripts.emplace_back("assistant",
                std::move(text));
        }
    }));
}

LLMX_DECL bool realtime_watch::server_sent(std::string_view event) {
    const std::string_view type = realtime_event_type(event);
    if (type == "response.created") {
        responding_ = true;
    } else if (type == "response.done") {
        end_response(detail::json_member_of(event, "response"));
        return true;
    } else if (type == "conversation.item.input_audio_transcription.completed") {
        std::string text = detail::json_text_of(event, "transcript");
        if (!text.empty() && keep(text.size() + sizeof(realtime_record::transcript))) record_.transcripts.emplace_back("user",
            std::move(text));
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI
