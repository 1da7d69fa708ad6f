// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Length of the well-formed UTF-8 sequence at \p p, 0 when there is none (Unicode 15
/// table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF). \p p != \p end.
inline std::size_t utf8_sequence(const char* p, const char* end) noexcept {
    const auto at = [p](int i) { return static_cast<unsigned char>(p[i]); };
    const auto tail = [&at](int i) { return (at(i) & 0xC0) == 0x80; };
    const unsigned char lead = at(0);
    const auto left = static_cast<std::size_t>(end - p);
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return left >= 2 && tail(1) ? 2 : 0;
    if (lead < 0xF0) {
        if (left < 3 || !tail(1) || !tail(2)) return 0;
        if (lead == 0xE0 && at(1) < 0xA0) return 0;
        if (lead == 0xED && at(1) >= 0xA0) return 0;
        return 3;
    }
    if (lead > 0xF4 || left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xF0 && at(1) < 0x90) return 0;
    if (lead == 0xF4 && at(1) >= 0x90) return 0;
    return 4;
}

/// Bytes of the maximal subpart at \p p, where no well-formed sequence is: one U+FFFD represents
/// it (Unicode 15 section 3.9, as the WHATWG's decoder has it). \p p != \p end.
inline std::size_t utf8_maximal_subpart(const char* p, const char* end) noexcept {
    const auto lead = static_cast<unsigned char>(*p);
    // The second byte's range depends on the first; of longer sequences the rest are any tails.
    unsigned char low = 0x80, high = 0xBF;
    std::size_t wanted = 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        wanted = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        wanted = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    }
    std::size_t n = 1;
    for (; n < wanted && p + n != end; ++n, low = 0x80, high = 0xBF) {
        const auto c = static_cast<unsigned char>(p[n]);
        if (c < low || c > high) break;
    }
    return n;
}

} // namespace detail

/// Whether \p text is well-formed UTF-8 (RFC 3629). ASCII goes eight bytes at a time.
[[nodiscard]] inline bool valid_utf8(std::string_view text) noexcept {
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
        if (end - p >= 8) {
            std::uint64_t word;
            std::memcpy(&word, p, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                p += 8;
                continue;
            }
        }
        const std::size_t n = detail::utf8_sequence(p, end);
        if (n == 0) return false;
        p += n;
    }
    return true;
}

/// Bytes at the start of \p text that are whole, well-formed sequences: the bytes that may be sent
/// on when a text arrives cut anywhere. Equals the size when all of it is valid.
LLMX_DECL [[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

/// Appends the code point; one that is not a Unicode scalar value becomes U+FFFD.
LLMX_DECL void append_utf8(std::string& out, std::uint32_t code_point);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/utf8.ipp>
#endif
