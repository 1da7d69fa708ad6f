// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace json_writer_unit {

BOOST_AUTO_TEST_SUITE(wire_json_writer)

BOOST_AUTO_TEST_CASE(escapes_what_must_be) {
    std::string out;
    llmx::append_json_string(out, std::string_view("a\"b\\c\n\r\t\b\f\x01\x1f\x7f\0z", 15));
    BOOST_TEST(out == "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\\u0000z\"");
    out.clear();
    llmx::append_json_string(out, std::string_view());
    BOOST_TEST(out == "\"\"");
}

// One U+FFFD for each maximal subpart: the WHATWG's and Python's decoders give the same.
BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_replaced) {
    const std::string r = "\xEF\xBF\xBD";
    const auto written = [](std::string_view text) {
        std::string out;
        llmx::append_json_string(out, text);
        return out.substr(1, out.size() - 2);
    };
    const std::pair<std::string, std::string> rows[] = {
        {"\xff", r},
        {"a\x80z", "a" + r + "z"},
        {"\xc0\x80", r + r},
        {"\xc3", r},
        {"\xc3(", r + "("},
        {"\xe2\x82", r},
        {"\xe2\x82z", r + "z"},
        {"\xe2\x28\xa1", r + "(" + r},
        {"\xe0\x80\x80", r + r + r},
        {"\xed\xa0\x80", r + r + r},
        {"\xf0\x9f\x98", r},
        {"\xf0\x9f\x98\"", r + "\\\""},
        {"\xf0\x80\x80\x80", r + r + r + r},
        {"\xf4\x90\x80\x80", r + r + r + r},
        {"\xf5\x80", r + r},
        {"\xc3\xa9\xff\xc3\xa9", "\xc3\xa9" + r + "\xc3\xa9"},
        {"\xf0\x9f\x98\x80\xf0\x9f", "\xf0\x9f\x98\x80" + r},
        {"\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", "a" + r + r + r + "b" + r + "c" + r + r + "d"},
    };
    for (const auto& [text, expected] : rows)
        for (std::size_t before = 0; before < 40; ++before)
            BOOST_TEST(written(std::string(before, 'x') + text + "tail of some length") ==
                       std::string(before, 'x') + written(text + "tail") + " of some length");
    for (const auto& [text, expected] : rows) BOOST_TEST(written(text) == expected, expected);
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text;
        for (auto n = random() % 50; n-- > 0;) text += random() % 3 == 0 ? static_cast<char>(random()) : static_cast<char>(' ' + random() % 90);
        BOOST_TEST(llmx::valid_utf8(written(text)));
        if (llmx::valid_utf8(text)) BOOST_TEST((boost::json::parse("\"" + written(text) + "\"").as_string() == text));
    }
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

// Short texts are put together in a piece of fixed size, in blocks of 16, 8, 4 and 1 bytes.
BOOST_AUTO_TEST_CASE(texts_of_each_length_with_each_place_of_a_special_byte) {
    for (std::size_t size = 0; size <= 140; ++size) {
        const std::string plain = std::string("abcdefghijklmnopqrstuvwxyz").substr(0, size % 26) + std::string(size - size % 26, '~');
        std::string out;
        llmx::json_writer w(out);
        w.object().member(plain, plain).member("n", -7).key("list").array().value(plain).value(1.5).value(plain).end_array().end_object();
        BOOST_TEST(out == "{\"" + plain + "\":\"" + plain + "\",\"n\":-7,\"list\":[\"" + plain + "\",1.5,\"" + plain + "\"]}");
        for (std::size_t at = 0; at < size; ++at) {
            for (const char special : {'"', '\\', '\n', '\x1f'}) {
                std::string text = plain;
                text[at] = special;
                std::string one;
                llmx::append_json_string(one, text);
                BOOST_TEST_REQUIRE((boost::json::parse(one).as_string() == text));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_writer_unit
