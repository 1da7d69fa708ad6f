// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A Lemonade server on this machine (lemonade-server.ai/docs).
inline constexpr vendor_row lemonade = {
    .name = "lemonade",
    .base = "http://127.0.0.1:8000/api/v1",
    .key_env = "LEMONADE_API_KEY",
    .base_env = "LEMONADE_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
