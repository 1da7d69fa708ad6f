// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto deepinfra_refuses = join_names(
    std::array<std::string_view, 7>{
        "logprobs", "parallel_tool_calls", "seed", "service_tier", "stream_options", "top_logprobs",
        "web_search_options"},
    no_extensions);
inline constexpr member_edit deepinfra_edits[] = {
    allow_values("tool_choice", "\"auto\" \"none\"")};
inline constexpr operation_path deepinfra_paths[] = {{&rerank::info, "/v1/inference/{model}", "deepinfra_rerank", true}};
} // namespace detail

namespace rows {
/// DeepInfra (deepinfra.com/docs/openai_api).
inline constexpr vendor_row deepinfra = {
    .name = "deepinfra",
    .base = "https://api.deepinfra.com/v1/openai",
    .key_env = "DEEPINFRA_API_KEY",
    .base_env = "DEEPINFRA_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::deepinfra_rerank,
    .paths = detail::deepinfra_paths,
    .limit = token_limit_name::max_tokens,
    .edits = detail::deepinfra_edits,
    .text_content = true,
    .refuses = detail::deepinfra_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
