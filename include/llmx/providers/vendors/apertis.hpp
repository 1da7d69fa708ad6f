// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Apertis, called Stima before (docs.stima.tech).
inline constexpr vendor_row apertis = {
    .name = "apertis",
    .base = "https://api.stima.tech/v1",
    .key_env = "STIMA_API_KEY",
    .base_env = "STIMA_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
