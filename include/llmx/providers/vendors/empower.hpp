// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Empower (docs.empower.dev).
inline constexpr vendor_row empower = {
    .name = "empower",
    .base = "https://app.empower.dev/api/v1",
    .key_env = "EMPOWER_API_KEY",
    .base_env = "EMPOWER_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
