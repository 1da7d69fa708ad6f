// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 1> moonshot_refuses = {
    "functions"};
inline constexpr member_edit moonshot_edits[] = {
    limit_member("temperature", 1, "1"), allow_values("tool_choice", "\"auto\" \"none\"")};
} // namespace detail

namespace rows {
/// Moonshot AI's Kimi (platform.kimi.ai/docs/api/chat), whose temperature ends at 1.
inline constexpr vendor_row moonshot = {
    .name = "moonshot",
    .base = "https://api.moonshot.ai/v1",
    .key_env = "MOONSHOT_API_KEY",
    .base_env = "MOONSHOT_API_BASE",
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_completion_tokens,
    .edits = detail::moonshot_edits,
    .refuses = detail::moonshot_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
