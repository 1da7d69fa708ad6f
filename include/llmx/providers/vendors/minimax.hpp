// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// MiniMax (platform.minimax.io/docs).
inline constexpr vendor_row minimax = {
    .name = "minimax",
    .base = "https://api.minimax.io/v1",
    .key_env = "MINIMAX_API_KEY",
    .base_env = "MINIMAX_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
