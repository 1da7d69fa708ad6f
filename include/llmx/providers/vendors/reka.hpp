// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Reka (docs.reka.ai).
inline constexpr vendor_row reka = {
    .name = "reka",
    .base = "https://api.reka.ai/v1",
    .key_env = "REKA_API_KEY",
    .base_env = "REKA_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
