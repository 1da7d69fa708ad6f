// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// DeepSeek (api-docs.deepseek.com). /beta has everything of the plain base, and prefixes of answers and strict tools.
inline constexpr vendor_row deepseek = {
    .name = "deepseek",
    .base = "https://api.deepseek.com/beta",
    .key_env = "DEEPSEEK_API_KEY",
    .base_env = "DEEPSEEK_API_BASE",
    .operations = serves::chat | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
