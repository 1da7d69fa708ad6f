// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Alibaba's Qwen Cloud: the international hosts of `dashscope` (www.alibabacloud.com/help/model-studio).
inline constexpr vendor_row qwencloud = {
    .name = "qwencloud",
    .base = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    .key_env = {"QWENCLOUD_API_KEY", "DASHSCOPE_API_KEY"},
    .base_env = "QWENCLOUD_API_BASE",
    .operations = serves::chat | serves::embeddings,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
