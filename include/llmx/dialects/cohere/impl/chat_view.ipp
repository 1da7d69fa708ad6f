// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/detail/view_scan.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Content of a message: a string or blocks.
LLMX_DECL [[nodiscard]] bool cohere_view_content(std::string_view content, request_view_builder& to) {
    static constexpr std::array<std::string_view, 2> names = {"type", "text"};
    if (is_json_string(content)) {
        view_text(to, content);
        return true;
    }
    return scan_each(content, [&to](std::string_view block) {
        std::array<std::string_view, 2> v;
        if (!scan_values(block, names, v)) return false;
        if (is_word(v[0], "text")) view_text(to, v[1]);
        else if (is_word(v[0], "image_url")) to.image();
        else to.other();
        return true;
    });
}

} // namespace detail

LLMX_DECL bool cohere_chat::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 3> names = {"messages", "tools", "documents"};
    static constexpr std::array<std::string_view, 4> of_message = {"role", "content", "tool_plan", "tool_calls"};
    std::array<std::string_view, 3> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    // Documents are a message of the user before the last one.
    const bool documents = detail::has_elements(v[2]);
    std::size_t last = 0, count = 0;
    bool sound = detail::scan_each(v[0], [&](std::string_view message) {
        std::array<std::string_view, 4> m;
        if (!detail::scan_values(message, of_message, m)) return false;
        if (detail::is_word(m[0], "user")) last = count;
        ++count;
        return true;
    });
    count = 0;
    sound = sound && detail::scan_each(v[0], [&](std::string_view message) {
        std::array<std::string_view, 4> m;
        if (!detail::scan_values(message, of_message, m)) return false;
        if (count++ == last && documents) {
            view.begin(role::user);
            view.other();
            view.end();
        }
        const bool tool = detail::is_word(m[0], "tool");
        view.begin(tool                                  ? role::tool
                   : detail::is_word(m[0], "assistant")  ? role::assistant
                   : detail::is_word(m[0], "system")     ? role::system
                                                         : role::user);
        if (tool) {
            view.tool_result();
        } else {
            if (!detail::cohere_view_content(m[1], view)) return false;
            if (is_json_string(m[2]) && m[2].size() > 2) detail::view_text(view, m[2]);
            if (detail::has_elements(m[3])) view.other();
        }
        view.end();
        return true;
    });
    view.tools(detail::has_elements(v[1]));
    return sound;
}

} // namespace llmx::inline LLMX_ABI
