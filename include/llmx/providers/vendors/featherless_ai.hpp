// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto featherless_ai_refuses = join_names(
    std::array<std::string_view, 9>{
        "logprobs", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls", "response_format",
        "stream_options", "web_search_options", "service_tier"},
    no_extensions);
} // namespace detail

namespace rows {
/// Featherless (featherless.ai/docs/completions).
inline constexpr vendor_row featherless_ai = {
    .name = "featherless_ai",
    .aliases = "featherless",
    .base = "https://api.featherless.ai/v1",
    .key_env = {"FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY"},
    .base_env = {"FEATHERLESS_AI_API_BASE", "FEATHERLESS_API_BASE"},
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::featherless_ai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
