// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto baseten_refuses = join_names(
    std::array<std::string_view, 7>{
        "logit_bias", "logprobs", "n", "parallel_tool_calls", "service_tier", "top_logprobs", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Baseten's model APIs (docs.baseten.co). A dedicated deployment has a base URL of its own,
/// `https://model-{id}.api.baseten.co/environments/production/sync/v1`.
inline constexpr vendor_row baseten = {
    .name = "baseten",
    .base = "https://inference.baseten.co/v1",
    .key_env = "BASETEN_API_KEY",
    .base_env = "BASETEN_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::baseten_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
