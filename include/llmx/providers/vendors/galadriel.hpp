// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Galadriel (docs.galadriel.com).
inline constexpr vendor_row galadriel = {
    .name = "galadriel",
    .base = "https://api.galadriel.com/v1",
    .key_env = "GALADRIEL_API_KEY",
    .base_env = "GALADRIEL_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
