// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/money.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::int64_t yocto_of_nano = 1'000'000'000'000'000;
inline constexpr std::int64_t most_nanodollars = std::numeric_limits<std::int64_t>::max();

/// "00", "01", ... "99": each call writes its cost twice, so that two digits are written for one division.
inline constexpr std::array<char, 200> dollar_digit_pairs = [] {
    std::array<char, 200> made{};
    for (std::size_t i = 0; i < 100; ++i) {
        made[2 * i] = static_cast<char>('0' + i / 10);
        made[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return made;
}();

/// A decimal number as its digits, without leading zeros, and the power of ten of the last one.
struct decimal_digits {
    decimal_digits() = default;
    char digits[64] = {};
    std::size_t size = 0;
    std::int64_t exponent = 0;
};

LLMX_DECL [[nodiscard]] bool read_decimal(std::string_view text, bool exponent_allowed, decimal_digits& out) noexcept {
    std::size_t i = 0;
    bool point = false, any = false;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.') {
            if (point) return false;
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        any = true;
        if (out.size == 0 && c == '0') {
            if (point) --out.exponent;
            continue;
        }
        if (out.size == sizeof out.digits) return false;
        out.digits[out.size++] = c;
        if (point) --out.exponent;
    }
    if (!any) return false;
    if (i == text.size()) return true;
    if (!exponent_allowed || (text[i] != 'e' && text[i] != 'E')) return false;
    ++i;
    bool minus = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) minus = text[i++] == '-';
    if (i == text.size() || text.size() - i > 4) return false;
    std::int64_t e = 0;
    for (; i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        e = e * 10 + (text[i] - '0');
    }
    out.exponent += minus ? -e : e;
    return true;
}

/// The digits as nano-dollars, whose own power of ten is \p unit (0 for nano-dollars, 9 for dollars).
LLMX_DECL [[nodiscard]] std::optional<money> as_money(const decimal_digits& d, std::int64_t unit) noexcept {
    std::int64_t whole = 0, rest = 0;
    for (std::size_t i = 0; i < d.size; ++i) {
        const std::int64_t power = d.exponent + unit + static_cast<std::int64_t>(d.size - 1 - i);
        std::int64_t digit = d.digits[i] - '0';
        if (power > 18 || (power == 18 && digit > 8)) return std::nullopt;
        std::int64_t* into = &whole;
        std::int64_t times_ten = power;
        if (power < 0) {
            if (power < -15) continue;
            into = &rest;
            times_ten = 15 + power;
        }
        for (; times_ten > 0; --times_ten) digit *= 10;
        *into += digit;
    }
    return money(whole, rest);
}
} // namespace detail

LLMX_DECL money times(const money& price, std::int64_t count) noexcept {
    // Mostly: a price of whole nano-dollars for less than a million tokens.
    if (price.yoctodollars == 0 && count >= 0 && count < 1'000'000 && price.nanodollars < 1'000'000'000'000)
        return money(price.nanodollars * count);
    // The rest is split at 10^8, so that no product exceeds 64 bits: a < 10^7, b < 10^8, n <= 10^11.
    constexpr std::uint64_t part = 100'000'000, above = 10'000'000;
    const auto n = static_cast<std::uint64_t>(std::clamp<std::int64_t>(count, 0, 100'000'000'000));
    const auto rest = static_cast<std::uint64_t>(price.yoctodollars);
    const std::uint64_t low = rest % part * n;
    const std::uint64_t high = rest / part * n + low / part;
    const auto carry = static_cast<std::int64_t>(high / above);
    const auto left = static_cast<std::int64_t>(high % above * part + low % part);
    const auto times_n = static_cast<std::int64_t>(n);
    if (n != 0 && price.nanodollars > (detail::most_nanodollars - carry) / times_n) return money(detail::most_nanodollars);
    return money(price.nanodollars * times_n + carry, left);
}

LLMX_DECL money divided(const money& amount, std::int64_t divisor) noexcept {
    const std::int64_t by = std::clamp<std::int64_t>(divisor, 1, 9'000);
    return money(amount.nanodollars / by,
                 (amount.nanodollars % by * detail::yocto_of_nano + amount.yoctodollars) / by);
}

LLMX_DECL std::optional<money> parse_nanodollars(std::string_view text) noexcept {
    detail::decimal_digits d;
    if (!detail::read_decimal(text, false, d) || d.exponent < -15) return std::nullopt;
    return detail::as_money(d, 0);
}

LLMX_DECL std::optional<money> parse_dollars(std::string_view text) noexcept {
    detail::decimal_digits d;
    if (!detail::read_decimal(text, true, d)) return std::nullopt;
    return detail::as_money(d, 9);
}

LLMX_DECL dollar_text::dollar_text(const money& amount, std::size_t digits) noexcept {
    constexpr std::int64_t nano = 1'000'000'000;
    if (amount.nanodollars < nano) text_[size_++] = '0';
    else size_ = static_cast<std::size_t>(std::to_chars(text_, text_ + sizeof text_, amount.nanodollars / nano).ptr - text_);
    // At most ten digits, a point and 24 digits.
    char* const fraction = text_ + size_ + 1;
    auto whole = static_cast<std::uint32_t>(amount.nanodollars % nano);
    std::int64_t rest = amount.yoctodollars;
    for (std::size_t i = 9; i > 1; i -= 2, whole /= 100) std::memcpy(fraction + i - 2, detail::dollar_digit_pairs.data() + 2 * (whole % 100), 2);
    fraction[0] = static_cast<char>('0' + whole);
    std::size_t shown = std::min<std::size_t>(digits, rest != 0 ? 24 : 9);
    if (rest != 0)
        for (std::size_t i = 24; i-- > 9; rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
    while (shown > 0 && fraction[shown - 1] == '0') --shown;
    if (shown == 0) return;
    text_[size_] = '.';
    size_ += 1 + shown;
}

LLMX_DECL void append_dollars(std::string& out, const money& amount, std::size_t digits) {
    out += dollar_text(amount, digits).view();
}

LLMX_DECL std::string to_dollars(const money& amount, std::size_t digits) {
    std::string out;
    append_dollars(out, amount, digits);
    return out;
}

} // namespace llmx::inline LLMX_ABI
