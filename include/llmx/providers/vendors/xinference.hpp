// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// A Xinference server on this machine (inference.readthedocs.io; github.com/xorbitsai/inference, xinference/api/restful_api.py).
inline constexpr vendor_row xinference = {
    .name = "xinference",
    .base = "http://127.0.0.1:9997/v1",
    .key_env = "XINFERENCE_API_KEY",
    .base_env = "XINFERENCE_API_BASE",
    .needs_key = false,
    .operations = serves::chat | serves::embeddings | serves::speech | serves::transcription | serves::translation | serves::completions,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
