// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto maritalk_refuses = join_names(
    std::array<std::string_view, 8>{
        "logit_bias", "logprobs", "parallel_tool_calls", "response_format", "seed", "service_tier", "top_logprobs",
        "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Maritaca's Sabiá (docs.maritaca.ai).
inline constexpr vendor_row maritalk = {
    .name = "maritalk",
    .base = "https://chat.maritaca.ai/api",
    .key_env = "MARITALK_API_KEY",
    .base_env = "MARITALK_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::maritalk_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
