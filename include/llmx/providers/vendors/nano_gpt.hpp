// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// NanoGPT (docs.nano-gpt.com).
inline constexpr vendor_row nano_gpt = {
    .name = "nano-gpt",
    .aliases = "nano_gpt",
    .base = "https://nano-gpt.com/api/v1",
    .key_env = "NANOGPT_API_KEY",
    .base_env = "NANOGPT_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
