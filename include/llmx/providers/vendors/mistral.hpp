// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 15> mistral_refuses = {
    "logit_bias", "logprobs", "top_logprobs", "service_tier", "stream_options", "web_search_options", "modalities",
    "audio", "store", "safety_identifier", "prompt_cache_retention", "functions", "function_call", "user", "verbosity"};
inline constexpr member_edit mistral_edits[] = {
    rename_member("seed", "random_seed"), map_member("tool_choice", "\"required\"", "\"any\"")};
// EmbeddingRequest of the same description takes nothing else.
inline constexpr member_edit mistral_embedding_edits[] = {
    rename_member("dimensions", "output_dimension"), allow_values("user", "")};
} // namespace detail

namespace rows {
/// Mistral (docs.mistral.ai/api). Members from Mistral's OpenAPI description, ChatCompletionRequest, which takes no
/// others; streams carry their usage unasked.
inline constexpr vendor_row mistral = {
    .name = "mistral",
    .base = "https://api.mistral.ai/v1",
    .version = "/v1",
    .key_env = "MISTRAL_API_KEY",
    .base_env = "MISTRAL_API_BASE",
    .operations = serves::mistral_chat | serves::embeddings | serves::transcription | serves::mistral_moderations | serves::mistral_fim | serves::ocr,
    .limit = token_limit_name::max_tokens,
    .edits = detail::mistral_edits,
    .embedding_edits = detail::mistral_embedding_edits,
    .refuses = detail::mistral_refuses,
    .call_id_length = 9, // github.com/mistralai/mistral-common, validator.py: [a-zA-Z0-9]{9}
    .messages = {.developer_role = false, .names = false, .gateway_members = false},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
