// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// OpenRouter (openrouter.ai/docs; github.com/OpenRouterTeam/python-sdk, whose chat requests have every effort and no
/// `usage`: answers have it unasked).
inline constexpr vendor_row openrouter = {
    .name = "openrouter",
    .base = "https://openrouter.ai/api/v1",
    .key_env = {"OPENROUTER_API_KEY", "OR_API_KEY"},
    .base_env = "OPENROUTER_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::rerank,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
