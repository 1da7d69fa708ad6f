// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Parasail (docs.parasail.io).
inline constexpr vendor_row parasail = {
    .name = "parasail",
    .base = "https://api.parasail.io/v1",
    .key_env = "PARASAIL_API_KEY",
    .base_env = "PARASAIL_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
