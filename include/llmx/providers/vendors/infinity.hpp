// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// An Infinity server of your own (github.com/michaelfeil/infinity): embeddings.
inline constexpr vendor_row infinity = {
    .name = "infinity",
    .key_env = "INFINITY_API_KEY",
    .base_env = "INFINITY_API_BASE",
    .needs_key = false,
    .operations = serves::embeddings | serves::rerank,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
