// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto nscale_refuses = join_names(
    std::array<std::string_view, 7>{
        "parallel_tool_calls", "seed", "service_tier", "stream_options", "tool_choice", "tools", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Nscale (docs.nscale.com).
inline constexpr vendor_row nscale = {
    .name = "nscale",
    .base = "https://inference.api.nscale.com/v1",
    .key_env = "NSCALE_API_KEY",
    .base_env = "NSCALE_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::nscale_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
