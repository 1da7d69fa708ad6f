// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/member_required.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<request_head> cohere_chat::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "messages"sv, "stream"sv, "max_tokens"sv);
    request_head head;
    bool has_model = false, has_messages = false;
    detail::members_seen seen;
    auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        head.members.add(m);
        const std::size_t which = routed.find(m);
        if (which == 4) {
            head.has_gateway_members = head.has_gateway_members || detail::is_gateway_member(m);
            return routed.check(m);
        }
        if (seen.again(static_cast<unsigned>(which))) return detail::member_given_twice(m);
        if (which == 0) {
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value)) return detail::member_expected("model", "a string");
            // A name with escapes is left for the caller to read from its span.
            head.model = plain_json_string(m.value).value_or(std::string_view());
            has_model = m.value.size() > 2;
        } else if (which == 1) {
            if (!m.value.starts_with('[')) return detail::member_expected("messages", "an array");
            has_messages = true;
            // Nothing of this language is kept from its own vendor.
            head.known_to_pass = true;
        } else if (which == 2) {
            head.stream = is_true(m.value);
            if (!head.stream && m.value != "false" && !is_json_null(m.value)) return detail::member_expected("stream", "true or false");
        } else if (!is_json_null(m.value)) {
            const auto n = json_integer(m.value);
            if (!n || *n < 0) return detail::member_expected("max_tokens", "a whole number that is not negative");
            head.max_output_tokens = clamp_count(*n);
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    head.members.finish();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::member_required("model");
    if (!has_messages) return detail::member_required("messages");
    if (target.stream && !head.stream) head.stream = head.must_translate = true;
    head.include_usage = head.stream; // as decode_request has it
    return head;
}

LLMX_DECL usage cohere_chat::scan_usage(std::string_view body) {
    detail::cohere_counts counts;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.key == "usage" && m.value.starts_with('{')) detail::cohere_scan_counts(m.value, counts);
    });
    return done.has_error() ? usage() : counts.totals();
}

LLMX_DECL bool cohere_chat::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "message", "{") || detail::json_text_has_word(body, "finish_reason");
}

LLMX_DECL const stream_progress& cohere_chat::stream_watch::feed(std::string_view bytes) {
    auto fed = sse_.feed(bytes, [this](const sse_event& e) { take(e); });
    // Only an event beyond the parser's limit gets here; no decoder could read it either.
    if (fed.has_error()) progress_.failed = true;
    progress_.pending = sse_.unfinished();
    return progress_;
}

LLMX_DECL void cohere_chat::stream_watch::take(const sse_event& event) {
    if (progress_.complete || event.data.empty() || event.data == "[DONE]") return;
    std::string_view kind = event.event;
    std::string unescaped;
    bool has_type = false;
    if (kind.empty() || kind == "message-end" || kind == "message" || kind == "error") {
        std::string_view delta;
        static_cast<void>(scan_json_members(event.data, [&](const json_member& m) {
            if (m.named("type") && is_json_string(m.value)) {
                unescaped = unescape_json_string(m.value);
                kind = unescaped;
                has_type = true;
            } else if (m.named("delta")) {
                delta = m.value;
            }
        }));
        if (kind == "message-end" && delta.starts_with('{')) {
            static_cast<void>(scan_json_members(delta, [this](const json_member& m) {
                // One that ends before it began may be repeated elsewhere.
                if (m.named("finish_reason") && !progress_.begun)
                    progress_.failed |= detail::cohere_finish(plain_json_string(m.value).value_or(std::string_view())) == finish_reason::failed;
                if (!m.named("usage") || !m.value.starts_with('{')) return;
                detail::cohere_counts counts;
                detail::cohere_scan_counts(m.value, counts);
                progress_.tokens = counts.totals();
                weight_.note_usage();
            }));
        }
    }
    if (kind == "content-delta" || kind == "tool-plan-delta" || kind == "tool-call-start" || kind == "tool-call-delta") {
        progress_.begun = true;
        weight_.add(event.data);
    } else if (kind == "message-end") {
        progress_.begun = progress_.complete = true;
    } else if (!has_type && (kind.empty() || kind == "error" || kind == "message")) {
        // An error in place of an event.
        progress_.failed = true;
    }
}

} // namespace llmx::inline LLMX_ABI
