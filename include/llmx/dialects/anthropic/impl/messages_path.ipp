// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/caller_path.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// Whether a block stood before the part \p i that only carried its signature, which is no part.
[[nodiscard]] LLMX_DECL bool anthropic_had_carrier(const message& m, std::size_t i) noexcept {
    const auto* call = std::get_if<tool_call_part>(&m.content[i]);
    if (call == nullptr || call->signature.empty()) return false;
    const auto* before = i > 0 ? std::get_if<thinking_part>(&m.content[i - 1]) : nullptr;
    return before == nullptr || !before->signature.empty() || !before->redacted_data.empty();
}

} // namespace detail

LLMX_DECL std::string anthropic_messages::caller_path(std::string_view path, const chat_request& request,
                                                       path_cursor& cursor) {
    using detail::path_name;
    static constexpr path_name names[] = {{"parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
                                          {"stop", "stop_sequences"},
                                          {"user", "metadata.user_id"},
                                          {"reasoning.include_thoughts", "thinking.display"},
                                          {"reasoning_effort", "thinking"},
                                          {"reasoning", "thinking"},
                                          {"response_format.json_schema.schema", "output_config.format.schema"},
                                          {"response_format", "output_config.format"}};
    static constexpr path_name of_parts[] = {{".arguments", ".input"}, {".filename", ".title"}};
    static constexpr path_name of_tools[] = {{".parameters", ".input_schema"}};
    const std::string_view whole = path;
    std::size_t at = 0, part = 0;
    // An effort alone stands beside the output's format.
    if (path == "reasoning" && request.reasoning && !request.reasoning->budget_tokens && !request.reasoning->adaptive)
        return "output_config.effort";
    if (detail::take_path_item(path, "tools", at))
        return detail::path_item("tools", at) + detail::rename_path(path, of_tools);
    if (!detail::take_path_item(path, "messages", at)) return detail::rename_path(path, names);
    if (at >= request.messages.size()) return std::string(whole);
    const message& m = request.messages[at];
    const bool system = request.messages.front().from == role::system;
    const bool in_part = detail::take_path_item(path, ".content", part);
    std::string out;
    if (system && at == 0) {
        out = "system";
        // A prompt of one part may be a string.
        if (in_part && (m.content.size() > 1 || !path.empty())) out = detail::path_item(out, part);
    } else {
        out = detail::path_item("messages", at - (system ? 1 : 0));
        // Where the part stood on the wire.
        const auto count = [&](std::size_t i) { cursor.parts[0] += detail::anthropic_had_carrier(m, i) ? 1 : 0; };
        if (in_part) cursor.count_parts(at, std::min(part + 1, m.content.size()), count);
        if (in_part) out += detail::path_item(".content", part + cursor.parts[0]);
    }
    return out + detail::rename_path(path, of_parts);
}

} // namespace llmx::inline v0
