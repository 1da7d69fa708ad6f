// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A llamafile on this machine (github.com/Mozilla-Ocho/llamafile).
inline constexpr vendor_row llamafile = {
    .name = "llamafile",
    .base = "http://127.0.0.1:8080/v1",
    .key_env = "LLAMAFILE_API_KEY",
    .base_env = "LLAMAFILE_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
