// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Hugging Face's router (huggingface.co/docs/inference-providers).
inline constexpr vendor_row huggingface = {
    .name = "huggingface",
    .base = "https://router.huggingface.co/v1",
    .version = "/v1",
    .key_env = {"HF_TOKEN", "HUGGINGFACE_API_KEY"},
    .base_env = {"HF_API_BASE", "HUGGINGFACE_API_BASE"},
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
