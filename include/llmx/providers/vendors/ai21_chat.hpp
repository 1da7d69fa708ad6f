// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto ai21_chat_refuses = join_names(
    std::array<std::string_view, 9>{
        "frequency_penalty", "logit_bias", "logprobs", "parallel_tool_calls", "presence_penalty", "service_tier",
        "stream_options", "top_logprobs", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// AI21's Jamba (docs.ai21.com; members: github.com/AI21Labs/ai21-python).
inline constexpr vendor_row ai21_chat = {
    .name = "ai21_chat",
    .aliases = "ai21",
    .base = "https://api.ai21.com/studio/v1",
    .key_env = "AI21_API_KEY",
    .base_env = "AI21_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::ai21_chat_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
