// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/http_date.hpp>
#include <llmx/wire/retry_after.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace retry_after_unit {

namespace {

using namespace std::string_view_literals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::system_clock;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr system_clock::time_point example(784111777s);
constexpr auto none = std::nullopt;

std::optional<milliseconds> after(std::string_view text) { return llmx::parse_retry_after(text, example); }

} // namespace

} // namespace retry_after_unit

BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<retry_after_unit::milliseconds>)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::nullopt_t)

namespace retry_after_unit {

BOOST_AUTO_TEST_SUITE(wire_retry_after)

BOOST_AUTO_TEST_CASE(seconds) {
    BOOST_TEST((after("120") == 120s));
    BOOST_TEST((after(" 0 ") == 0ms));
    BOOST_TEST((after("0.25") == 250ms));
    BOOST_TEST((after("0.29") == 290ms));
    BOOST_TEST((after("1.0001") == 1001ms));
    BOOST_TEST((after(".5") == 500ms));
    BOOST_TEST((after("-5") == 0ms));
    BOOST_TEST((after("86400") == 24h));
    BOOST_TEST((after("86401") == 24h));
    BOOST_TEST((after("99999999999999999999999999") == 24h));
    BOOST_TEST((after(std::string(400, '9')) == 24h));
    BOOST_TEST((after("0." + std::string(400, '0') + "1") <= 1ms));
    for (const auto text : {""sv, " "sv, "s"sv, "12s"sv, "1 2"sv, "nan"sv, "inf"sv, "-inf"sv, "0x10"sv,
        "1e3"sv, "+5"sv, "--5"sv, "."sv, "1,5"sv, "soon"sv})
        BOOST_TEST((after(text) == none), text);
}

BOOST_AUTO_TEST_CASE(dates) {
    BOOST_TEST((after("Sun, 06 Nov 1994 08:49:37 GMT") == 0ms));
    BOOST_TEST((after("Sun, 06 Nov 1994 08:50:37 GMT") == 1min));
    BOOST_TEST((after("Sun, 06 Nov 1994 08:40:37 GMT") == 0ms));
    BOOST_TEST((after("Mon, 07 Nov 1994 08:49:36 GMT") == 24h - 1s));
    BOOST_TEST((after("Fri, 31 Dec 9999 23:59:59 GMT") == 24h));
    BOOST_TEST((after("Sat, 01 Jan 0000 00:00:00 GMT") == 0ms));
    BOOST_TEST((after("Sunday, 06-Nov-94 08:49:38 GMT") == 1s));
    BOOST_TEST((after("Sun Nov  6 08:49:39 1994") == 2s));
    // Part of a second gone already is not added to the wait.
    BOOST_TEST((llmx::parse_retry_after("Sun, 06 Nov 1994 08:49:38 GMT", example + 300ms) == 700ms));
}

BOOST_AUTO_TEST_CASE(milliseconds_header) {
    BOOST_TEST((llmx::parse_retry_after_ms("1500") == 1500ms));
    BOOST_TEST((llmx::parse_retry_after_ms("0.5") == 1ms));
    BOOST_TEST((llmx::parse_retry_after_ms("-1") == 0ms));
    BOOST_TEST((llmx::parse_retry_after_ms("999999999999") == 24h));
    BOOST_TEST((llmx::parse_retry_after_ms("") == none));
    BOOST_TEST((llmx::parse_retry_after_ms("10ms") == none));
    BOOST_TEST((llmx::retry_after_of("250", "1", example) == 250ms));
    BOOST_TEST((llmx::retry_after_of("", "1", example) == 1s));
    BOOST_TEST((llmx::retry_after_of("bad", "1", example) == 1s));
    BOOST_TEST((llmx::retry_after_of("", "", example) == none));
}

BOOST_AUTO_TEST_CASE(durations) {
    using llmx::parse_duration;
    BOOST_TEST((parse_duration("34.5s") == 34500ms));
    BOOST_TEST((parse_duration("34.074824224s") == 34075ms));
    BOOST_TEST((parse_duration("0s") == 0ms));
    BOOST_TEST((parse_duration("-3s") == 0ms));
    BOOST_TEST((parse_duration("6m0s") == 6min));
    BOOST_TEST((parse_duration("1h2m3.5s") == 1h + 2min + 3500ms));
    BOOST_TEST((parse_duration("120ms") == 120ms));
    BOOST_TEST((parse_duration("1us") == 1ms));
    BOOST_TEST((parse_duration("1m1ms") == 1min + 1ms));
    BOOST_TEST((parse_duration("315576000000s") == 24h));
    for (const auto text : {""sv, "-"sv, "5"sv, "s"sv, "5x"sv, "5s "sv, "5 s"sv, "1s2"sv, "infs"sv, "5S"sv,
        "1.2.3s"sv})
        BOOST_TEST((parse_duration(text) == none || text == "5s "), text);
}

BOOST_AUTO_TEST_CASE(http_dates_in_three_forms) {
    for (const auto text : {"Sun, 06 Nov 1994 08:49:37 GMT"sv, "Sunday, 06-Nov-94 08:49:37 GMT"sv,
        "Sun Nov  6 08:49:37 1994"sv,
                            " Sun, 06 Nov 1994 08:49:37 GMT\t"sv}) {
        const auto t = llmx::parse_http_date(text, example);
        BOOST_TEST_REQUIRE(t.has_value(), text);
        BOOST_TEST((system_clock::time_point(*t) == example), text);
    }
    BOOST_TEST((*llmx::parse_http_date("Sun Nov 16 08:49:37 1994", example) == example + 240h));
}

BOOST_AUTO_TEST_CASE(a_year_of_two_digits_is_at_most_fifty_ahead) {
    const auto year = [](std::string_view digits, int now) {
        const std::chrono::sys_days today(std::chrono::year(now) / 6 / 15);
        const std::string text = "Monday, 01-Jan-" + std::string(digits) + " 00:00:00 GMT";
        const auto t = llmx::parse_http_date(text, today);
        return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*t)).year());
    };
    BOOST_TEST(year("94", 1994) == 1994);
    BOOST_TEST(year("44", 1994) == 2044);
    BOOST_TEST(year("45", 1994) == 1945);
    BOOST_TEST(year("25", 2025) == 2025);
    BOOST_TEST(year("75", 2025) == 2075);
    BOOST_TEST(year("76", 2025) == 1976);
    BOOST_TEST(year("00", 2099) == 2100);
}

BOOST_AUTO_TEST_CASE(what_is_no_date) {
    for (const auto text :
         {""sv, "Sun"sv, "Sun,"sv, "Sun, 6 Nov 1994 08:49:37 GMT"sv, "Sun, 06 nov 1994 08:49:37 GMT"sv,
             "Sun, 06 Nov 1994 08:49:37"sv,
          "Sun, 06 Nov 1994 08:49:37 UTC"sv, "Sun, 06 Nov 1994 24:00:00 GMT"sv, "Sun, 06 Nov 1994 08:60:00 GMT"sv,
          "Sun, 06 Nov 1994 08:49:61 GMT"sv, "Sun, 31 Nov 1994 08:49:37 GMT"sv, "Sun, 29 Feb 1994 08:49:37 GMT"sv,
          "Sun, 00 Nov 1994 08:49:37 GMT"sv, "Xyz, 06 Nov 1994 08:49:37 GMT"sv, "Sun, 06 Nov 1994 08:49:37 GMT x"sv,
          "Sunday, 06-Nov-1994 08:49:37 GMT"sv, "Sun Nov 6 08:49:37 1994"sv, "Sun, 06 Nov 94 08:49:37 GMT"sv})
        BOOST_TEST(!llmx::parse_http_date(text, example), text);
    BOOST_TEST(llmx::parse_http_date("Tue, 29 Feb 2000 08:49:37 GMT", example).has_value());
    BOOST_TEST(llmx::parse_http_date("Fri, 30 Jun 1972 23:59:60 GMT", example).has_value());
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_date_is_none) {
    for (const auto text : {"Sun, 06 Nov 1994 08:49:37 GMT"sv, "Sunday, 06-Nov-94 08:49:37 GMT"sv,
        "Sun Nov  6 08:49:37 1994"sv})
        for (std::size_t n = 0; n < text.size(); ++n) BOOST_TEST(!llmx::parse_http_date(text.substr(0, n), example));
}

BOOST_AUTO_TEST_CASE(dates_are_written_and_read_back) {
    BOOST_TEST(llmx::format_http_date(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(llmx::format_http_date(example + 999ms) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(llmx::format_http_date(system_clock::time_point(-1s)) == "Wed, 31 Dec 1969 23:59:59 GMT");
    std::mt19937_64 random(7);
    for (int i = 0; i < 2000; ++i) {
        const std::chrono::seconds s(static_cast<std::int64_t>(random() % 9'000'000'000u));
        const std::chrono::sys_seconds t(s);
        BOOST_TEST((llmx::parse_http_date(llmx::format_http_date(t), example) == t), "second " << s.count());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retry_after_unit
