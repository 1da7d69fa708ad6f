// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/detail/view_scan.hpp>

#include <array>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The texts of a list of blocks, with \p between; false for malformed ones.
LLMX_DECL [[nodiscard]] bool bedrock_view_texts(std::string_view blocks, std::string_view between, std::string& to) {
    static constexpr std::array<std::string_view, 1> names = {"text"};
    bool first = true;
    return scan_each(blocks, [&](std::string_view block) {
        std::array<std::string_view, 1> v;
        if (!block.starts_with('{')) return true;
        if (!scan_values(block, names, v)) return false;
        const std::string text = is_json_string(v[0]) ? unescape_json_string(v[0]) : std::string();
        if (!first && !text.empty()) to += between;
        first = first && text.empty();
        to += text;
        return true;
    });
}

/// A block of the API's own that is text for other languages; true for all other blocks too.
LLMX_DECL [[nodiscard]] bool bedrock_view_other(std::string_view block, request_view_builder& to) {
    static constexpr std::array<std::string_view, 3> names = {"guardContent", "searchResult", "citationsContent"};
    static constexpr std::array<std::string_view, 4> inner = {"text", "title", "source", "content"};
    std::array<std::string_view, 3> v;
    std::array<std::string_view, 4> m;
    if (!scan_values(block, names, v)) return false;
    std::string text;
    if (v[0].starts_with('{')) {
        if (!scan_values(v[0], inner, m)) return false;
        const std::string_view words = m[0];
        if (words.starts_with('{')) {
            if (!scan_values(words, inner, m)) return false;
            if (is_json_string(m[0])) text = unescape_json_string(m[0]);
        }
    } else if (v[1].starts_with('{')) {
        if (!scan_values(v[1], inner, m)) return false;
        for (const std::string_view one : {m[1], m[2]})
            if (const std::string value = is_json_string(one) ? unescape_json_string(one) : std::string(); !value.empty())
                text.append(value).append("\n");
        if (std::string joined; bedrock_view_texts(m[3], "\n", joined)) text += joined;
    } else if (v[2].starts_with('{')) {
        if (!scan_values(v[2], inner, m) || !bedrock_view_texts(m[3], "", text)) return false;
    }
    if (text.empty()) to.other();
    else to.text(text);
    return true;
}

/// Blocks of a message or of the system prompt.
LLMX_DECL [[nodiscard]] bool bedrock_view_blocks(std::string_view blocks, request_view_builder& to, bool& any_image) {
    static constexpr std::array<std::string_view, 5> names = {"text", "image", "toolResult", "cachePoint", "reasoningContent"};
    return scan_each(blocks, [&to, &any_image](std::string_view block) {
        std::array<std::string_view, 5> v;
        if (!scan_values(block, names, v)) return false;
        if (!v[3].empty()) return true; // a property of the block before it
        if (is_json_string(v[0])) {
            view_text(to, v[0]);
        } else if (v[1].starts_with('{')) {
            to.image();
        } else if (v[2].starts_with('{')) {
            to.tool_result();
            static constexpr std::array<std::string_view, 1> inner = {"content"}, kinds = {"image"};
            std::array<std::string_view, 1> content;
            if (!scan_values(v[2], inner, content)) return false;
            return scan_each(content[0], [&any_image](std::string_view part) {
                std::array<std::string_view, 1> kind;
                if (!scan_values(part, kinds, kind)) return false;
                any_image = any_image || kind[0].starts_with('{');
                return true;
            });
        } else {
            return bedrock_view_other(block, to);
        }
        return true;
    });
}

} // namespace detail

LLMX_DECL bool bedrock_converse::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 3> names = {"system", "messages", "toolConfig"};
    static constexpr std::array<std::string_view, 2> of_message = {"role", "content"};
    static constexpr std::array<std::string_view, 1> of_tools = {"tools"};
    std::array<std::string_view, 3> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    bool images = false;
    if (detail::has_elements(v[0])) {
        view.begin(role::system);
        if (!detail::bedrock_view_blocks(v[0], view, images)) return false;
        view.end();
    }
    const bool sound = detail::scan_each(v[1], [&](std::string_view message) {
        std::array<std::string_view, 2> m;
        if (!detail::scan_values(message, of_message, m)) return false;
        view.begin(detail::is_word(m[0], "assistant") ? role::assistant : role::user);
        if (!detail::bedrock_view_blocks(m[1], view, images)) return false;
        view.end();
        return true;
    });
    to.images = to.images || images;
    std::array<std::string_view, 1> tools;
    if (v[2].starts_with('{') && detail::scan_values(v[2], of_tools, tools)) view.tools(detail::has_elements(tools[0]));
    return sound;
}

} // namespace llmx::inline LLMX_ABI
