// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit scx_ai_edits[] = {
    limit_member("temperature", 1.99, "1.99")};
} // namespace detail

namespace rows {
/// SCX.ai (scx.ai), whose temperature ends below 2.
inline constexpr vendor_row scx_ai = {
    .name = "scx-ai",
    .aliases = "scx_ai",
    .base = "https://api.scx.ai/v1",
    .key_env = "SCX_API_KEY",
    .base_env = "SCX_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .edits = detail::scx_ai_edits,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
