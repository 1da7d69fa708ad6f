// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// FriendliAI (friendli.ai/docs; members: github.com/friendliai/friendli-python).
inline constexpr vendor_row friendliai = {
    .name = "friendliai",
    .base = "https://api.friendli.ai/serverless/v1",
    .key_env = {"FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"},
    .base_env = "FRIENDLI_API_BASE",
    .operations = serves::chat | serves::completions,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
