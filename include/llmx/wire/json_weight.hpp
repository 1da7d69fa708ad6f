// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The part of a JSON body that a model reads as text.
struct json_weight {
    json_weight() = default;
    /// Bytes, names and punctuation included, without those of long strings in base64.
    std::size_t text = 0;
    /// Long strings in base64: images, documents, recordings.
    std::size_t blobs = 0;
};

/// Weighs \p body, which a scan has checked. A string of 4 KiB and more is taken for base64 when
/// its first KiB has neither a space nor an escape, nor a character that is not ASCII; shorter bodies
/// are not looked at, they are text. Linear, and quick: bytes are only searched for quotes.
LLMX_DECL [[nodiscard]] json_weight weigh_json(std::string_view body) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_weight.ipp>
#endif
