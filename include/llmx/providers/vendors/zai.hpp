// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto zai_refuses = join_names(
    std::array<std::string_view, 11>{
        "frequency_penalty", "logit_bias", "logprobs", "n", "parallel_tool_calls", "presence_penalty",
        "response_format", "seed", "service_tier", "top_logprobs", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Z.ai's GLM (docs.z.ai).
inline constexpr vendor_row zai = {
    .name = "zai",
    .base = "https://api.z.ai/api/paas/v4",
    .key_env = "ZAI_API_KEY",
    .base_env = "ZAI_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::zai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
