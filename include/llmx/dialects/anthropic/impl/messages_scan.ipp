// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// An `errc::invalid_request` about the member \p path.
LLMX_DECL [[nodiscard]] error anthropic_bad_member(std::string path, std::string_view why) {
    std::string text = path + ": ";
    text += why;
    error e(errc::invalid_request, std::move(text));
    e.with_param(std::move(path));
    return e;
}

/// Whether the text of an array has an element.
LLMX_DECL [[nodiscard]] bool anthropic_array_has_element(std::string_view array) noexcept {
    const auto first = array.find_first_not_of(" \t\r\n", 1);
    return first != std::string_view::npos && array[first] != ']';
}

/// The `type` of a stream event whose `event` field is missing.
LLMX_DECL [[nodiscard]] std::string_view anthropic_event_type(std::string_view data) noexcept {
    std::string_view rest = data;
    const auto at = rest.find("\"type\"");
    if (at == std::string_view::npos) return std::string_view();
    rest.remove_prefix(at + 6);
    const auto open = rest.find_first_not_of(" \t:");
    if (open == std::string_view::npos || rest[open] != '"') return std::string_view();
    rest.remove_prefix(open + 1);
    return rest.substr(0, rest.find('"'));
}

/// Whether an event without a known type holds an error object or text.
LLMX_DECL [[nodiscard]] bool anthropic_has_error(std::string_view data) {
    bool found = false;
    static_cast<void>(scan_json_members(
        data, [&found](const json_member& m) { found |= m.named("error") && !is_json_null(m.value); }));
    return found;
}

} // namespace detail

LLMX_DECL bool anthropic_messages::has_foreign_signature(std::string_view body) noexcept {
    constexpr std::string_view member = "\"signature\"";
    bool is_empty = false;
    for (auto at = body.find(member); at != std::string_view::npos; at = body.find(member, at)) {
        at = body.find_first_not_of(" \t\r\n:", at + member.size());
        if (at == std::string_view::npos || body[at] != '"') continue;
        const std::string_view value = body.substr(at + 1);
        if (value.starts_with(detail::signature_mark) || value.starts_with(call_signature_prefix)) return true;
        is_empty = is_empty || value.starts_with('"');
    }
    // An argument of a tool may be called so too, and be empty.
    return is_empty && body.find("\"thinking\"") != std::string_view::npos;
}

LLMX_DECL result<request_head> anthropic_messages::scan_request(std::string_view body,
                                                                const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "messages"sv, "stream"sv, "max_tokens"sv);
    request_head head;
    bool has_model = false, has_messages = false, has_limit = false;
    detail::members_seen seen;
    auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        head.members.add(m);
        if (m.named("model")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value)) return detail::anthropic_bad_member("model", "expected a string");
            // A name with escapes (PHP writes "\/") is left for the caller to read from its span.
            head.model = plain_json_string(m.value).value_or(std::string_view());
            has_model = m.value.size() > 2;
        } else if (m.named("messages")) {
            if (!m.value.starts_with('[')) return detail::anthropic_bad_member("messages", "expected an array");
            has_messages = detail::anthropic_array_has_element(m.value);
            if (!has_messages) return detail::anthropic_bad_member("messages", "at least one message is required");
            if (seen.again(1)) return detail::member_given_twice(m);
            head.known_to_pass = !detail::messages_have_lists(m.value);
        } else if (m.named("stream")) {
            head.stream = is_true(m.value);
            if (!head.stream && m.value != "false" && !is_json_null(m.value))
                return detail::anthropic_bad_member("stream", "expected true or false");
            if (seen.again(2)) return detail::member_given_twice(m);
        } else if (m.named("max_tokens")) {
            if (seen.again(3)) return detail::member_given_twice(m);
            if (is_json_null(m.value)) return success();
            const auto n = json_integer(m.value);
            if (!n || *n < 0)
                return detail::anthropic_bad_member("max_tokens", "expected a whole number that is not negative");
            has_limit = true;
            head.max_output_tokens = clamp_count(*n);
        } else {
            head.has_gateway_members = head.has_gateway_members || detail::is_gateway_member(m);
            return routed.check(m);
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    head.members.finish();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::anthropic_bad_member("model", "field required");
    if (!has_messages) return detail::anthropic_bad_member("messages", "field required");
    if (!has_limit) return detail::anthropic_bad_member("max_tokens", "field required");
    if (target.stream && !head.stream) head.stream = head.must_translate = true;
    head.include_usage = head.stream; // as decode_request has it
    return head;
}

LLMX_DECL usage anthropic_messages::scan_usage(std::string_view body) {
    detail::anthropic_counts counts;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.key == "usage" && m.value.starts_with('{')) detail::anthropic_scan_counts(m.value, counts);
    });
    return done.has_error() ? usage() : counts.totals();
}

LLMX_DECL bool anthropic_messages::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "content", "[{") || detail::json_text_has_word(body, "stop_reason");
}

LLMX_DECL const stream_progress& anthropic_messages::stream_watch::feed(std::string_view bytes) {
    auto fed = sse_.feed(bytes, [this](const sse_event& e) { take(e); });
    // Only an event beyond the parser's limit gets here; no decoder could read it either.
    if (fed.has_error()) progress_.failed = true;
    progress_.pending = sse_.unfinished();
    return progress_;
}

LLMX_DECL void anthropic_messages::stream_watch::take(const sse_event& event) {
    const std::string_view kind = event.event.empty() ? detail::anthropic_event_type(event.data) : event.event;
    if (kind == "content_block_delta") {
        progress_.begun = true;
        weight_.add(event.data);
    } else if (kind == "content_block_start") {
        // Text and thinking blocks begin empty; a call is content from its start.
        if (!progress_.begun && event.data.find("tool_use\"") != std::string_view::npos) progress_.begun = true;
    } else if (kind == "message_start") {
        static_cast<void>(scan_json_members(event.data, [this](const json_member& m) {
            if (m.key != "message" || !m.value.starts_with('{')) return;
            static_cast<void>(scan_json_members(m.value, [this](const json_member& inner) {
                if (inner.key != "usage" || !inner.value.starts_with('{')) return;
                detail::anthropic_scan_counts(inner.value, counts_);
                weight_.note_usage();
            }));
        }));
        progress_.tokens = counts_.totals();
    } else if (kind == "message_delta") {
        progress_.begun = true;
        static_cast<void>(scan_json_members(event.data, [this](const json_member& m) {
            if (m.key != "usage" || !m.value.starts_with('{')) return;
            detail::anthropic_scan_counts(m.value, counts_);
            weight_.note_usage();
        }));
        progress_.tokens = counts_.totals();
    } else if (kind == "message_stop") {
        progress_.complete = true;
    } else if (kind == "error") {
        progress_.failed = true;
    } else if (kind != "ping" && kind != "content_block_stop") {
        // Proxies leave the type out.
        if (detail::anthropic_has_error(event.data)) progress_.failed = true;
    }
}

} // namespace llmx::inline LLMX_ABI
