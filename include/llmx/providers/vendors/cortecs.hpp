// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Cortecs (docs.cortecs.ai/serverless-inference/api/chat-completions).
inline constexpr vendor_row cortecs = {
    .name = "cortecs",
    .base = "https://api.cortecs.ai/v1",
    .key_env = "CORTECS_API_KEY",
    .base_env = "CORTECS_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
