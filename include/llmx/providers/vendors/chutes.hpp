// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Chutes (chutes.ai/docs).
inline constexpr vendor_row chutes = {
    .name = "chutes",
    .base = "https://llm.chutes.ai/v1",
    .key_env = "CHUTES_API_KEY",
    .base_env = "CHUTES_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
