// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// FNV-1a, 64 bits (RFC 9923): the same on every machine and in every version, for names
/// that must stay; it protects no secret. \p hash continues from an earlier text.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325u) noexcept {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

} // namespace llmx::inline LLMX_ABI::detail
