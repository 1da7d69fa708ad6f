// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/header_fields.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace header_fields_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(core_header_fields)

BOOST_AUTO_TEST_CASE(a_name_stands_once_whatever_its_case) {
    header_fields f(header_fields::direction::upstream);
    BOOST_TEST(f.empty());
    BOOST_REQUIRE(f.set("x-team", "a").has_value());
    BOOST_REQUIRE(f.set("X-Team", "b").has_value());
    BOOST_TEST(f.size() == 1u);
    BOOST_REQUIRE(f.find("x-TEAM") != nullptr);
    BOOST_TEST(*f.find("x-TEAM") == "b");
    BOOST_TEST(f.remove("x-team"));
    BOOST_TEST(!f.remove("x-team"));
    BOOST_TEST(f.find("x-team") == nullptr);
}

BOOST_DATA_TEST_CASE(names_that_belong_to_others_are_refused,
                     boost::unit_test::data::make({"Connection", "transfer-encoding", "content-length", "Host", "te",
                                                   "authorization", "X-Api-Key", "content-type", "proxy-authorization"}),
                     name) {
    header_fields f(header_fields::direction::upstream);
    const result<void> set = f.set(name, "s3cret");
    BOOST_REQUIRE(!set.has_value());
    BOOST_TEST((set.error().value() == errc::bad_configuration));
    BOOST_TEST(set.error().message().find(name) != std::string::npos);
    BOOST_TEST(set.error().message().find("s3cret") == std::string::npos);
    BOOST_TEST(!f.omit(name).has_value());
    BOOST_TEST(f.empty());
}

BOOST_AUTO_TEST_CASE(replies_keep_what_the_server_writes) {
    header_fields down(header_fields::direction::reply);
    for (const char* name : {"x-llmx-model", "X-Request-Id", "date", "retry-after", "content-length"})
        BOOST_TEST(!down.set(name, "1").has_value());
    BOOST_TEST(down.set("authorization-info", "1").has_value());
    header_fields up(header_fields::direction::upstream);
    BOOST_TEST(up.set("x-llmx-drop-params", "true").has_value());
}

BOOST_AUTO_TEST_CASE(neither_names_nor_values_can_break_the_head) {
    header_fields f(header_fields::direction::reply);
    for (const char* name : {"", "a b", "a:b", "a\r\nb", "\xc3\xa4"}) BOOST_TEST(!f.set(name, "v").has_value());
    for (const std::string& value : {std::string("a\r\nx: y"), std::string("a\nb"), std::string("a\0b", 3),
                                    std::string(" a"), std::string("a\t"), std::string("\x7f")})
        BOOST_TEST(!f.set("x-a", value).has_value());
    BOOST_TEST(f.empty());
    for (const std::string& value : {std::string(), std::string("a\tb c"), std::string("\xc3\xa4")}) BOOST_TEST(f.set("x-a", value).has_value());
}

BOOST_AUTO_TEST_CASE(it_is_bounded_and_a_replacement_needs_no_room) {
    header_fields f(header_fields::direction::reply);
    for (std::size_t i = 0; i < header_fields::max_fields; ++i) BOOST_REQUIRE(f.set("x-" + std::to_string(i), "v").has_value());
    BOOST_TEST(!f.set("x-more", "v").has_value());
    BOOST_TEST(f.set("x-0", "w").has_value());
    BOOST_TEST(!f.set("x-0", std::string(header_fields::max_bytes, 'v')).has_value());
    BOOST_TEST(*f.find("x-0") == "w");
}

BOOST_AUTO_TEST_CASE(an_inner_list_is_laid_over_an_outer_one_and_over_the_head) {
    header_fields call(header_fields::direction::upstream), attempt(header_fields::direction::upstream);
    BOOST_REQUIRE(call.set("x-team", "a") && call.set("x-trace", "t") && call.set("x-gone", "g"));
    BOOST_REQUIRE(attempt.set("X-Team", "b") && attempt.omit("x-gone"));
    std::string head = "anthropic-version: 1\r\nX-TRACE: old\r\nx-trace-id: kept\r\n";
    detail::write_header_fields(call, attempt, head);
    BOOST_TEST(head == "anthropic-version: 1\r\nx-trace-id: kept\r\nx-trace: t\r\nX-Team: b\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace header_fields_unit
