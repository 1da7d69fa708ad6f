// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Poe (creator.poe.com/api-reference/createChatCompletion).
inline constexpr vendor_row poe = {
    .name = "poe",
    .base = "https://api.poe.com/v1",
    .key_env = "POE_API_KEY",
    .base_env = "POE_API_BASE",
    .operations = serves::chat,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
