// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Prism (prisminference.com).
inline constexpr vendor_row prism = {
    .name = "prism",
    .base = "https://api.prisminference.com/v1",
    .key_env = "PRISM_API_KEY",
    .base_env = "PRISM_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
