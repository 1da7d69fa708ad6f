// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Poe (creator.poe.com/docs/external-applications/openai-compatible-api).
inline constexpr vendor_row poe = {
    .name = "poe",
    .base = "https://api.poe.com/v1",
    .key_env = "POE_API_KEY",
    .base_env = "POE_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
