// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Pinstripes (pinstripes.io).
inline constexpr vendor_row pinstripes = {
    .name = "pinstripes",
    .base = "https://pinstripes.io/v1",
    .key_env = "PINSTRIPES_API_KEY",
    .base_env = "PINSTRIPES_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
