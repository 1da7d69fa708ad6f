// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// LM Studio on this machine (github.com/lmstudio-ai/docs, openai-compat).
inline constexpr vendor_row lm_studio = {
    .name = "lm_studio",
    .base = "http://127.0.0.1:1234/v1",
    .key_env = "LM_STUDIO_API_KEY",
    .base_env = "LM_STUDIO_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
