// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// AssemblyAI's LLM gateway (www.assemblyai.com/docs/llm-gateway).
inline constexpr vendor_row assemblyai = {
    .name = "assemblyai",
    .base = "https://llm-gateway.assemblyai.com/v1",
    .key_env = "ASSEMBLYAI_API_KEY",
    .base_env = "ASSEMBLYAI_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
