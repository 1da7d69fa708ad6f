// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/wire/utf8.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The classes of code points that splits of tokenizers distinguish. The numbers are those of `code_point_ranges`.
enum class code_point_class : std::uint8_t {
    other,         ///< punctuation, symbols, controls, unassigned; and each byte that is no UTF-8
    upper,         ///< Lu, Lt
    lower,         ///< Ll
    other_letter,  ///< Lm, Lo
    mark,          ///< M
    number,        ///< N
    space,         ///< White_Space but the two of `newline`
    newline,       ///< carriage return, line feed
};

/// A code point of a text: its class and its bytes.
struct classed_point {
    code_point_class kind;
    std::uint8_t bytes;
};

/// Finds classes of code points in two steps: the page of 256, then the place in it. About 25 KB, made once for each tokenizer.
class code_point_index {
public:
    LLMX_DECL static code_point_index make();

    /// The code point at \p p, which is before \p end.
    [[nodiscard]] classed_point at(const char* p, const char* end) const noexcept {
        const auto lead = static_cast<unsigned char>(*p);
        if (lead < 0x80) return {pages_[lead], 1};
        const std::size_t n = utf8_sequence(p, end);
        if (n == 0) return {code_point_class::other, 1};
        std::uint32_t point = lead & (0xFFu >> (n + 1));
        for (std::size_t i = 1; i < n; ++i) point = (point << 6) | (static_cast<unsigned char>(p[i]) & 0x3Fu);
        return {pages_[std::size_t(numbers_[point >> 8]) * 256 + (point & 0xFF)], static_cast<std::uint8_t>(n)};
    }

private:
    code_point_index() = default;
    std::vector<code_point_class> pages_;
    std::array<std::uint16_t, 0x1100> numbers_{};
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/code_points.ipp>
#endif
