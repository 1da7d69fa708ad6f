// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 5> scaleway_refuses = {
    "frequency_penalty", "logit_bias", "n", "top_logprobs", "user"};
} // namespace detail

namespace rows {
/// Scaleway's Generative APIs (www.scaleway.com/en/docs/generative-apis/api-cli/using-chat-api).
inline constexpr vendor_row scaleway = {
    .name = "scaleway",
    .base = "https://api.scaleway.ai/v1",
    .key_env = "SCW_SECRET_KEY",
    .base_env = "SCALEWAY_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::transcription | serves::rerank,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::scaleway_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
