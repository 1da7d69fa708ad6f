// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A Lemonade server on this machine (github.com/lemonade-sdk/lemonade, docs/api/openai.md).
inline constexpr vendor_row lemonade = {
    .name = "lemonade",
    .base = "http://127.0.0.1:13305/v1",
    .key_env = "LEMONADE_API_KEY",
    .base_env = "LEMONADE_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::images | serves::image_edits |
                  serves::image_variations | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
