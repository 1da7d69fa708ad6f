// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Venice (docs.venice.ai; operations: github.com/veniceai/api-docs, api-reference/endpoint).
inline constexpr vendor_row veniceai = {
    .name = "veniceai",
    .aliases = "venice",
    .base = "https://api.venice.ai/api/v1",
    .key_env = {"VENICE_AI_API_KEY", "VENICE_API_KEY"},
    .base_env = "VENICE_AI_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::images,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
