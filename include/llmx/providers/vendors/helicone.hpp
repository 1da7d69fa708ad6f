// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Helicone's AI gateway (docs.helicone.ai/gateway).
inline constexpr vendor_row helicone = {
    .name = "helicone",
    .base = "https://ai-gateway.helicone.ai",
    .key_env = "HELICONE_API_KEY",
    .base_env = "HELICONE_API_BASE",
    .operations = serves::chat,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
