// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A LiteLLM proxy, or another gateway of its interface (docs.litellm.ai/docs/simple_proxy).
inline constexpr vendor_row litellm_proxy = {
    .name = "litellm_proxy",
    .key_env = "LITELLM_PROXY_API_KEY",
    .base_env = "LITELLM_PROXY_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::realtime,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
