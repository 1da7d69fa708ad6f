// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Ollama's /v1 (github.com/ollama/ollama, docs/openai.md). It has the names that configurations have for Ollama.
inline constexpr vendor_row ollama_v1 = {
    .name = "ollama_v1",
    .aliases = {"ollama", "ollama_chat"},
    .base = "http://127.0.0.1:11434/v1",
    .version = "/v1",
    .key_env = "OLLAMA_API_KEY",
    .base_env = "OLLAMA_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
