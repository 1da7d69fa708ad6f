// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/money.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

namespace money_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(money_amounts)

BOOST_AUTO_TEST_CASE(dollars_are_written_without_exponent_and_without_zeros_at_the_end) {
    BOOST_TEST(to_dollars(money()) == "0");
    BOOST_TEST(to_dollars(money(1)) == "0.000000001");
    BOOST_TEST(to_dollars(money(1'500'000'000)) == "1.5");
    BOOST_TEST(to_dollars(money(3'000'000'000)) == "3");
    BOOST_TEST(to_dollars(money(0, 1)) == "0.000000000000000000000001");
    BOOST_TEST(to_dollars(money(1'234'567'890), 2) == "1.23");
    BOOST_TEST(to_dollars(money(1'200'000'000), 0) == "1");
    BOOST_TEST(to_dollars(money(1'000'000'001), 4) == "1");
}

BOOST_AUTO_TEST_CASE(nanodollars_are_read_as_decimal_numbers) {
    BOOST_CHECK(parse_nanodollars("3000") == money(3000));
    BOOST_CHECK(parse_nanodollars("62.5") == money(62, 500'000'000'000'000));
    BOOST_CHECK(parse_nanodollars("50.000000000000004") == money(50, 4));
    BOOST_CHECK(parse_nanodollars("0.05") == money(0, 50'000'000'000'000));
    BOOST_CHECK(parse_nanodollars("0") == money());
    for (const char* wrong : {"", ".", "-1", "1e3", "1.2.3", " 1", "1 ", "x", "0.0000000000000001", "99999999999999999999", "9300000000000000000"})
        BOOST_CHECK_MESSAGE(!parse_nanodollars(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(dollars_are_read_with_and_without_exponent) {
    BOOST_CHECK(parse_dollars("3e-06") == money(3000));
    BOOST_CHECK(parse_dollars("0.00000125") == money(1250));
    BOOST_CHECK(parse_dollars("1.5") == money(1'500'000'000));
    BOOST_CHECK(parse_dollars("2E+1") == money(20'000'000'000));
    BOOST_CHECK(parse_dollars("1e-24") == money(0, 1));
    BOOST_CHECK(parse_dollars("19e-25") == money(0, 1));
    for (const char* wrong : {"", "e5", "1e", "1e+", "-1", "nan", "inf", "1e99999", "1e12", "0x1"})
        BOOST_CHECK_MESSAGE(!parse_dollars(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(products_and_sums_are_exact) {
    BOOST_CHECK(times(money(62, 500'000'000'000'000), 2) == money(125));
    BOOST_CHECK(times(money(0, 999'999'999'999'999), 100'000'000'000) == money(99'999'999'999, 999'900'000'000'000));
    BOOST_CHECK(times(money(0, 1), 1'000'000'000) == money(0, 1'000'000'000));
    BOOST_CHECK(times(money(5), -1) == money());
    BOOST_CHECK(times(money(5), 0) == money());
    money sum(1, 600'000'000'000'000);
    sum += money(2, 400'000'000'000'000);
    BOOST_CHECK(sum == money(4));
    BOOST_CHECK(divided(money(1), 3) == money(0, 333'333'333'333'333));
    BOOST_CHECK(divided(money(10), 0) == money(10));
    BOOST_CHECK(divided(money(8999), 9000) == money(0, 999'888'888'888'888));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_stops_at_the_largest_amount) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    BOOST_CHECK(times(money(1'000'000'000'000), 100'000'000'000) == money(most));
    BOOST_CHECK(times(money(most), 2) == money(most));
    money sum(most, 5);
    sum += money(1);
    BOOST_CHECK(sum == money(most));
    sum = money(most - 1, 999'999'999'999'999);
    sum += money(0, 1);
    BOOST_CHECK(sum == money(most));
    BOOST_CHECK(money(-3, 7) == money());
    BOOST_CHECK(money(1) < money(1, 1) && money(1, 999) < money(2));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace money_unit
