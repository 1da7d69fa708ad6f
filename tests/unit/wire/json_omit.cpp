// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_omit.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace json_omit_unit {

using namespace llmx;

namespace {

struct omission {
    const char *text, *path, *left;
};
std::ostream& operator<<(std::ostream& os, const omission& o) { return os << o.path << " of " << o.text; }

const omission omissions[] = {
    {R"({"a":1,"b":2,"c":3})", "a", R"({"b":2,"c":3})"},
    {R"({"a":1,"b":2,"c":3})", "b", R"({"a":1,"c":3})"},
    {R"({"a":1,"b":2,"c":3})", "c", R"({"a":1,"b":2})"},
    {R"({"a":1})", "a", R"({})"},
    {R"( { "a" : 1 , "b" : 2 } )", "a", R"( { "b" : 2 } )"},
    {R"( { "a" : 1 , "b" : 2 } )", "b", R"( { "a" : 1 } )"},
    {R"({"a":1,"b":2,"a":3})", "a", R"({"b":2})"},
    {R"({"a":1,"a":3,"b":2})", "a", R"({"b":2})"},
    {R"({"\u0061":1,"b":2})", "a", R"({"b":2})"},
    {R"({"m":{"x":1,"y":2},"z":3})", "m.x", R"({"m":{"y":2},"z":3})"},
    {R"({"m":{"x":{"y":[1]}}})", "m.x.y", R"({"m":{"x":{}}})"},
    {R"({"tools":[{"n":1,"e":[1]},{"e":[2],"n":2},{"n":3}]})", "tools[*].e", R"({"tools":[{"n":1},{"n":2},{"n":3}]})"},
    {R"({"tools":[{"n":1,"e":1},{"n":2,"e":2}]})", "tools[1].e", R"({"tools":[{"n":1,"e":1},{"n":2}]})"},
    {R"({"stop":["a","b","c"]})", "stop[0]", R"({"stop":["b","c"]})"},
    {R"({"stop":["a","b","c"]})", "stop[1]", R"({"stop":["a","c"]})"},
    {R"({"stop":["a","b","c"]})", "stop[2]", R"({"stop":["a","b"]})"},
    {R"({"stop":["a","b","c"]})", "stop[*]", R"({"stop":[]})"},
    {R"({"l":[[{"x":1},2],[{"x":3}]]})", "l[*][0].x", R"({"l":[[{},2],[{}]]})"},
    // Nothing is there.
    {R"({"a":1})", "b", nullptr},
    {R"({"a":1})", "a.b", nullptr},
    {R"({"a":{"b":1}})", "a[0]", nullptr},
    {R"({"a":[1]})", "a[1]", nullptr},
    {R"({"a":{"b":1}})", "b", nullptr},
    {"[1]", "a", nullptr},
    {"", "a", nullptr},
    {R"({"a":1})", "a..b", nullptr},
};

} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_omit)

BOOST_DATA_TEST_CASE(what_a_path_names_is_cut_out_and_nothing_else, boost::unit_test::data::make(omissions), o) {
    std::string text = o.text;
    BOOST_TEST(omit_member(text, o.path) == (o.left != nullptr));
    BOOST_TEST(text == (o.left != nullptr ? o.left : o.text));
}

BOOST_AUTO_TEST_CASE(paths_are_names_with_indices) {
    for (const char* good : {"a", "a.b", "a[*]", "a[0].b", "a[12][*].b.c", "tools[*].input_examples"}) BOOST_TEST(is_member_path(good), good);
    for (const char* bad : {"", ".a", "a.", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[0]b", "a]", "a.[0]", "a[0].", "a[1"})
        BOOST_TEST(!is_member_path(bad), bad);
}

BOOST_AUTO_TEST_CASE(the_last_of_several_members_of_one_name_counts) {
    BOOST_TEST(json_member_value(R"({"a":1,"b":{"a":2},"a":[3]})", "a").value() == "[3]");
    BOOST_TEST(!json_member_value(R"({"b":{"a":2}})", "a").has_value());
    BOOST_TEST(!json_member_value("[1]", "a").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_omit_unit
