// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Alibaba's Qwen AI Platform: the China hosts of `dashscope` (www.alibabacloud.com/help/model-studio).
inline constexpr vendor_row qwen_ai_platform = {
    .name = "qwen_ai_platform",
    .base = "https://dashscope.aliyuncs.com/compatible-mode/v1",
    .key_env = {"QWEN_AI_PLATFORM_API_KEY", "DASHSCOPE_API_KEY"},
    .base_env = "QWEN_AI_PLATFORM_API_BASE",
    .operations = serves::chat | serves::embeddings,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
