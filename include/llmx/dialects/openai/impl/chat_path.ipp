// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/caller_path.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>

#include <array>

namespace llmx::inline v0 {
namespace detail {

/// The members of an assistant's message that hold parts.
inline constexpr std::array<std::string_view, 4> openai_chat_lists = {".content", ".thinking_blocks", ".tool_calls",
                                                                      ".images"};

/// The one that holds \p part.
[[nodiscard]] LLMX_DECL std::size_t openai_chat_list_of(const content_part& part) {
    if (std::holds_alternative<thinking_part>(part)) return 1;
    if (std::holds_alternative<tool_call_part>(part)) return 2;
    if (std::holds_alternative<image_part>(part)) return 3;
    if (const auto* own = std::get_if<opaque_part>(&part))
        if (openai_chat_opaque_type(own->value.text) == "custom") return 2;
    return 0;
}

} // namespace detail

LLMX_DECL std::string openai_chat::caller_path(std::string_view path, const chat_request& request, path_cursor& cursor) {
    using detail::path_name;
    static constexpr path_name of_tools[] = {{".parameters", ".function.parameters"}, {".strict", ".function.strict"}};
    static constexpr path_name of_parts[] = {{".arguments", ".function.arguments"}};
    const std::string_view whole = path;
    std::size_t at = 0, part = 0;
    if (detail::take_path_item(path, "tools", at))
        return detail::path_item("tools", at) + detail::rename_path(path, of_tools);
    if (!detail::take_path_item(path, "messages", at)) {
        if (path != "reasoning") return std::string(path);
        return request.reasoning && request.reasoning->effort ? "reasoning_effort" : "thinking";
    }
    if (at >= request.messages.size()) return std::string(whole);
    const message& m = request.messages[at];
    std::string out = detail::path_item("messages", at);
    if (!detail::take_path_item(path, ".content", part) || part >= m.content.size()) return out.append(path);
    // A tool's message is the result itself.
    if (m.from == role::tool) return out.append(path);
    if (m.from != role::assistant) return out + detail::path_item(".content", part).append(path);
    const std::size_t list = detail::openai_chat_list_of(m.content[part]);
    cursor.count_parts(at, part, [&](std::size_t i) { ++cursor.parts[detail::openai_chat_list_of(m.content[i])]; });
    const auto* thought = std::get_if<thinking_part>(&m.content[part]);
    // What nobody signed came as text.
    if (thought != nullptr && thought->signature.empty() && thought->redacted_data.empty())
        return out + ".reasoning_content";
    return out + detail::path_item(detail::openai_chat_lists[list], cursor.parts[list]) + detail::rename_path(path, of_parts);
}

} // namespace llmx::inline v0
