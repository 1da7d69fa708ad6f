// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A RAGFlow server (ragflow.io/docs/dev/http_api_reference). The base URL names the assistant or agent:
/// `https://{host}/api/v1/chats_openai/{chat}` or `https://{host}/api/v1/agents_openai/{agent}`.
inline constexpr vendor_row ragflow = {
    .name = "ragflow",
    .key_env = "RAGFLOW_API_KEY",
    .base_env = "RAGFLOW_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
