// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Crusoe Managed Inference (docs.crusoecloud.com).
inline constexpr vendor_row crusoe = {
    .name = "crusoe",
    .base = "https://api.inference.crusoecloud.com/v1",
    .key_env = "CRUSOE_API_KEY",
    .base_env = "CRUSOE_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
