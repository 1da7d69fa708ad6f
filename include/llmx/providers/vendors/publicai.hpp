// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Public AI (platform.publicai.co/docs).
inline constexpr vendor_row publicai = {
    .name = "publicai",
    .base = "https://api.publicai.co/v1",
    .key_env = "PUBLICAI_API_KEY",
    .base_env = "PUBLICAI_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
