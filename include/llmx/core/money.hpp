// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// An amount of US dollars that is exact to 10^-24 of a dollar: prices of models per token, and what a call costs.
///
/// Price lists state a token's price in nano-dollars, some with a fraction of fifteen digits that came from a division; a
/// binary floating-point number keeps neither the price nor a sum of them. All arithmetic is on integers. Sums and products
/// stop at the largest value, about nine billion dollars, and do not wrap around. Amounts are never negative.
struct money {
    constexpr money() = default;
    /// \p whole nano-dollars and \p rest of 10^-24 dollars, which is below 10^15. Negative values count as 0.
    constexpr explicit money(std::int64_t whole, std::int64_t rest = 0) noexcept
        : nanodollars(whole < 0 ? 0 : whole), yoctodollars(whole < 0 || rest < 0 ? 0 : rest) {}

    std::int64_t nanodollars = 0;
    /// The part below one nano-dollar, in 10^-24 dollars: 0 to 10^15 - 1.
    std::int64_t yoctodollars = 0;

    [[nodiscard]] constexpr bool zero() const noexcept { return nanodollars == 0 && yoctodollars == 0; }
    constexpr money& operator+=(const money& other) noexcept {
        constexpr std::int64_t one_nano = 1'000'000'000'000'000, most = std::numeric_limits<std::int64_t>::max();
        std::int64_t rest = yoctodollars + other.yoctodollars;
        const std::int64_t carry = rest >= one_nano ? 1 : 0;
        rest -= carry * one_nano;
        if (other.nanodollars > most - carry || nanodollars > most - carry - other.nanodollars) return *this = money(most);
        nanodollars += other.nanodollars + carry;
        yoctodollars = rest;
        return *this;
    }
    friend constexpr bool operator==(const money&, const money&) = default;
    friend constexpr auto operator<=>(const money&, const money&) = default;
};

/// \p price for each of \p count units, exact. A negative count is 0, and more than 10^11 units count as 10^11.
LLMX_DECL [[nodiscard]] money times(const money& price, std::int64_t count) noexcept;

/// \p amount divided by \p divisor, at least 1 and at most 9,000; what is below 10^-24 dollars is cut off.
LLMX_DECL [[nodiscard]] money divided(const money& amount, std::int64_t divisor) noexcept;

/// Reads nano-dollars as `data/models.json` has them, "62.5" or "3000". Nothing for a text that is not a plain decimal number of at
/// most fifteen digits behind the point, or one that does not fit.
LLMX_DECL [[nodiscard]] std::optional<money> parse_nanodollars(std::string_view text) noexcept;

/// Reads dollars as LiteLLM's price map has them: "3e-06", "0.00000125", "1.5". Digits below 10^-24 dollars are cut off. Nothing for
/// a text that is not a number, or a negative one.
LLMX_DECL [[nodiscard]] std::optional<money> parse_dollars(std::string_view text) noexcept;

/// \p amount as decimal dollars in memory of its own, without an allocation: see `append_dollars`.
class dollar_text {
public:
    LLMX_DECL explicit dollar_text(const money& amount, std::size_t digits = 24) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return std::string_view(text_, size_); }

private:
    char text_[40];
    std::size_t size_ = 0;
};

/// Appends \p amount as decimal dollars without an exponent and without zeros at the end: "0.00125", "0", "12.5".
/// \p digits of the fraction are written at most, 0 to 24; further ones are cut off.
LLMX_DECL void append_dollars(std::string& out, const money& amount, std::size_t digits = 24);

/// `append_dollars` as a new text.
LLMX_DECL [[nodiscard]] std::string to_dollars(const money& amount, std::size_t digits = 24);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/money.ipp>
#endif
