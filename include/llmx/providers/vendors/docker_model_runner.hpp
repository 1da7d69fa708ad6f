// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Docker Model Runner on this machine (docs.docker.com/ai/model-runner/api-reference).
inline constexpr vendor_row docker_model_runner = {
    .name = "docker_model_runner",
    .base = "http://127.0.0.1:12434/engines/llama.cpp",
    .version = "/v1",
    .key_env = "DOCKER_MODEL_RUNNER_API_KEY",
    .base_env = "DOCKER_MODEL_RUNNER_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
    .limit = token_limit_name::max_tokens,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
