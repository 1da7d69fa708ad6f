// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Charity Engine (charityengine.com).
inline constexpr vendor_row charity_engine = {
    .name = "charity_engine",
    .base = "https://api.charityengine.services/remotejobs/v2/inference",
    .key_env = "CHARITY_ENGINE_API_KEY",
    .base_env = "CHARITY_ENGINE_API_BASE",
    .operations = serves::chat,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
