// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// LibertAI (docs.libertai.io).
inline constexpr vendor_row libertai = {
    .name = "libertai",
    .base = "https://api.libertai.io/v1",
    .key_env = "LIBERTAI_API_KEY",
    .base_env = "LIBERTAI_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
