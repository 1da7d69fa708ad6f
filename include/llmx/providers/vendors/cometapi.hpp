// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// CometAPI (apidoc.cometapi.com).
inline constexpr vendor_row cometapi = {
    .name = "cometapi",
    .base = "https://api.cometapi.com/v1",
    .key_env = {"COMETAPI_KEY", "COMETAPI_API_KEY"},
    .base_env = {"COMETAPI_API_BASE", "COMETAPI_BASE_URL"},
    .operations = serves::chat | serves::embeddings,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
