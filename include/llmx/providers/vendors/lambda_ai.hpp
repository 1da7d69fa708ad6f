// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Lambda (docs.lambda.ai).
inline constexpr vendor_row lambda_ai = {
    .name = "lambda_ai",
    .base = "https://api.lambda.ai/v1",
    .key_env = "LAMBDA_API_KEY",
    .base_env = "LAMBDA_API_BASE",
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
