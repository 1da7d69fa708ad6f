// SPDX-License-Identifier: BSL-1.0
// What a text's objects may cost to build: the limit on members, and tables at unforeseeable places.
#include <llmx/wire/detail/json_guard.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace json_guard_unit {

namespace {

std::string object(std::size_t members, std::string_view value = "1") {
    std::string out = "{";
    for (std::size_t i = 0; i < members; ++i) {
        if (i != 0) out += ',';
        out += "\"m" + std::to_string(i) + "\":" + std::string(value);
    }
    return out + "}";
}

std::string repeated(std::size_t n, std::string_view piece, std::string_view between = "") {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) {
        if (i != 0) out += between;
        out += piece;
    }
    return out;
}

std::size_t in_largest(const boost::json::value& v) {
    std::size_t most = 0;
    if (const auto* o = v.if_object()) {
        most = o->size();
        for (const auto& m : *o) most = std::max(most, in_largest(m.value()));
    }
    if (const auto* a = v.if_array())
        for (const auto& e : *a) most = std::max(most, in_largest(e));
    return most;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_guard)

BOOST_AUTO_TEST_CASE(an_object_has_a_limit) {
    const std::size_t limit = llmx::max_json_members;
    const auto fits = llmx::parse_json(object(limit));
    BOOST_REQUIRE(fits.has_value());
    BOOST_TEST(fits->get_object().size() == limit);
    for (const std::string& text : {object(limit + 1), "[" + object(limit + 1) + "]", R"({"a":{"b":)" + object(limit + 1) + "}}",
                                    object(limit + 1) + " trailing", "[" + object(limit + 1) + ",{]"}) {
        const auto refused = llmx::parse_json(text);
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().value() == llmx::errc::invalid_request));
        BOOST_TEST(refused.error().message() ==
                   "not acceptable JSON: an object has more than 10000 members; send a list as an array");
    }
}

BOOST_AUTO_TEST_CASE(names_that_are_given_again_count) {
    BOOST_TEST(llmx::parse_json("{" + repeated(20000, R"("a":1)", ",") + "}").has_error());
}

BOOST_AUTO_TEST_CASE(arrays_have_no_limit) {
    BOOST_TEST(llmx::parse_json("[" + repeated(200000, "1", ",") + "]").has_value());
    const auto objects = llmx::parse_json("[" + repeated(20000, R"({"a":1,"b":{"c":2}})", ",") + "]");
    BOOST_REQUIRE(objects.has_value());
    BOOST_TEST(objects->get_array().size() == 20000u);
    // Several that are large.
    const std::string large = object(9000);
    BOOST_TEST(llmx::parse_json("[" + repeated(20, large, ",") + "]").has_value());
}

BOOST_AUTO_TEST_CASE(colons_and_brackets_in_strings_do_not_count) {
    const std::string text = R"({"a":")" + repeated(30000, R"(:{\":\\)") + "\",\"b\":1}";
    BOOST_TEST(llmx::detail::most_json_members(text) == 2u);
    BOOST_TEST(llmx::parse_json(text).has_value());
}

BOOST_AUTO_TEST_CASE(counts_what_the_parser_builds) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 40; ++round) {
        std::string text = "[" + object(1000 + random() % 4000, "[]") + "," + repeated(1200, R"({"x":{"y":"a:\"{b"},"z":[{},{"w":1}]})", ",") + "," +
                           object(random() % 6000, R"({"q":[":"]})") + "]";
        const auto parsed = llmx::parse_json(text);
        BOOST_REQUIRE(parsed.has_value());
        BOOST_TEST(llmx::detail::most_json_members(text) == in_largest(*parsed));
        // Cut or damaged anywhere it still ends, and reports no more than there is.
        text.resize(random() % text.size());
        BOOST_TEST(llmx::detail::most_json_members(text) <= 6000u);
        if (!text.empty()) text[random() % text.size()] = "{}[]\":,\\"[random() % 8];
        static_cast<void>(llmx::detail::most_json_members(text));
        static_cast<void>(llmx::parse_json(text));
    }
    for (const std::string_view unclosed : {"\"", "\"a\\", "{\"a", "]", "}", ":", ""}) {
        const std::string text = "[" + repeated(5000, R"({"a":1})", ",") + "," + std::string(unclosed);
        static_cast<void>(llmx::detail::most_json_members(text));
    }
    BOOST_TEST(llmx::parse_json(repeated(300, "[") + repeated(30000, R"({"a":1})", ",")).has_error(), "too deep");
}

// Boost.JSON salts the hash of names with the address of the object's table.
BOOST_AUTO_TEST_CASE(a_large_table_stands_where_nobody_can_foresee) {
    const std::string text = object(8192);
    std::set<std::uintptr_t> places;
    for (int i = 0; i < 16; ++i) {
        boost::json::monotonic_resource memory;
        const auto parsed = llmx::parse_json(text, &memory);
        BOOST_REQUIRE(parsed.has_value());
        places.insert(reinterpret_cast<std::uintptr_t>(&*parsed->get_object().begin()) % 65536);
    }
    // Sixteen of 4,096 places: that only twelve differ would happen once in 10^8 runs.
    BOOST_TEST(places.size() >= 12u);
}

BOOST_AUTO_TEST_CASE(the_memory_of_a_large_tree_can_be_used_as_any) {
    auto parsed = llmx::parse_json_object(R"({"o":)" + object(9000) + R"(,"a":[)" + repeated(5000, "1", ",") + R"(],"s":")" + std::string(200000, 's') + "\"}");
    BOOST_REQUIRE(parsed.has_value());
    boost::json::object& o = *parsed;
    const std::string before = boost::json::serialize(o);
    boost::json::object copy = o;
    boost::json::object moved = std::move(o);
    auto& inner = moved["o"].get_object();
    for (int i = 0; i < 5000; ++i) inner.emplace("new" + std::to_string(i), i);
    for (int i = 0; i < 5000; ++i) moved["a"].get_array().push_back(i);
    for (int i = 0; i < 9000; ++i) inner.erase("m" + std::to_string(i));
    moved["s"].get_string().append(std::string(300000, 't'));
    BOOST_TEST(inner.size() == 5000u);
    BOOST_TEST(moved["a"].get_array().size() == 10000u);
    BOOST_TEST(moved["s"].get_string().size() == 500000u);
    BOOST_TEST((boost::json::serialize(copy) == before));
    moved = boost::json::object();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_guard_unit
