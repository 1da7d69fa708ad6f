// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Eden AI (www.edenai.co/docs).
inline constexpr vendor_row edenai = {
    .name = "edenai",
    .base = "https://api.edenai.run/v3",
    .key_env = "EDENAI_API_KEY",
    .base_env = "EDENAI_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
