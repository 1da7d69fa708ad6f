// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto perplexity_refuses = join_names(
    std::array<std::string_view, 11>{
        "logit_bias", "logprobs", "top_logprobs", "n", "parallel_tool_calls", "seed", "service_tier", "stop",
        "stream_options", "tools", "tool_choice"},
    no_extensions);
inline constexpr operation_path perplexity_paths[] = {{&embeddings::info, "/v1/embeddings"}};
} // namespace detail

namespace rows {
/// Perplexity (docs.perplexity.ai).
inline constexpr vendor_row perplexity = {
    .name = "perplexity",
    .base = "https://api.perplexity.ai",
    .key_env = {"PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"},
    .base_env = "PERPLEXITY_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::search,
    .paths = detail::perplexity_paths,
    .refuses = detail::perplexity_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
