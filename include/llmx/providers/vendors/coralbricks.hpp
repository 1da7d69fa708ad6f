// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Coral Bricks (coralbricks.ai).
inline constexpr vendor_row coralbricks = {
    .name = "coralbricks",
    .base = "https://inference.coralbricks.ai/v1",
    .key_env = "CORALBRICKS_API_KEY",
    .base_env = "CORALBRICKS_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
