// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto zai_refuses = join_names(
    std::array<std::string_view, 9>{
        "frequency_penalty", "logit_bias", "logprobs", "n", "parallel_tool_calls", "presence_penalty",
        "service_tier", "top_logprobs", "web_search_options"},
    no_extensions);
inline constexpr member_edit zai_edits[] = {
    limit_member("temperature", 1, "1")};
} // namespace detail

namespace rows {
/// Z.ai's GLM (docs.z.ai/guides/overview/concept-param; github.com/zai-org/z-ai-sdk-python), whose temperature ends at 1.
inline constexpr vendor_row zai = {
    .name = "zai",
    .base = "https://api.z.ai/api/paas/v4",
    .key_env = "ZAI_API_KEY",
    .base_env = "ZAI_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .edits = detail::zai_edits,
    .refuses = detail::zai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
