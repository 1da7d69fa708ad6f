// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Ollama's /v1 (github.com/ollama/ollama, docs/openai.md), for requests in OpenAI's language that are to pass as they are; the provider
/// `ollama_native` has the server's own wire.
inline constexpr vendor_row ollama_v1 = {
    .name = "ollama_v1",
    .base = "http://127.0.0.1:11434/v1",
    .version = "/v1",
    .key_env = {"OLLAMA_V1_API_KEY", "OLLAMA_API_KEY"},
    .base_env = "OLLAMA_V1_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
