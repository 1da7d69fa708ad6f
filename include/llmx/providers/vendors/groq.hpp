// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 1> groq_refuses = {
    "web_search_options"};
inline constexpr std::string_view groq_message_refuses[] = {"reasoning_content", "annotations", "refusal", "audio"};
} // namespace detail

namespace rows {
/// Groq (console.groq.com/docs).
inline constexpr vendor_row groq = {
    .name = "groq",
    .base = "https://api.groq.com/openai/v1",
    .key_env = "GROQ_API_KEY",
    .base_env = "GROQ_API_BASE",
    .operations = serves::chat | serves::speech | serves::transcription | serves::translation,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::groq_refuses,
    .messages = {.developer_role = false, .gateway_members = false, .refuses = detail::groq_message_refuses},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
