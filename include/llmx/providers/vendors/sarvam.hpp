// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Sarvam (docs.sarvam.ai).
inline constexpr vendor_row sarvam = {
    .name = "sarvam",
    .base = "https://api.sarvam.ai/v1",
    .key_env = "SARVAM_API_KEY",
    .base_env = "SARVAM_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
