// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Meta's Model API (dev.meta.ai/docs).
inline constexpr vendor_row meta = {
    .name = "meta",
    .base = "https://api.meta.ai/v1",
    .key_env = "META_API_KEY",
    .base_env = "META_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
