// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Synthetic (dev.synthetic.new/docs).
inline constexpr vendor_row synthetic = {
    .name = "synthetic",
    .base = "https://api.synthetic.new/openai/v1",
    .key_env = "SYNTHETIC_API_KEY",
    .base_env = "SYNTHETIC_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
