// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/http_date.hpp>
#include <llmx/wire/retry_after.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] std::chrono::milliseconds clamp_wait(double ms) noexcept {
    const auto most = static_cast<double>(max_retry_after.count());
    if (!(ms > 0)) return std::chrono::milliseconds(0);
    if (ms >= most) return max_retry_after;
    // Rounded up, as waiting too short costs another refusal; the small step back is for
    // products like 0.29 * 1000 that are slightly above the whole number.
    return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(std::ceil(ms - 1e-6)));
}

/// Takes "12", "12.5" or ".5" off the front, with a sign before it if \p sign.
LLMX_DECL [[nodiscard]] std::optional<double> take_decimal(std::string_view& text, bool sign) noexcept {
    std::string_view rest = text;
    const bool negative = sign && rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    // from_chars would also take "inf" and "nan".
    if (rest.empty() || !(is_ascii_digit(rest.front()) || rest.front() == '.')) return std::nullopt;
    double d = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), d, std::chars_format::fixed);
    if (read.ec == std::errc::invalid_argument) return std::nullopt;
    if (read.ec == std::errc::result_out_of_range) {
        const std::string_view whole = rest.substr(0, rest.find('.'));
        d = whole.find_first_of("123456789") == std::string_view::npos ? 0 : HUGE_VAL;
    }
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return negative ? -d : d;
}

/// A whole text that is a decimal number of \p unit milliseconds.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::milliseconds> wait_in_units(std::string_view text,
                                                                                double unit) noexcept {
    const auto d = take_decimal(text, true);
    if (!d || !text.empty()) return std::nullopt;
    return clamp_wait(*d * unit);
}

struct wait_unit {
    std::string_view name;
    double ms;
};
/// Longer names before those that they begin with.
inline constexpr std::array<wait_unit, 6> wait_units{
    {{"ms", 1}, {"us", 1e-3}, {"ns", 1e-6}, {"h", 3600e3}, {"m", 60e3}, {"s", 1e3}}};

} // namespace detail

LLMX_DECL std::optional<std::chrono::milliseconds>
parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept {
    value = detail::trim_ows(value);
    if (const auto wait = detail::wait_in_units(value, 1e3)) return wait;
    const auto date = parse_http_date(value, now);
    if (!date) return std::nullopt;
    // In milliseconds: far dates would overflow the nanoseconds of the system's clock.
    const std::chrono::milliseconds target = date->time_since_epoch();
    const auto wait = target - std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
    return std::clamp(wait, std::chrono::milliseconds(0), max_retry_after);
}

LLMX_DECL std::optional<std::chrono::milliseconds> parse_retry_after_ms(std::string_view value) noexcept {
    return detail::wait_in_units(detail::trim_ows(value), 1);
}

LLMX_DECL std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
    text = detail::trim_ows(text);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    double ms = 0;
    while (!text.empty()) {
        const auto number = detail::take_decimal(text, false);
        if (!number) return std::nullopt;
        double unit = 0;
        for (const auto& u : detail::wait_units) {
            if (!text.starts_with(u.name)) continue;
            unit = u.ms;
            text.remove_prefix(u.name.size());
            break;
        }
        if (unit == 0) return std::nullopt;
        ms += *number * unit;
    }
    return detail::clamp_wait(negative ? -ms : ms);
}

LLMX_DECL std::optional<std::chrono::milliseconds>
retry_after_of(std::string_view retry_after_ms, std::string_view retry_after,
               std::chrono::system_clock::time_point now) noexcept {
    if (const auto wait = parse_retry_after_ms(retry_after_ms)) return wait;
    return parse_retry_after(retry_after, now);
}

} // namespace llmx::inline LLMX_ABI
