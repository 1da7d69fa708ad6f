// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Xiaomi's MiMo (platform.xiaomimimo.com/docs).
inline constexpr vendor_row xiaomi_mimo = {
    .name = "xiaomi_mimo",
    .base = "https://api.xiaomimimo.com/v1",
    .key_env = "XIAOMI_MIMO_API_KEY",
    .base_env = "XIAOMI_MIMO_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
