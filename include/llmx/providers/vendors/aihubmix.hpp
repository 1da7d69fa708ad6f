// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// AIHubMix (docs.aihubmix.com).
inline constexpr vendor_row aihubmix = {
    .name = "aihubmix",
    .base = "https://aihubmix.com/v1",
    .key_env = "AIHUBMIX_API_KEY",
    .base_env = "AIHUBMIX_API_BASE",
    .operations = serves::chat,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
