// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Meta's Llama API, the OpenAI-compatible form (llama.developer.meta.com/docs/features/compatibility).
inline constexpr vendor_row meta_llama = {
    .name = "meta_llama",
    .base = "https://api.llama.com/compat/v1",
    .key_env = "LLAMA_API_KEY",
    .base_env = "LLAMA_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
