// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_read.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace json_read_unit {

BOOST_AUTO_TEST_SUITE(wire_json_read)

// RFC 8259 section 8.2: such texts are JSON, and JavaScript writes them.
BOOST_AUTO_TEST_CASE(halves_of_surrogate_pairs_become_the_replacement_character) {
    static constexpr std::pair<std::string_view, std::string_view> texts[] = {
        {R"("x\ud83d")", "x\xEF\xBF\xBD"},
        {R"("\ude00y")", "\xEF\xBF\xBDy"},
        {R"("\ud83dxy")", "\xEF\xBF\xBDxy"},
        {R"("\uD83D\n")", "\xEF\xBF\xBD\n"},
        {R"("\ud83d\ud83d\ude00")", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
        {R"("\\ud83d")", R"(\ud83d)"},
        {R"("\\\ud83d\"")", "\\\xEF\xBF\xBD\""},
        {R"("\u00e9\ud83d")", "\xC3\xA9\xEF\xBF\xBD"},
    };
    for (const auto& [text, expected] : texts) {
        BOOST_TEST_CONTEXT(text) {
            const auto read = llmx::parse_json(text);
            BOOST_REQUIRE(read.has_value());
            BOOST_TEST(std::string_view(read->as_string()) == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(other_faults_stay_faults) {
    for (const std::string_view text : {R"("\ud83d)", R"("\ud8)", R"("\ud83d\u12")", R"({"a":"\ud83d"]})", R"("\ud83d\x")", "\"\\", R"("\u")"})
        BOOST_TEST(llmx::parse_json(text).has_error(), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_read_unit
