// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Nebius Token Factory, AI Studio before (docs.tokenfactory.nebius.com/api-reference/introduction).
inline constexpr vendor_row nebius = {
    .name = "nebius",
    .base = "https://api.tokenfactory.nebius.com/v1",
    .key_env = "NEBIUS_API_KEY",
    .base_env = "NEBIUS_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::images | serves::completions,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
