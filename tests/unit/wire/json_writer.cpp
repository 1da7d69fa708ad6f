// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_writer.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_json_writer)

BOOST_AUTO_TEST_CASE(escapes_what_must_be) {
    std::string out;
    llmx::append_json_string(out, std::string_view("a\"b\\c\n\r\t\b\f\x01\x1f\x7f\0z", 15));
    BOOST_TEST(out == "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\\u0000z\"");
    out.clear();
    llmx::append_json_string(out, std::string_view());
    BOOST_TEST(out == "\"\"");
}

// The text is looked at in blocks: every kind of character at every place of one.
BOOST_AUTO_TEST_CASE(reads_back_equal) {
    constexpr std::string_view pieces[] = {"a", "bcdefgh", "\"", "\\", "\n", "\x02", "\xc3\xa9", "\xe6\xbc\xa2\xe5\xad\x97", "\xf0\x9f\x98\x80"};
    constexpr unsigned seed = 20261;
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937_64 random(seed);
        for (int round = 0; round < 2000; ++round) {
            std::string text;
            for (std::size_t n = random() % 40; n-- > 0;) text += pieces[random() % std::size(pieces)];
            std::string out = "x";
            llmx::append_json_string(out, text);
            BOOST_TEST(out.front() == 'x');
            BOOST_TEST_REQUIRE(boost::json::parse(std::string_view(out).substr(1)).as_string() == text);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
