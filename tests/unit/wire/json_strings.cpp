// SPDX-License-Identifier: BSL-1.0
// The strings of a JSON text, and texts with some of them replaced.
#include <llmx/wire/json_strings.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace json_strings_unit {

using namespace llmx;

namespace {
/// "depth key=value;" of each string.
std::string strings_of(std::string_view text) {
    std::string all;
    json_strings strings(text);
    json_strings::item one;
    while (strings.next(one)) {
        BOOST_TEST(text.substr(one.begin, one.end - one.begin) == one.value);
        all += std::to_string(one.depth) + " " + std::string(one.key) + "=" + std::string(one.value) + (one.escaped ? "!" : "") + ";";
    }
    return all;
}
} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_strings)

BOOST_AUTO_TEST_CASE(each_string_has_the_name_of_its_member) {
    BOOST_TEST(strings_of(R"({"a":"1","b":["2","3",{"c":"4"},"5"],"d" : "6"})") == "1 a=1;2 b=2;2 b=3;3 c=4;2 b=5;1 d=6;");
    BOOST_TEST(strings_of(R"(["x",{"y":{"z":"1"}},"w"])") == "1 =x;3 z=1;1 =w;");
    BOOST_TEST(strings_of(R"({"a\"b":"c\\","e":"\"}{"})") == R"(1 a\"b=c\\!;1 e=\"}{!;)");
    BOOST_TEST(strings_of("event: x\ndata: {\"id\":\"run_1\"}") == "1 id=run_1;");
    BOOST_TEST(strings_of(R"("alone")") == "0 =alone;");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_ends_without_harm) {
    for (const char* const text : {"", "\"", "\"\\", "\"\\\"", "{\"a\":\"", "]]]}}\"x\"", "{\"a\":", "\"a\":"}) strings_of(text);
    BOOST_TEST(strings_of("]]}\"x\"") == "0 =x;");
    std::string deep(1000, '[');
    deep += "\"x\"";
    BOOST_TEST(strings_of(deep) == "1000 =x;");
    deep += std::string(1000, ']') + "\"y\"";
    BOOST_TEST(strings_of(deep) == "1000 =x;0 =y;");
}

BOOST_AUTO_TEST_CASE(what_is_not_replaced_stays_byte_for_byte) {
    const auto change = [](const json_strings::item& one) -> std::optional<std::string> {
        if (one.key == "id") return "<" + std::string(one.value) + "\">";
        return std::nullopt;
    };
    BOOST_TEST(with_json_strings(R"({ "id" : "a", "x":"id", "l":[{"id":"b"}] ,"n":1.0e2})", change) ==
               R"({ "id" : "<a\">", "x":"id", "l":[{"id":"<b\">"}] ,"n":1.0e2})");
    BOOST_TEST(with_json_strings("no json", change) == "no json");
    BOOST_TEST(with_json_strings("", change) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_strings_unit
