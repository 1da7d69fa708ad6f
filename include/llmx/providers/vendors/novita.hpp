// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Novita (novita.ai/docs/api-reference/model-apis-llm-create-rerank, ...-create-embeddings).
inline constexpr vendor_row novita = {
    .name = "novita",
    .base = "https://api.novita.ai/openai/v1",
    .key_env = "NOVITA_API_KEY",
    .base_env = "NOVITA_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::rerank | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
