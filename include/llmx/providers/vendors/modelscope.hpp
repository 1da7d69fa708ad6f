// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// ModelScope's inference API (modelscope.cn/docs/model-service/API-Inference/intro).
inline constexpr vendor_row modelscope = {
    .name = "modelscope",
    .base = "https://api-inference.modelscope.cn/v1",
    .key_env = "MODELSCOPE_API_KEY",
    .base_env = "MODELSCOPE_API_BASE",
    .operations = serves::chat,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
