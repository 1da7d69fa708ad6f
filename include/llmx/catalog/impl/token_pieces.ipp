// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_pieces.hpp>

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] constexpr unsigned class_bits() noexcept { return 0; }
template <class... More> [[nodiscard]] constexpr unsigned class_bits(code_point_class c, More... more) noexcept {
    return 1u << static_cast<unsigned>(c) | class_bits(more...);
}
inline constexpr unsigned letter_bits =
    class_bits(code_point_class::upper, code_point_class::lower, code_point_class::other_letter);
/// [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and [\p{Ll}\p{Lm}\p{Lo}\p{M}] of o200k.
inline constexpr unsigned head_bits = class_bits(code_point_class::upper, code_point_class::other_letter, code_point_class::mark);
inline constexpr unsigned tail_bits = class_bits(code_point_class::lower, code_point_class::other_letter, code_point_class::mark);
/// [^\s\p{L}\p{N}]
inline constexpr unsigned symbol_bits = class_bits(code_point_class::other, code_point_class::mark);
inline constexpr unsigned space_bits = class_bits(code_point_class::space, code_point_class::newline);

[[nodiscard]] constexpr bool in_class_bits(code_point_class c, unsigned bits) noexcept {
    return (bits >> static_cast<unsigned>(c) & 1u) != 0;
}

LLMX_DECL std::string_view token_pieces::next() noexcept {
    if (p_ == end_) return {};
    const char* const begin = p_;
    const classed_point first = at(begin);
    const char* found = nullptr;
    if (split_ == token_split::cl100k) {
        const char* const after = contraction(begin);
        found = after != begin ? after : cl100k_word(begin, first);
    } else found = cased_word(begin, first);
    if (found == nullptr && first.kind == code_point_class::number) found = numbers(begin);
    if (found == nullptr) found = symbols(begin, first);
    if (found == nullptr) found = spaces(begin);
    p_ = found;
    return {begin, static_cast<std::size_t>(found - begin)};
}

/// '(?i:[sdmt]|ll|ve|re). Without regard to case, U+017F is an "s" too (Unicode's CaseFolding.txt).
LLMX_DECL const char* token_pieces::contraction(const char* p) const noexcept {
    const auto letter = [this, p](std::ptrdiff_t i) { return end_ - p > i ? static_cast<char>(p[i] | 0x20) : '\0'; };
    if (p == end_ || *p != '\'') return p;
    switch (letter(1)) {
    case 's':
    case 'd':
    case 'm':
    case 't': return p + 2;
    case 'l': return letter(2) == 'l' ? p + 3 : p;
    case 'v':
    case 'r': return letter(2) == 'e' ? p + 3 : p;
    default: return std::string_view(p + 1, static_cast<std::size_t>(end_ - p - 1)).starts_with("\xC5\xBF") ? p + 3 : p;
    }
}

/// [^\r\n\p{L}\p{N}]?\p{L}+
LLMX_DECL const char* token_pieces::cl100k_word(const char* p, classed_point first) noexcept {
    const char* from = p;
    if (!in_class_bits(first.kind, letter_bits)) {
        if (first.kind == code_point_class::newline || first.kind == code_point_class::number) return nullptr;
        from += first.bytes;
    }
    const char* const to = skip(from, letter_bits);
    return to == from ? nullptr : to;
}

/// The two expressions of o200k for words: heads*tails+ and heads+tails*, each after one character that may be missing and before a
/// contraction that may be missing. The first is tried with and without the character, then the second.
///
/// heads* first takes the whole run of heads. Behind it a tail can only be a lower-case letter, which begins tails+. Where none is,
/// heads* gives characters back until the last of the run that is a tail too, and tails+ is that one character.
LLMX_DECL const char* token_pieces::cased_word(const char* p, classed_point first) noexcept {
    const bool may_lead = !in_class_bits(first.kind, letter_bits) && first.kind != code_point_class::newline &&
                          first.kind != code_point_class::number;
    const char* only_heads = nullptr;
    // Where the first character may lead a word, and may be the head of one: a mark.
    for (int lead = may_lead ? 1 : 0; lead >= 0; --lead) {
        if (lead == 0 && !in_class_bits(first.kind, head_bits | tail_bits)) break;
        const char* const from = lead == 1 ? p + first.bytes : p;
        const char* last_tail = nullptr;
        const char* at_end = from;
        classed_point c{code_point_class::other, 0};
        while (at_end != end_) {
            c = at(at_end);
            if (!in_class_bits(c.kind, head_bits)) break;
            at_end += c.bytes;
            if (in_class_bits(c.kind, tail_bits)) last_tail = at_end;
        }
        if (at_end != end_ && c.kind == code_point_class::lower) return contraction(skip(at_end, tail_bits));
        if (last_tail != nullptr) return contraction(last_tail);
        if (only_heads == nullptr && at_end != from) only_heads = at_end;
    }
    return only_heads == nullptr ? nullptr : contraction(only_heads);
}

/// \p{N}{1,3}
LLMX_DECL const char* token_pieces::numbers(const char* p) noexcept {
    for (int n = 0; n < 3 && p != end_; ++n) {
        const classed_point c = at(p);
        if (c.kind != code_point_class::number) break;
        p += c.bytes;
    }
    return p;
}

///  ?[^\s\p{L}\p{N}]+[\r\n]*, and for o200k [\r\n/]* at the end
LLMX_DECL const char* token_pieces::symbols(const char* p, classed_point first) noexcept {
    const char* const from = *p == ' ' ? p + first.bytes : p;
    const char* to = skip(from, symbol_bits);
    if (to == from) return nullptr;
    while (to != end_ && (*to == '\r' || *to == '\n' || (*to == '/' && split_ == token_split::o200k))) ++to;
    return to;
}

/// \s*[\r\n]+|\s+(?!\S)|\s+, and for cl100k \s+$ before them
LLMX_DECL const char* token_pieces::spaces(const char* p) noexcept {
    const char* to = p;
    const char* last = p;
    const char* after_newline = nullptr;
    while (to != end_) {
        const classed_point c = at(to);
        if (!in_class_bits(c.kind, space_bits)) break;
        last = to;
        to += c.bytes;
        if (c.kind == code_point_class::newline) after_newline = to;
    }
    if (to == end_ && split_ == token_split::cl100k) return to;
    if (after_newline != nullptr) return after_newline;
    // The last space before a word belongs to the word, unless there is no other.
    return to == end_ || last == p ? to : last;
}

} // namespace llmx::inline LLMX_ABI::detail
