// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// CompactifAI by Multiverse Computing (docs.compactif.ai).
inline constexpr vendor_row compactifai = {
    .name = "compactifai",
    .base = "https://api.compactif.ai/v1",
    .key_env = "COMPACTIFAI_API_KEY",
    .base_env = "COMPACTIFAI_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
