// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit openrouter_edits[] = {
    map_member("reasoning_effort", "\"max\"", "\"xhigh\""), add_member("usage", R"({"include":true})")};
} // namespace detail

namespace rows {
/// OpenRouter (openrouter.ai/docs).
inline constexpr vendor_row openrouter = {
    .name = "openrouter",
    .base = "https://openrouter.ai/api/v1",
    .key_env = {"OPENROUTER_API_KEY", "OR_API_KEY"},
    .base_env = "OPENROUTER_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .edits = detail::openrouter_edits,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
