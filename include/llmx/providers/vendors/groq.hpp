// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 8> groq_refuses = {
    "frequency_penalty", "logit_bias", "logprobs", "metadata", "presence_penalty", "store", "top_logprobs",
    "web_search_options"};
inline constexpr std::string_view groq_message_refuses[] = {"reasoning_content", "annotations", "refusal", "audio"};
inline constexpr member_edit groq_edits[] = {
    allow_values("n", "1")};
} // namespace detail

namespace rows {
/// Groq (console.groq.com/docs; members: github.com/groq/groq-python, CompletionCreateParams). Those that it names as not yet supported are
/// refused, and an n other than 1.
inline constexpr vendor_row groq = {
    .name = "groq",
    .base = "https://api.groq.com/openai/v1",
    .key_env = "GROQ_API_KEY",
    .base_env = "GROQ_API_BASE",
    .operations = serves::chat | serves::speech | serves::transcription | serves::translation,
    .limit = token_limit_name::max_completion_tokens,
    .edits = detail::groq_edits,
    .refuses = detail::groq_refuses,
    .messages = {.developer_role = false, .gateway_members = false, .refuses = detail::groq_message_refuses},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
