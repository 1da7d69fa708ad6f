// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto inception_refuses = join_names(
    std::array<std::string_view, 11>{
        "frequency_penalty", "logit_bias", "logprobs", "n", "parallel_tool_calls", "presence_penalty", "seed",
        "service_tier", "top_logprobs", "top_p", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Inception's Mercury (docs.inceptionlabs.ai).
inline constexpr vendor_row inception = {
    .name = "inception",
    .base = "https://api.inceptionlabs.ai/v1",
    .key_env = "INCEPTION_API_KEY",
    .base_env = "INCEPTION_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::inception_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
