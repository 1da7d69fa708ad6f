// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Empirio Labs (empiriolabs.ai).
inline constexpr vendor_row empiriolabs = {
    .name = "empiriolabs",
    .base = "https://api.empiriolabs.ai/v1",
    .key_env = "EMPIRIOLABS_API_KEY",
    .base_env = "EMPIRIOLABS_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
