// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Neosantara (docs.neosantara.xyz).
inline constexpr vendor_row neosantara = {
    .name = "neosantara",
    .base = "https://api.neosantara.xyz/v1",
    .key_env = "NEOSANTARA_API_KEY",
    .base_env = "NEOSANTARA_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
