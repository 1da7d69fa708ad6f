// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Darkbloom (darkbloom.dev).
inline constexpr vendor_row darkbloom = {
    .name = "darkbloom",
    .base = "https://api.darkbloom.dev/v1",
    .key_env = "DARKBLOOM_API_KEY",
    .base_env = "DARKBLOOM_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
