// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/model_name.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace model_name_unit {

using llmx::check_model_name;

BOOST_AUTO_TEST_SUITE(wire_model_name)

BOOST_AUTO_TEST_CASE(good_names) {
    for (const std::string name :
         {"", "gpt-4o", "gpt-4.1", "a/b/c", "a..b", "...", "/", "a/", "/a", "a//b", "%", "%2", "%zz", "x%2e%2e", "%2e%2e%2e",
          "%25", "100%25", "\xc2\xa0", "\xd0\xba", "\xf0\x9f\x98\x80", "a\\b", "a b?c#d"})
        BOOST_TEST(check_model_name(name).has_value(), name);
    BOOST_TEST(check_model_name(std::string(512, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(bad_names) {
    for (const std::string& name :
         {std::string(513, 'x'), std::string("."), std::string(".."), std::string("a/.."), std::string("../a"), std::string("a/./b"),
          std::string("a\\..\\b"), std::string("a%2f.."), std::string("a%5C%2E%2e"), std::string("%2e"), std::string("%252e."),
          std::string("%25252525252e"), std::string("a\nb"), std::string(1, '\0'), std::string("\x7f"), std::string("\xc2\x80"),
          std::string("\xc2\x9f"), std::string("\xff"), std::string("\xc3"), std::string("\xed\xa0\x80"), std::string("\xc0\xae\xc0\xae")}) {
        const auto r = check_model_name(name);
        BOOST_REQUIRE_MESSAGE(r.has_error(), name);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
        BOOST_TEST(r.error().param() == "model");
        if (name.size() > 2) BOOST_TEST(r.error().message().find(name) == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace model_name_unit
