// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// LlamaGate (llamagate.dev/docs).
inline constexpr vendor_row llamagate = {
    .name = "llamagate",
    .base = "https://api.llamagate.dev/v1",
    .key_env = "LLAMAGATE_API_KEY",
    .base_env = "LLAMAGATE_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
