// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/code_points.hpp>
#include <llmx/catalog/token_encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Cuts a text into the pieces of an encoding's regular expression, each match found by hand in one or two passes over it.
///
/// Each byte that is not part of a UTF-8 sequence is a piece's character of the class `other`. The text must outlive the object.
class token_pieces {
public:
    token_pieces(const code_point_index& index, token_split split, std::string_view text) noexcept
        : index_(index), split_(split), p_(text.data()), end_(text.data() + text.size()) {}

    /// The next piece; empty at the end of the text.
    LLMX_DECL [[nodiscard]] std::string_view next() noexcept;

    /// Code points looked at until now: a measure of the work.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

private:
    [[nodiscard]] classed_point at(const char* p) noexcept {
        ++steps_;
        return index_.at(p, end_);
    }
    /// First place from \p p on whose class is not in the set of bits \p of.
    [[nodiscard]] const char* skip(const char* p, unsigned of) noexcept {
        while (p != end_) {
            const classed_point c = at(p);
            if ((of >> static_cast<unsigned>(c.kind) & 1u) == 0) break;
            p += c.bytes;
        }
        return p;
    }
    LLMX_DECL [[nodiscard]] const char* contraction(const char* p) const noexcept;
    LLMX_DECL [[nodiscard]] const char* cased_word(const char* p, classed_point first) noexcept;
    LLMX_DECL [[nodiscard]] const char* cl100k_word(const char* p, classed_point first) noexcept;
    LLMX_DECL [[nodiscard]] const char* numbers(const char* p) noexcept;
    LLMX_DECL [[nodiscard]] const char* symbols(const char* p, classed_point first) noexcept;
    LLMX_DECL [[nodiscard]] const char* spaces(const char* p) noexcept;

    const code_point_index& index_;
    token_split split_;
    const char* p_;
    const char* end_;
    std::uint64_t steps_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_pieces.ipp>
#endif
