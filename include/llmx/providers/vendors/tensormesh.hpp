// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Tensormesh (docs.tensormesh.ai).
inline constexpr vendor_row tensormesh = {
    .name = "tensormesh",
    .base = "https://serverless.tensormesh.ai/v1",
    .key_env = "TENSORMESH_INFERENCE_API_KEY",
    .base_env = "TENSORMESH_SERVERLESS_BASE_URL",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
