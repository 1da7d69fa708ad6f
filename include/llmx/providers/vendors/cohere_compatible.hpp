// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 10> cohere_refuses = {
    "logit_bias", "n", "parallel_tool_calls", "service_tier", "store", "metadata", "modalities", "prediction",
    "audio", "top_logprobs"};
// docs.cohere.com/docs/compatibility-api, "Unsupported parameters".
inline constexpr member_edit cohere_embedding_edits[] = {
    allow_values("dimensions", ""), allow_values("user", "")};
/// Reranking has its own address: docs.cohere.com/reference/rerank.
inline constexpr operation_path cohere_paths[] = {{&rerank::info, "/v2/rerank", "cohere_rerank", true}};
} // namespace detail

namespace rows {
/// Cohere's OpenAI-compatible endpoint, for requests in OpenAI's language that are to pass as they are; the provider `cohere` has the
/// vendor's own wire (docs.cohere.com/docs/compatibility-api).
inline constexpr vendor_row cohere_compatible = {
    .name = "cohere_compatible",
    .base = "https://api.cohere.ai/compatibility/v1",
    .key_env = {"COHERE_COMPATIBLE_API_KEY", "COHERE_API_KEY", "CO_API_KEY"},
    .base_env = "COHERE_COMPATIBLE_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::rerank,
    .paths = detail::cohere_paths,
    .limit = token_limit_name::max_tokens,
    .embedding_edits = detail::cohere_embedding_edits,
    .refuses = detail::cohere_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
