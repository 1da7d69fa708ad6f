// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Alibaba Model Studio (www.alibabacloud.com/help/model-studio).
inline constexpr vendor_row dashscope = {
    .name = "dashscope",
    .base = "https://dashscope.aliyuncs.com/compatible-mode/v1",
    .key_env = "DASHSCOPE_API_KEY",
    .base_env = "DASHSCOPE_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::completions,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
