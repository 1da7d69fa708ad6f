// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Classes of characters that estimates count; `word` is a run of Latin letters. The numbers are those of `token_rates::rates`.
enum class rated_class : std::uint8_t {
    word, latin, latin_other, digit, punctuation, space, cyrillic, greek, arabic, hebrew, indic, thai, han, kana, hangul, other,
};
inline constexpr std::size_t rated_classes = 16;

/// The tokens that a vendor's tokenizer makes of characters on average, in thousandths of a token for each class.
struct token_rates {
    constexpr token_rates(std::string_view called, const std::array<std::uint16_t, rated_classes>& measured) noexcept
        : family(called), rates(measured) {}
    std::string_view family;
    std::array<std::uint16_t, rated_classes> rates;
};

/// The rates of the family that \p tokenizer ("claude", "o200k_harmony") begins with, else those of o200k.
LLMX_DECL [[nodiscard]] const token_rates& find_token_rates(std::string_view tokenizer) noexcept;

/// Tokens of \p text by \p rates, rounded up. One pass over the text.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_by_rates(const token_rates& rates, std::string_view text) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_estimator.ipp>
#endif
