// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 11> cerebras_refuses = {
    "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "modalities", "presence_penalty",
    "prompt_cache_retention", "safety_identifier", "store", "web_search_options"};
inline constexpr std::string_view cerebras_message_refuses[] = {"reasoning_content"};
} // namespace detail

namespace rows {
/// Cerebras Inference (inference-docs.cerebras.ai/api-reference/chat-completions, .../resources/openai; members:
/// github.com/Cerebras/cerebras-cloud-sdk-python). It answers penalties and biases with 400.
inline constexpr vendor_row cerebras = {
    .name = "cerebras",
    .base = "https://api.cerebras.ai/v1",
    .key_env = "CEREBRAS_API_KEY",
    .base_env = "CEREBRAS_API_BASE",
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_completion_tokens,
    .refuses = detail::cerebras_refuses,
    .messages = {.developer_role = false, .gateway_members = false, .refuses = detail::cerebras_message_refuses},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
