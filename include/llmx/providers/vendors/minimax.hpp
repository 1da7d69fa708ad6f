// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 3> minimax_refuses = {
    "frequency_penalty", "logit_bias", "presence_penalty"};
inline constexpr member_edit minimax_edits[] = {
    limit_member("temperature", 1, "1"), allow_values("n", "1")};
} // namespace detail

namespace rows {
/// MiniMax (platform.minimax.io/docs/api-reference/text-openai-api, .../text-chat): temperature ends at 1, n is 1, and penalties have no
/// effect.
inline constexpr vendor_row minimax = {
    .name = "minimax",
    .base = "https://api.minimax.io/v1",
    .key_env = "MINIMAX_API_KEY",
    .base_env = "MINIMAX_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_completion_tokens,
    .edits = detail::minimax_edits,
    .refuses = detail::minimax_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
