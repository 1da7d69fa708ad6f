// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/audio.hpp>

#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool is_media_type(std::string_view content_type, std::string_view type) noexcept {
    return equals_ignoring_case(trim_ows(content_type.substr(0, content_type.find(';'))), type);
}

LLMX_DECL usage openai_audio_usage(std::string_view text, std::optional<double>* seconds) {
    usage u;
    std::optional<std::int64_t> input, total;
    json_scanner scanner(text);
    for (json_member m; scanner.next(m);) {
        if (m.named("input_token_details") && m.value.starts_with('{')) {
            json_scanner details(m.value);
            for (json_member d; details.next(d);)
                if (d.named("audio_tokens")) u.input_audio_tokens = json_count(d.value).value_or(0);
        } else if (m.named("seconds") && seconds != nullptr) {
            *seconds = json_number(m.value);
        } else if (const auto n = json_count(m.value)) {
            if (m.named("input_tokens") || m.named("prompt_tokens")) input = *n;
            else if (m.named("output_tokens") || m.named("completion_tokens")) u.output_tokens = *n;
            else if (m.named("total_tokens")) total = *n;
        }
    }
    u.input_tokens = input ? *input : subtract_counts(total.value_or(0), u.output_tokens);
    return u;
}

LLMX_DECL const stream_progress& LLMX_OF(openai_audio_watch)::feed(std::string_view bytes) {
    const auto read = parser_.feed(bytes, [this](const sse_event& e) { event(e); });
    if (read.has_error()) progress_.failed = true;
    progress_.pending = parser_.unfinished();
    return progress_;
}

LLMX_DECL void LLMX_OF(openai_audio_watch)::event(const sse_event& e) {
    if (e.data == "[DONE]") {
        progress_.begun = progress_.complete = true;
        return;
    }
    std::string_view type;
    const auto read = scan_json_members(e.data, [this, &type](const json_member& m) {
        if (m.named("type")) type = plain_json_string(m.value).value_or(std::string_view());
        else if (m.named("usage") && m.value.starts_with('{')) progress_.tokens = openai_audio_usage(m.value);
        else if (m.named("error") && !is_json_null(m.value)) progress_.failed = true;
    });
    if (read.has_error() || e.event == "error" || type == "error" || type.ends_with(".error")) progress_.failed = true;
    if (progress_.failed) return;
    progress_.begun = true;
    if (type.ends_with(".done")) progress_.complete = true;
}

/// A reply of a media type that is not an answer.
class refused_media_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view) override {
        progress_.failed = true;
        return progress_;
    }

private:
    stream_progress progress_;
};

LLMX_DECL std::unique_ptr<any_stream_watch> openai_audio_make_watch(std::string_view content_type) {
    if (is_media_type(content_type, "text/event-stream")) return std::make_unique<openai_audio_watch>();
    if (is_media_type(content_type, "text/html")) return std::make_unique<refused_media_watch>();
    return std::make_unique<octets_watch>();
}

LLMX_DECL error openai_audio_failure(std::string_view bytes) {
    std::optional<error> found;
    const auto look = [&found](const sse_event& e) {
        json_document document(e.data);
        if (!document.good()) {
            if (e.data != "[DONE]")
                found = error(errc::bad_response, "the provider's stream has an event that is not a JSON object");
            return;
        }
        const json_cursor event = document.root(), failure = event["error"];
        const std::string_view type = event["type"].string_or();
        if (failure) found = openai_flat_failure(failure.text());
        else if (e.event == "error" || type == "error" || type.ends_with(".error")) found = openai_flat_failure(e.data);
    };
    sse_parser parser;
    auto read = parser.feed(bytes, look);
    // The blank line after it may not have come.
    if (!read.has_error()) read = parser.deliver_incomplete(look);
    if (found) return *found;
    if (read.has_error()) return read.error();
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && bytes[first] == '<')
        return error(errc::bad_response, "the provider answered with a page of HTML");
    return error(errc::provider_internal, "the provider reported a failure");
}

} // namespace llmx::inline LLMX_ABI::detail
