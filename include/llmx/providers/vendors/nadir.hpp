// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto nadir_refuses = join_names(
    std::array<std::string_view, 12>{
        "n", "stop", "seed", "logit_bias", "logprobs", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls",
        "stream_options", "web_search_options", "service_tier"},
    no_extensions);
} // namespace detail

namespace rows {
/// Nadir, which chooses among models (getnadir.com/docs).
inline constexpr vendor_row nadir = {
    .name = "nadir",
    .base = "https://api.getnadir.com/v1",
    .key_env = "NADIR_API_KEY",
    .base_env = "NADIR_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::nadir_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
