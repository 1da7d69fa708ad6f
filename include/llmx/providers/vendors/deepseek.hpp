// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit deepseek_edits[] = {
    exchange_member("reasoning_effort", "\"none\"", "thinking", R"({"type":"disabled"})")};
} // namespace detail

namespace rows {
/// DeepSeek (api-docs.deepseek.com). /beta has everything of the plain base, and prefixes of answers and strict tools. Thinking
/// is switched off by `thinking`; every other effort is taken (guides/thinking_mode).
inline constexpr vendor_row deepseek = {
    .name = "deepseek",
    .base = "https://api.deepseek.com/beta",
    .key_env = "DEEPSEEK_API_KEY",
    .base_env = "DEEPSEEK_API_BASE",
    .operations = serves::chat | serves::completions,
    .edits = detail::deepseek_edits,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
