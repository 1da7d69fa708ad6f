// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// The functions of <cctype> depend on the locale; wire formats do not.

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/// Value of a hexadecimal digit, -1 for any other character.
[[nodiscard]] constexpr int hex_digit_value(char c) noexcept {
    if (is_ascii_digit(c)) return c - '0';
    const char low = ascii_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
    return true;
}

/// Whether every byte of \p text is one from \p least, at most 0x7f, to '~', eight at a time.
[[nodiscard]] inline bool is_visible_from(unsigned char least, std::string_view text) noexcept {
    const std::size_t n = text.size();
    if (n < 8) {
        for (const char c : text)
            if (static_cast<unsigned char>(c) < least || static_cast<unsigned char>(c) >= 0x7f) return false;
        return true;
    }
    constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    // A borrow or a carry begins at a byte that is flagged itself, so "any" is exact.
    std::uint64_t any = 0, word = 0;
    const auto look = [&](std::size_t at) {
        std::memcpy(&word, text.data() + at, 8);
        any |= word | (word - ones * least) | (word + ones);
    };
    for (std::size_t i = 0; i + 8 < n; i += 8) look(i);
    // The last word may take some bytes a second time.
    look(n - 8);
    return (any & highs) == 0;
}

/// \p text without spaces and tabs at its ends (OWS of RFC 9110 section 5.6.3).
[[nodiscard]] constexpr std::string_view trim_ows(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

} // namespace llmx::inline LLMX_ABI::detail
