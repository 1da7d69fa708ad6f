// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A text-generation-webui server of your own (github.com/oobabooga/text-generation-webui, modules/api/script.py).
inline constexpr vendor_row oobabooga = {
    .name = "oobabooga",
    .key_env = "OOBABOOGA_API_KEY",
    .base_env = "OOBABOOGA_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::images | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
