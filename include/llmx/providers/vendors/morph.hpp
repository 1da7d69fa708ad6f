// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto morph_refuses = join_names(
    std::array<std::string_view, 19>{
        "temperature", "top_p", "n", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias",
        "logprobs", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls", "response_format",
        "stream_options", "web_search_options", "service_tier", "max_tokens", "max_completion_tokens"},
    no_extensions);
} // namespace detail

namespace rows {
/// Morph's model that applies edits to code (docs.morphllm.com): it takes messages and nothing else.
inline constexpr vendor_row morph = {
    .name = "morph",
    .base = "https://api.morphllm.com/v1",
    .key_env = "MORPH_API_KEY",
    .base_env = "MORPH_API_BASE",
    .operations = serves::chat,
    .refuses = detail::morph_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
