// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>

#include <llmx/dialects/detail/view_scan.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Content of a message or a system prompt: a string or blocks.
LLMX_DECL [[nodiscard]] bool messages_view_content(std::string_view content, request_view_builder& to, bool& any_image) {
    static constexpr std::array<std::string_view, 3> names = {"type", "text", "content"};
    if (is_json_string(content)) {
        view_text(to, content);
        return true;
    }
    return scan_each(content, [&to, &any_image](std::string_view block) {
        std::array<std::string_view, 3> v;
        if (!scan_values(block, names, v)) return false;
        if (is_word(v[0], "text")) {
            view_text(to, v[1]);
        } else if (is_word(v[0], "image")) {
            to.image();
        } else if (is_word(v[0], "tool_result")) {
            to.tool_result();
            static constexpr std::array<std::string_view, 1> inner = {"type"};
            return scan_each(v[2], [&any_image](std::string_view part) {
                std::array<std::string_view, 1> kind;
                if (!scan_values(part, inner, kind)) return false;
                any_image = any_image || is_word(kind[0], "image");
                return true;
            });
        } else {
            to.other();
        }
        return true;
    });
}

} // namespace detail

LLMX_DECL bool anthropic_messages::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 3> names = {"system", "messages", "tools"};
    static constexpr std::array<std::string_view, 2> of_message = {"role", "content"};
    std::array<std::string_view, 3> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    bool images = false;
    if (!v[0].empty() && !is_json_null(v[0])) {
        view.begin(role::system);
        if (!detail::messages_view_content(v[0], view, images)) return false;
        view.end();
    }
    const bool sound = detail::scan_each(v[1], [&](std::string_view message) {
        std::array<std::string_view, 2> m;
        if (!detail::scan_values(message, of_message, m)) return false;
        view.begin(detail::is_word(m[0], "assistant") ? role::assistant : detail::is_word(m[0], "system") ? role::system : role::user);
        if (!detail::messages_view_content(m[1], view, images)) return false;
        view.end();
        return true;
    });
    to.images = to.images || images;
    view.tools(detail::has_elements(v[2]));
    return sound;
}

} // namespace llmx::inline LLMX_ABI
