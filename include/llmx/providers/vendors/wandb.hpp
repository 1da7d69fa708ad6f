// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Weights & Biases Inference (docs.wandb.ai/inference/api-reference).
inline constexpr vendor_row wandb = {
    .name = "wandb",
    .base = "https://api.inference.wandb.ai/v1",
    .key_env = "WANDB_API_KEY",
    .base_env = "WANDB_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
