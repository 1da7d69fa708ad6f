// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto hyperbolic_refuses = join_names(
    std::array<std::string_view, 7>{
        "logit_bias", "logprobs", "parallel_tool_calls", "service_tier", "stream_options", "top_logprobs",
        "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Hyperbolic (docs.hyperbolic.xyz).
inline constexpr vendor_row hyperbolic = {
    .name = "hyperbolic",
    .base = "https://api.hyperbolic.xyz/v1",
    .key_env = "HYPERBOLIC_API_KEY",
    .base_env = "HYPERBOLIC_API_BASE",
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::hyperbolic_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
