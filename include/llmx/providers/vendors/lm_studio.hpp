// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// LM Studio (lmstudio.ai/docs).
inline constexpr vendor_row lm_studio = {
    .name = "lm_studio",
    .key_env = "LM_STUDIO_API_KEY",
    .base_env = "LM_STUDIO_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
