// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// AI/ML API (docs.aimlapi.com).
inline constexpr vendor_row aiml = {
    .name = "aiml",
    .base = "https://api.aimlapi.com/v1",
    .key_env = {"AIML_API_KEY", "AIMLAPI_KEY"},
    .base_env = "AIML_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
