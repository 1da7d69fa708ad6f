// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace llmx::inline LLMX_ABI::detail {

/// Whether a byte may be in a JSON string without a second check: ASCII, no
/// control character, no quote, no backslash.
[[nodiscard]] constexpr bool is_plain_json_byte(char c) noexcept {
    return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// Whether any of the eight bytes of \p w is not plain.
[[nodiscard]] constexpr bool has_special_json_byte(std::uint64_t w) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    // A byte's high bit is set where it is below 0x20, a quote or a backslash; a borrow
    // can only reach bytes above one that is flagged rightly, so "any" is exact.
    const std::uint64_t quote = w ^ (ones * '"');
    const std::uint64_t backslash = w ^ (ones * '\\');
    return ((w | (w - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs) != 0;
}

/// The first byte in [p, end) that is not plain, eight at a time in portable code.
[[nodiscard]] inline const char* skip_plain_portable(const char* p, const char* end) noexcept {
    while (end - p >= 8) {
        std::uint64_t w;
        std::memcpy(&w, p, sizeof w);
        if (has_special_json_byte(w)) break;
        p += 8;
    }
    while (p != end && is_plain_json_byte(*p)) ++p;
    return p;
}

#if defined(__SSE2__)

/// Which of sixteen bytes are not plain. SSE2 is part of every x86-64.
[[nodiscard]] inline __m128i special_bytes_of(__m128i v) noexcept {
    // The signed comparison finds bytes above 0x7f along with control characters.
    return _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
                        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}
[[nodiscard]] inline __m128i special_bytes(const char* at) noexcept {
    return special_bytes_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

/// Like `skip_plain`, but may stop early: after sixteen bytes, or at once near \p end.
[[nodiscard]] inline const char* skip_plain_block(const char* p, const char* end) noexcept {
    if (end - p < 16) return p;
    // A bit beyond the sixteen represents "all of them".
    return p + std::countr_zero(static_cast<unsigned>(_mm_movemask_epi8(special_bytes(p))) | 0x10000u);
}

/// The first byte in [p, end) that is not plain, sixteen at a time.
[[nodiscard]] inline const char* skip_plain(const char* p, const char* end) noexcept {
    // Most runs are short: only one that outlasts two blocks is taken in larger steps.
    for (int i = 0; i < 2 && end - p >= 16; ++i) {
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special_bytes(p)));
        if (mask != 0) return p + std::countr_zero(mask);
        p += 16;
    }
    while (end - p >= 64) {
        const __m128i any = _mm_or_si128(_mm_or_si128(special_bytes(p), special_bytes(p + 16)),
                                         _mm_or_si128(special_bytes(p + 32), special_bytes(p + 48)));
        if (_mm_movemask_epi8(any) != 0) break;
        p += 64;
    }
    while (end - p >= 16) {
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special_bytes(p)));
        if (mask != 0) return p + std::countr_zero(mask);
        p += 16;
    }
    return skip_plain_portable(p, end);
}

#else

[[nodiscard]] inline const char* skip_plain_block(const char* p, const char*) noexcept { return p; }

[[nodiscard]] inline const char* skip_plain(const char* p, const char* end) noexcept {
    return skip_plain_portable(p, end);
}

#endif

/// Copies a text of less than sixteen bytes; see `copy_plain`.
[[nodiscard]] inline char* copy_plain_short(const char* from, std::size_t n, char* to) noexcept {
    // Both ends are copied, the middle of some texts twice.
    if (n >= 8) {
        std::uint64_t first = 0, last = 0;
        std::memcpy(&first, from, 8);
        std::memcpy(&last, from + n - 8, 8);
        std::memcpy(to, &first, 8);
        std::memcpy(to + n - 8, &last, 8);
        return has_special_json_byte(first) || has_special_json_byte(last) ? nullptr : to + n;
    }
    if (n >= 4) {
        std::uint32_t first = 0, last = 0;
        std::memcpy(&first, from, 4);
        std::memcpy(&last, from + n - 4, 4);
        std::memcpy(to, &first, 4);
        std::memcpy(to + n - 4, &last, 4);
        return has_special_json_byte(std::uint64_t{first} << 32 | last) ? nullptr : to + n;
    }
    for (std::size_t i = 0; i != n; ++i) {
        if (!is_plain_json_byte(from[i])) return nullptr;
        to[i] = from[i];
    }
    return to + n;
}

/// Copies \p text to \p to, which has room for it and does not overlap it, when all of its bytes are plain. Returns the copy's
/// end; null for another text, of which some bytes may have been copied.
[[nodiscard]] inline char* copy_plain(std::string_view text, char* to) noexcept {
    const char* const from = text.data();
    const std::size_t n = text.size();
    if (n < 16) return copy_plain_short(from, n, to);
    // The last block may take some bytes a second time.
#if defined(__SSE2__)
    const auto block = [from, to](std::size_t at) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), v);
        return special_bytes_of(v);
    };
    __m128i any = block(n - 16);
    for (std::size_t i = 0; i + 16 < n; i += 16) any = _mm_or_si128(any, block(i));
    return _mm_movemask_epi8(any) == 0 ? to + n : nullptr;
#else
    for (std::size_t i = 0; i + 8 < n; i += 8)
        if (copy_plain_short(from + i, 8, to + i) == nullptr) return nullptr;
    return copy_plain_short(from + n - 8, 8, to + n - 8) == nullptr ? nullptr : to + n;
#endif
}

} // namespace llmx::inline LLMX_ABI::detail
