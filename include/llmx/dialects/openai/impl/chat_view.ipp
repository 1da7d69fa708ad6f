// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/view_scan.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A content array; \p to is null for that of a tool's result, of which only \p images counts.
LLMX_DECL [[nodiscard]] bool openai_chat_view_parts(std::string_view list, request_view_builder* to, bool& images) {
    static constexpr std::array<std::string_view, 2> names = {"type", "text"};
    return scan_each(list, [to, &images](std::string_view part) {
        std::array<std::string_view, 2> v;
        if (!scan_values(part, names, v)) return false;
        if (is_word(v[0], "image_url")) {
            images = true;
            if (to != nullptr) to->image();
        } else if (to != nullptr) {
            if (is_word(v[0], "text")) view_text(*to, v[1]);
            else to->other();
        }
        return true;
    });
}

LLMX_DECL [[nodiscard]] bool openai_chat_view_message(std::string_view message, request_view_builder& to, bool& any_image) {
    static constexpr std::array<std::string_view, 3> names = {"role", "content", "images"};
    std::array<std::string_view, 3> v;
    if (!scan_values(message, names, v)) return false;
    role from = role::user;
    if (is_word(v[0], "assistant")) from = role::assistant;
    else if (is_word(v[0], "tool") || is_word(v[0], "function")) from = role::tool;
    else if (is_word(v[0], "system")) from = role::system;
    else if (is_word(v[0], "developer")) from = role::developer;
    to.begin(from);
    const bool result = from == role::tool;
    if (result) to.tool_result();
    else if (is_json_string(v[1])) view_text(to, v[1]);
    if (!openai_chat_view_parts(v[1], result ? nullptr : &to, any_image)) return false;
    if (from == role::assistant && has_elements(v[2])) to.image();
    to.end();
    return true;
}

} // namespace detail

LLMX_DECL bool openai_chat::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 4> names = {"messages", "tools", "functions", "web_search_options"};
    std::array<std::string_view, 4> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    bool images = false;
    if (!detail::scan_each(v[0], [&](std::string_view message) { return detail::openai_chat_view_message(message, view, images); }))
        return false;
    to.images = to.images || images;
    view.tools(detail::has_elements(v[1]) || detail::has_elements(v[2]) || v[3].starts_with('{'));
    return true;
}

} // namespace llmx::inline LLMX_ABI
