// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Cognition (docs.cognition.ai).
inline constexpr vendor_row cognition = {
    .name = "cognition",
    .base = "https://api.cognition.ai/v1",
    .key_env = "COGNITION_API_KEY",
    .base_env = "COGNITION_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
