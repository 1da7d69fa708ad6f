// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_rates.hpp>
#include <llmx/catalog/impl/token_rates.ipp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <iterator>

namespace llmx::inline LLMX_ABI::detail {

/// The end of a range of code points and its class.
struct rated_range {
    std::uint32_t end;
    rated_class kind;
};
/// Scripts by their blocks (https://www.unicode.org/Public/UNIDATA/Blocks.txt), which is near enough for an estimate.
inline constexpr rated_range rated_ranges[] = {
    {0xC0, rated_class::other},       {0x250, rated_class::latin_other}, {0x300, rated_class::other},   {0x370, rated_class::latin_other},
    {0x400, rated_class::greek},      {0x530, rated_class::cyrillic},    {0x590, rated_class::other},   {0x600, rated_class::hebrew},
    {0x780, rated_class::arabic},     {0x900, rated_class::other},       {0xE00, rated_class::indic},   {0x10A0, rated_class::thai},
    {0x1780, rated_class::other},     {0x1800, rated_class::thai},       {0x1E00, rated_class::other},  {0x1F00, rated_class::latin_other},
    {0x2000, rated_class::greek},     {0x2E80, rated_class::other},      {0x3040, rated_class::han},    {0x3100, rated_class::kana},
    {0x3130, rated_class::han},       {0x3190, rated_class::hangul},     {0x31F0, rated_class::han},    {0x3200, rated_class::kana},
    {0xA000, rated_class::han},       {0xAC00, rated_class::other},      {0xD7B0, rated_class::hangul}, {0xF900, rated_class::other},
    {0xFB00, rated_class::han},       {0xFB1D, rated_class::latin_other}, {0xFB50, rated_class::hebrew}, {0xFE00, rated_class::arabic},
    {0xFE70, rated_class::other},     {0xFF00, rated_class::arabic},     {0xFF66, rated_class::han},    {0xFFA0, rated_class::kana},
    {0x20000, rated_class::other},    {0x32000, rated_class::han},       {0x110000, rated_class::other},
};

LLMX_DECL [[nodiscard]] rated_class rated_class_of(std::uint32_t point) noexcept {
    if (point >= 0x80)
        return std::upper_bound(std::begin(rated_ranges), std::end(rated_ranges) - 1, point,
                                [](std::uint32_t p, const rated_range& r) { return p < r.end; })->kind;
    if (point >= '0' && point <= '9') return rated_class::digit;
    if ((point | 0x20) >= 'a' && (point | 0x20) <= 'z') return rated_class::latin;
    return point <= 0x20 ? rated_class::space : rated_class::punctuation;
}

LLMX_DECL const token_rates& find_token_rates(std::string_view tokenizer) noexcept {
    for (const token_rates& r : known_token_rates)
        if (tokenizer.starts_with(r.family)) return r;
    return known_token_rates[0];
}

LLMX_DECL std::uint64_t estimate_by_rates(const token_rates& rates, std::string_view text) noexcept {
    const auto rate = [&rates](rated_class c) { return std::uint64_t(rates.rates[static_cast<std::size_t>(c)]); };
    std::uint64_t thousandths = 0;
    bool in_word = false, in_space = false;
    const char* const end = text.data() + text.size();
    for (const char* p = text.data(); p != end;) {
        const auto lead = static_cast<unsigned char>(*p);
        const std::size_t n = lead < 0x80 ? 1 : utf8_sequence(p, end);
        rated_class c = rated_class::other;
        if (n == 1) c = rated_class_of(lead);
        else if (n != 0) {
            std::uint32_t point = lead & (0xFFu >> (n + 1));
            for (std::size_t i = 1; i < n; ++i) point = (point << 6) | (static_cast<unsigned char>(p[i]) & 0x3Fu);
            c = rated_class_of(point);
        }
        const bool letter = c == rated_class::latin || c == rated_class::latin_other;
        if (letter && !in_word) thousandths += rate(rated_class::word);
        in_word = letter;
        // A single blank belongs to the word behind it.
        const bool blank = c == rated_class::space;
        if (!blank || *p != ' ' || in_space) thousandths += rate(c);
        in_space = blank;
        p += std::max<std::size_t>(n, 1);
    }
    return (thousandths + 999) / 1000;
}

} // namespace llmx::inline LLMX_ABI::detail
