// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/member_required.hpp>
#include <llmx/dialects/detail/view_scan.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL result<request_head> ollama_scan_request(const ollama_form& form, std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv, "messages"sv, "stream"sv, "options"sv);
    request_head head;
    // It is on unless it is switched off.
    head.stream = true;
    bool has_model = false, has_messages = form.generates;
    members_seen seen;
    auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        head.members.add(m);
        const std::size_t which = routed.find(m);
        if (which == 4) {
            head.has_gateway_members = head.has_gateway_members || is_gateway_member(m);
            return routed.check(m);
        }
        if (seen.again(static_cast<unsigned>(which))) return member_given_twice(m);
        if (which == 0) {
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value)) return member_expected("model", "a string");
            // A name with escapes is left for the caller to read from its span.
            head.model = plain_json_string(m.value).value_or(std::string_view());
            has_model = m.value.size() > 2;
        } else if (which == 1 && !form.generates) {
            if (!m.value.starts_with('[')) return member_expected("messages", "an array");
            has_messages = true;
        } else if (which == 2) {
            head.stream = m.value != "false";
            if (head.stream && !is_true(m.value) && !is_json_null(m.value)) return member_expected("stream", "true or false");
        } else if (which == 3 && m.value.starts_with('{')) {
            return scan_json_members(m.value, [&head](const json_member& one) -> result<void> {
                if (!one.named("num_predict") || is_json_null(one.value)) return success();
                const auto n = json_integer(one.value);
                if (!n) return member_expected("options.num_predict", "a whole number");
                // A negative number: no limit.
                head.max_output_tokens = *n > 0 ? clamp_count(*n) : 0;
                return success();
            });
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    head.members.finish();
    // Nothing of this language is kept from its own vendor.
    head.known_to_pass = true;
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return member_required("model");
    if (!has_messages) return member_required("messages");
    if (target.stream && !head.stream) head.stream = head.must_translate = true;
    head.include_usage = head.stream; // as decode_request has it
    return head;
}

LLMX_DECL bool ollama_view_images(std::string_view images, request_view_builder& to) {
    return scan_each(images, [&to](std::string_view) {
        to.image();
        return true;
    });
}

} // namespace detail

LLMX_DECL bool ollama_chat::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 2> names = {"messages", "tools"};
    static constexpr std::array<std::string_view, 5> of_message = {"role", "content", "images", "tool_calls", "thinking"};
    std::array<std::string_view, 2> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    const bool sound = detail::scan_each(v[0], [&view](std::string_view message) {
        std::array<std::string_view, 5> m;
        if (!detail::scan_values(message, of_message, m)) return false;
        const bool tool = detail::is_word(m[0], "tool");
        view.begin(tool                                 ? role::tool
                   : detail::is_word(m[0], "assistant") ? role::assistant
                   : detail::is_word(m[0], "system")    ? role::system
                                                        : role::user);
        if (tool) {
            view.tool_result();
        } else {
            if (is_json_string(m[4]) && m[4].size() > 2) view.other();
            if (is_json_string(m[1]) && m[1].size() > 2) detail::view_text(view, m[1]);
            if (!detail::ollama_view_images(m[2], view)) return false;
            if (detail::has_elements(m[3])) view.other();
        }
        view.end();
        return true;
    });
    view.tools(detail::has_elements(v[1]));
    return sound;
}

LLMX_DECL bool ollama_chat::holds_answer(std::string_view body) noexcept { return detail::json_text_opens(body, "message", "{"); }

} // namespace llmx::inline LLMX_ABI
