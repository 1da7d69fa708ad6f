// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Scaleway's Generative APIs (www.scaleway.com/en/docs/generative-apis).
inline constexpr vendor_row scaleway = {
    .name = "scaleway",
    .base = "https://api.scaleway.ai/v1",
    .key_env = "SCW_SECRET_KEY",
    .base_env = "SCALEWAY_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::transcription | serves::rerank,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
