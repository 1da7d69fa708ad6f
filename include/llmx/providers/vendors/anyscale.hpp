// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Anyscale Endpoints. Retired by the vendor in 2024; configurations still name it.
inline constexpr vendor_row anyscale = {
    .name = "anyscale",
    .base = "https://api.endpoints.anyscale.com/v1",
    .key_env = "ANYSCALE_API_KEY",
    .base_env = "ANYSCALE_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
