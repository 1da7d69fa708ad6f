// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto v0_refuses = join_names(
    std::array<std::string_view, 17>{
        "temperature", "top_p", "n", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias",
        "logprobs", "top_logprobs", "parallel_tool_calls", "response_format", "stream_options", "web_search_options",
        "service_tier", "max_tokens", "max_completion_tokens"},
    no_extensions);
} // namespace detail

namespace rows {
/// Vercel's v0 (v0.dev/docs/api): messages, tools and a choice of tool.
inline constexpr vendor_row v0 = {
    .name = "v0",
    .base = "https://api.v0.dev/v1",
    .key_env = "V0_API_KEY",
    .base_env = "V0_API_BASE",
    .operations = serves::chat,
    .refuses = detail::v0_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
