// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto amazon_nova_refuses = join_names(
    std::array<std::string_view, 11>{
        "frequency_penalty", "logit_bias", "logprobs", "n", "parallel_tool_calls", "presence_penalty",
        "response_format", "seed", "service_tier", "top_logprobs", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Amazon Nova's own API (nova.amazon.com), which has keys of its own and no AWS signature.
inline constexpr vendor_row amazon_nova = {
    .name = "amazon_nova",
    .base = "https://api.nova.amazon.com/v1",
    .key_env = "AMAZON_NOVA_API_KEY",
    .base_env = "AMAZON_NOVA_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::amazon_nova_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
