// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// GitHub Models (docs.github.com/en/rest/models/inference).
inline constexpr vendor_row github = {
    .name = "github",
    .base = "https://models.github.ai/inference",
    .key_env = "GITHUB_API_KEY",
    .base_env = "GITHUB_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
