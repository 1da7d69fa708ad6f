// SPDX-License-Identifier: BSL-1.0
// HTTP dates, retry-after, durations: what is read is in its range, and what can be written reads
// back the same. Steering: bytes 0 to 7 are the clock, as a count of the system clock's ticks.
#include "support.hpp"

#include <llmx/wire/http_date.hpp>
#include <llmx/wire/retry_after.hpp>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono;

system_clock::time_point clock_of(const fuzz::input& in) {
    if (in.steering().empty()) return sys_days(year(2026) / 1 / 1);
    std::uint64_t ticks = 0;
    for (std::size_t i = 0; i < 8; ++i) ticks = ticks << 8 | in.choice(i);
    return system_clock::time_point(system_clock::duration(static_cast<system_clock::rep>(ticks)));
}

void check_wait(const std::optional<milliseconds>& wait) {
    if (wait) fuzz::require(*wait >= milliseconds(0) && *wait <= llmx::max_retry_after, "a wait is within its bounds");
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const system_clock::time_point now = clock_of(in);

    if (const auto date = llmx::parse_http_date(text, now)) {
        const year_month_day day(floor<days>(*date));
        fuzz::require(day.year() >= year(0) && day.year() <= year(10000), "a date is in the years that can be written");
        // The system clock holds fewer years than the text.
        if (day.year() >= year(1678) && day.year() <= year(2261)) {
            const std::string written = llmx::format_http_date(*date);
            const auto again = llmx::parse_http_date(written, now);
            fuzz::require(again == date, "a date that is written reads back the same", written);
        }
    }
    const std::string today = llmx::format_http_date(now);
    fuzz::require(llmx::parse_http_date(today, now) == floor<seconds>(now), "the clock's date reads back", today);

    check_wait(llmx::parse_retry_after(text, now));
    check_wait(llmx::parse_retry_after_ms(text));
    check_wait(llmx::retry_after_of(text, text, now));
    const auto wait = llmx::parse_duration(text);
    check_wait(wait);
    if (wait) {
        const std::string written = std::to_string(wait->count()) + "ms";
        fuzz::require(llmx::parse_duration(written) == wait, "a duration that is written reads back the same", written);
        fuzz::require(llmx::parse_retry_after_ms(std::to_string(wait->count())) == wait,
                      "milliseconds that are written read back the same", written);
    }
}
