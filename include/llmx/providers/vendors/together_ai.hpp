// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit together_ai_edits[] = {
    map_member("reasoning_effort", "\"minimal\"", "\"low\""), map_member("reasoning_effort", "\"xhigh\"", "\"high\""),
    map_member("reasoning_effort", "\"max\"", "\"high\""),
    exchange_member("reasoning_effort", "\"none\"", "reasoning", R"({"enabled":false})")};
} // namespace detail

namespace rows {
/// Together (docs.together.ai; members: github.com/togethercomputer/together-py; audio: docs.together.ai/docs/inference/transcription/overview).
inline constexpr vendor_row together_ai = {
    .name = "together_ai",
    .aliases = "together",
    .base = "https://api.together.ai/v1",
    .key_env = {"TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"},
    .base_env = "TOGETHER_AI_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::translation | serves::rerank |
                  serves::images | serves::completions,
    .limit = token_limit_name::max_tokens,
    .edits = detail::together_ai_edits,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
