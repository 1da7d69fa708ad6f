// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Vercel's AI gateway (vercel.com/docs/ai-gateway/openai-compat).
inline constexpr vendor_row vercel_ai_gateway = {
    .name = "vercel_ai_gateway",
    .base = "https://ai-gateway.vercel.sh/v1",
    .key_env = {"VERCEL_AI_GATEWAY_API_KEY", "AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"},
    .base_env = "VERCEL_AI_GATEWAY_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
