// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/chat_members.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether an array's text has an element.
LLMX_DECL [[nodiscard]] bool openai_chat_has_items(std::string_view array) noexcept {
    if (!array.starts_with('[')) return false;
    const std::size_t first = array.find_first_not_of(" \t\r\n", 1);
    return first != std::string_view::npos && array[first] != ']';
}

LLMX_DECL result<void> openai_chat_scan_options(std::string_view options, request_head& to) {
    return scan_json_members(options, [&to](const json_member& m) {
        if (m.named("include_usage")) to.include_usage = is_true(m.value);
    });
}

/// The usage object that \p text is, which has passed a scan.
LLMX_DECL [[nodiscard]] usage openai_chat_parse_usage(std::string_view text) noexcept {
    openai_chat_counts counts;
    json_scanner outer(text);
    for (json_member m; outer.next(m);) {
        if (m.value.front() == '{') {
            json_scanner inner(m.value);
            for (json_member d; inner.next(d);) {
                if (const auto n = json_count(d.value)) {
                    counts.take_detail(m.key, d.key, *n);
                } else if (d.value.front() == '{') {
                    // LiteLLM's parts of a part.
                    json_scanner parts(d.value);
                    for (json_member part; parts.next(part);)
                        if (const auto in = json_count(part.value)) counts.take_detail(d.key, part.key, *in);
                }
            }
        } else if (const auto n = json_count(m.value)) {
            counts.take(m.key, *n);
        }
    }
    return counts.totals();
}

/// Whether some member \p name holds text, items or members.
LLMX_DECL [[nodiscard]] bool openai_chat_is_filled(std::string_view json, std::string_view name) noexcept {
    return any_json_member(json, name, [json](std::size_t value) {
        if (value + 1 >= json.size()) return false;
        switch (json[value]) {
        case '"': return json[value + 1] != '"';
        case '[': return json[value + 1] != ']';
        case '{': return json[value + 1] != '}';
        default: return false;
        }
    });
}

/// Whether the text \p json has somewhere a choice's message or the reason why it ended.
LLMX_DECL [[nodiscard]] bool openai_chat_has_choice(std::string_view json) noexcept {
    return json_text_opens(json, "message", "{") || json_text_has_word(json, "finish_reason");
}

} // namespace detail

LLMX_DECL result<request_head> openai_chat::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "messages"sv, "stream"sv, "stream_options"sv, "max_tokens"sv, "max_completion_tokens"sv);
    request_head head;
    std::int64_t old_limit = 0, new_limit = 0;
    bool has_messages = false, has_model = false;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        using member = detail::openai_chat_member;
        const member which = detail::openai_chat_member_of(m);
        head.members.add(m, static_cast<unsigned>(which));
        switch (which) {
        case member::model:
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value) || m.value == "\"\"")
                return detail::member_expected("model", "the name of a model");
            has_model = true;
            head.model = plain_json_string(m.value).value_or(std::string_view());
            break;
        case member::messages:
            if (!m.value.starts_with('[')) return detail::member_expected("messages", "an array");
            has_messages = detail::openai_chat_has_items(m.value);
            if (!has_messages) return detail::member_expected("messages", "at least one message");
            if (seen.again(1)) return detail::member_given_twice(m);
            head.known_to_pass = !detail::messages_have_lists(m.value);
            break;
        case member::stream:
            head.stream = is_true(m.value);
            if (!head.stream && m.value != "false" && !is_json_null(m.value))
                return detail::member_expected("stream", "true or false");
            if (seen.again(2)) return detail::member_given_twice(m);
            break;
        case member::stream_options:
            if (seen.again(3)) return detail::member_given_twice(m);
            if (m.value.starts_with('{')) return detail::openai_chat_scan_options(m.value, head);
            break;
        case member::max_completion_tokens:
            new_limit = json_count(m.value).value_or(0);
            if (seen.again(4)) return detail::member_given_twice(m);
            break;
        case member::max_tokens:
            old_limit = json_count(m.value).value_or(0);
            if (seen.again(5)) return detail::member_given_twice(m);
            break;
        case member::metadata:
            if (!detail::fits_metadata(m.value)) head.has_gateway_members = true;
            break;
        case member::other:
            if (detail::is_gateway_member(m)) head.has_gateway_members = true;
            return routed.check(m);
        default: break;
        }
        return success();
    });
    if (done.has_error()) return done.error();
    head.members.finish();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::member_expected("model", "the name of a model");
    if (!has_messages) return detail::member_expected("messages", "an array");
    head.max_output_tokens = new_limit != 0 ? new_limit : old_limit;
    if (target.stream && !head.stream) head.stream = head.must_translate = true;
    return head;
}

LLMX_DECL bool openai_chat::ask_usage(std::string_view body, const member_spans& known, splice_list& edits) {
    bool given = false, changed = false;
    const result<void> read = for_each_member(body, known, [&](const json_member& m) {
        if (!m.named("stream_options")) return;
        given = true;
        if (is_json_null(m.value)) {
            edits.replace(m.begin, m.end, R"({"include_usage":true})");
            changed = true;
        } else if (m.value.front() == '{') {
            bool named = false;
            json_scanner options(m.value);
            for (json_member o; options.next(o);) {
                if (!o.named("include_usage")) continue;
                named = true;
                if (o.value != "false" && !is_json_null(o.value)) continue;
                edits.replace(m.begin + o.begin, m.begin + o.end, "true");
                changed = true;
            }
            if (!named) edits.insert(m.begin, "include_usage", "true");
            changed |= !named;
        }
    });
    if (read.has_error()) return false;
    if (given) return changed;
    const std::size_t object = body.find('{');
    if (object == std::string_view::npos) return false;
    edits.insert(object, "stream_options", R"({"include_usage":true})");
    return true;
}

LLMX_DECL bool openai_chat::has_foreign_signature(std::string_view body) noexcept {
    // Of the formats of sounds and of JSON Schema none has a slash, every media type has one.
    return detail::any_json_member(body, "format", [body](std::size_t value) {
        if (body[value] != '"') return false;
        const std::string_view text = body.substr(value + 1, 64);
        return text.substr(0, text.find('"')).find('/') != std::string_view::npos;
    });
}

LLMX_DECL usage openai_chat::scan_usage(std::string_view body) {
    bool answered = true;
    return scan_reply(body, answered);
}

LLMX_DECL usage openai_chat::scan_reply(std::string_view body, bool& answered) {
    usage found;
    bool seen = false;
    std::optional<service_tier> tier;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.value.front() == '{') {
            if (m.named("usage")) {
                found = detail::openai_chat_parse_usage(m.value);
                seen = true;
            } else if (!seen && m.named("x_groq")) {
                // Not `scan_usage` again: one in another would be scanned once for each around it.
                json_scanner inner(m.value);
                for (json_member d; inner.next(d);)
                    if (d.named("usage") && d.value.starts_with('{')) found = detail::openai_chat_parse_usage(d.value);
            }
        } else if (detail::is_literal(m.key, "service_tier")) {
            tier = detail::read_enum(detail::openai_chat_tiers, plain_json_string(m.value).value_or(std::string_view()));
        } else if (!answered && detail::is_literal(m.key, "choices")) {
            answered = detail::json_value_opens(m.value, 0, "[{") && detail::openai_chat_has_choice(m.value);
        }
    });
    if (!answered) answered = holds_answer(body);
    if (done.has_error()) return usage();
    found.tier = tier;
    return found;
}

LLMX_DECL bool openai_chat::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "choices", "[{") && detail::openai_chat_has_choice(body);
}

} // namespace llmx::inline LLMX_ABI
