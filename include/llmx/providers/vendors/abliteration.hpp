// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// abliteration.ai (docs.abliteration.ai).
inline constexpr vendor_row abliteration = {
    .name = "abliteration",
    .base = "https://api.abliteration.ai/v1",
    .key_env = "ABLITERATION_API_KEY",
    .base_env = "ABLITERATION_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
