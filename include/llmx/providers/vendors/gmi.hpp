// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// GMI Cloud (docs.gmicloud.ai).
inline constexpr vendor_row gmi = {
    .name = "gmi",
    .aliases = "gmi_cloud",
    .base = "https://api.gmi-serving.com/v1",
    .key_env = "GMI_API_KEY",
    .base_env = "GMI_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
