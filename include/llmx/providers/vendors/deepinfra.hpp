// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 14> deepinfra_refuses = {
    "audio", "function_call", "functions", "logprobs", "modalities", "parallel_tool_calls", "prediction",
    "prompt_cache_retention", "safety_identifier", "seed", "store", "stream_options", "top_logprobs",
    "web_search_options"};
inline constexpr member_edit deepinfra_edits[] = {
    allow_values("tool_choice", "\"auto\" \"none\"")};
inline constexpr operation_path deepinfra_paths[] = {{&rerank::info, "/v1/inference/{model}", "deepinfra_rerank", true}};
} // namespace detail

namespace rows {
/// DeepInfra (docs.deepinfra.com/chat/overview, .../chat/tool-calling; operations: api.deepinfra.com/openapi.json). Streams carry their
/// usage unasked.
inline constexpr vendor_row deepinfra = {
    .name = "deepinfra",
    .base = "https://api.deepinfra.com/v1/openai",
    .key_env = {"DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"},
    .base_env = "DEEPINFRA_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::translation |
                  serves::deepinfra_rerank | serves::images | serves::completions,
    .paths = detail::deepinfra_paths,
    .limit = token_limit_name::max_tokens,
    .edits = detail::deepinfra_edits,
    .refuses = detail::deepinfra_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
