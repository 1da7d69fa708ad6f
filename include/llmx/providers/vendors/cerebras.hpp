// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto cerebras_refuses = join_names(
    std::array<std::string_view, 10>{
        "frequency_penalty", "logit_bias", "logprobs", "n", "parallel_tool_calls", "presence_penalty", "service_tier",
        "stream_options", "top_logprobs", "web_search_options"},
    no_extensions);
inline constexpr std::string_view cerebras_message_refuses[] = {"reasoning_content"};
} // namespace detail

namespace rows {
/// Cerebras Inference (inference-docs.cerebras.ai).
inline constexpr vendor_row cerebras = {
    .name = "cerebras",
    .base = "https://api.cerebras.ai/v1",
    .key_env = "CEREBRAS_API_KEY",
    .base_env = "CEREBRAS_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::cerebras_refuses,
    .messages = {.developer_role = false, .gateway_members = false, .refuses = detail::cerebras_message_refuses},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
