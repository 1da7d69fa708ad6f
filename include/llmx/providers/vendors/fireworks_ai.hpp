// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 4> fireworks_ai_refuses = {
    "audio", "modalities", "store", "web_search_options"};
} // namespace detail

namespace rows {
/// Fireworks (docs.fireworks.ai; members: github.com/fw-ai-external/python-sdk): of the two limits it takes one, and "required" as a choice of tool.
inline constexpr vendor_row fireworks_ai = {
    .name = "fireworks_ai",
    .aliases = "fireworks",
    .base = "https://api.fireworks.ai/inference/v1",
    .key_env = {"FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"},
    .base_env = "FIREWORKS_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::rerank | serves::completions,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::fireworks_ai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
