// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/http_date.hpp>

#include <array>
#include <cstddef>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::array<std::string_view, 7> http_day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                                "Thursday", "Friday", "Saturday"};
inline constexpr std::array<std::string_view, 12> http_month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Eats an HTTP date from the left; a step that does not fit leaves `ok` false.
struct http_date_reader {
    explicit http_date_reader(std::string_view t) noexcept : text(t) {}

    void literal(std::string_view s) noexcept {
        ok = ok && text.starts_with(s);
        if (ok) text.remove_prefix(s.size());
    }
    /// \p count digits; with \p space the first may be a space, as asctime pads days.
    int number(std::size_t count, bool space = false) noexcept {
        int n = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (ok && space && i == 0 && text.starts_with(' ')) {
                text.remove_prefix(1);
                continue;
            }
            ok = ok && !text.empty() && is_ascii_digit(text.front());
            if (!ok) return 0;
            n = n * 10 + (text.front() - '0');
            text.remove_prefix(1);
        }
        return n;
    }
    unsigned month() noexcept {
        for (unsigned i = 0; i < http_month_names.size(); ++i) {
            if (ok && text.starts_with(http_month_names[i])) {
                text.remove_prefix(3);
                return i + 1;
            }
        }
        ok = false;
        return 0;
    }
    std::chrono::seconds time_of_day() noexcept {
        const int h = number(2);
        literal(":");
        const int m = number(2);
        literal(":");
        const int s = number(2);
        ok = ok && h < 24 && m < 60 && s <= 60; // 60: a leap second
        return std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s);
    }

    std::string_view text;
    bool ok = true;
};

/// Takes a day's name off the front: 1 the short one, 2 the long one, 0 none.
LLMX_DECL [[nodiscard]] int take_http_day_name(std::string_view& text) noexcept {
    for (const std::string_view name : http_day_names) {
        if (text.starts_with(name)) {
            text.remove_prefix(name.size());
            return 2;
        }
        if (text.starts_with(name.substr(0, 3))) {
            text.remove_prefix(3);
            return 1;
        }
    }
    return 0;
}

} // namespace detail

LLMX_DECL std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text, std::chrono::system_clock::time_point now) noexcept {
    namespace chr = std::chrono;
    text = detail::trim_ows(text);
    const int name = detail::take_http_day_name(text);
    if (name == 0) return std::nullopt;

    detail::http_date_reader in(text);
    int year = 0, day = 0;
    unsigned month = 0;
    chr::seconds time{0};
    bool short_year = false;
    if (name == 2) {
        in.literal(", ");
        day = in.number(2);
        in.literal("-");
        month = in.month();
        in.literal("-");
        year = 1900 + in.number(2);
        short_year = true;
        in.literal(" ");
        time = in.time_of_day();
        in.literal(" GMT");
    } else if (text.starts_with(',')) {
        in.literal(", ");
        day = in.number(2);
        in.literal(" ");
        month = in.month();
        in.literal(" ");
        year = in.number(4);
        in.literal(" ");
        time = in.time_of_day();
        in.literal(" GMT");
    } else {
        in.literal(" ");
        month = in.month();
        in.literal(" ");
        day = in.number(2, true);
        in.literal(" ");
        time = in.time_of_day();
        in.literal(" ");
        year = in.number(4);
    }
    if (!in.ok || !in.text.empty()) return std::nullopt;

    if (short_year) {
        const chr::year_month_day today(chr::floor<chr::days>(now));
        const int latest = static_cast<int>(today.year()) + 50;
        year += (latest - year) / 100 * 100;
    }
    const chr::year_month_day date(chr::year(year), chr::month(month), chr::day(static_cast<unsigned>(day)));
    if (!date.ok()) return std::nullopt;
    return chr::sys_days(date) + time;
}

LLMX_DECL std::string format_http_date(std::chrono::system_clock::time_point t) {
    namespace chr = std::chrono;
    const auto seconds = chr::floor<chr::seconds>(t);
    const auto midnight = chr::floor<chr::days>(seconds);
    const chr::year_month_day date(midnight);
    const chr::hh_mm_ss time(seconds - midnight);
    std::string out;
    out.reserve(29);
    const auto number = [&out](long n, long scale) {
        for (; scale != 0; scale /= 10) out += static_cast<char>('0' + n / scale % 10);
    };
    out += detail::http_day_names[chr::weekday(midnight).c_encoding()].substr(0, 3);
    out += ", ";
    number(static_cast<long>(static_cast<unsigned>(date.day())), 10);
    out += ' ';
    out += detail::http_month_names[static_cast<unsigned>(date.month()) - 1];
    out += ' ';
    number(static_cast<int>(date.year()), 1000);
    out += ' ';
    number(time.hours().count(), 10);
    out += ':';
    number(time.minutes().count(), 10);
    out += ':';
    number(time.seconds().count(), 10);
    out += " GMT";
    return out;
}

} // namespace llmx::inline LLMX_ABI
