// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A vLLM server of your own (docs.vllm.ai).
inline constexpr vendor_row hosted_vllm = {
    .name = "hosted_vllm",
    .aliases = "vllm",
    .key_env = "HOSTED_VLLM_API_KEY",
    .base_env = "HOSTED_VLLM_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::transcription | serves::translation | serves::rerank | serves::images |
                  serves::image_edits | serves::completions,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
