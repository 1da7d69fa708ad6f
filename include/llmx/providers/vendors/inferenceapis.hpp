// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// InferenceAPIs (inferenceapis.com).
inline constexpr vendor_row inferenceapis = {
    .name = "inferenceapis",
    .base = "https://api.inferenceapis.com/v1",
    .key_env = "INFERENCEAPIS_API_KEY",
    .base_env = "INFERENCEAPIS_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
