// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/any_settings.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace any_settings_unit {

using namespace llmx;

namespace {

struct colours {
    colours() = default;
    std::string front = "black";
};
struct other {
    other() = default;
    std::string front = "white";
};

} // namespace

BOOST_AUTO_TEST_SUITE(core_any_settings)

BOOST_AUTO_TEST_CASE(nothing_and_another_type_give_defaults) {
    BOOST_TEST(any_settings().empty());
    BOOST_TEST(any_settings().get<colours>().front == "black");
    const any_settings some = any_settings::of(other());
    BOOST_TEST(!some.empty());
    BOOST_TEST(some.holds<other>());
    BOOST_TEST(!some.holds<colours>());
    BOOST_TEST(some.get<colours>().front == "black");
    BOOST_TEST(some.get<other>().front == "white");
}

BOOST_AUTO_TEST_CASE(copies_share_one_value_that_outlives_the_first) {
    any_settings first;
    {
        colours c;
        c.front = "red";
        first = any_settings::of(c);
    }
    const any_settings second = first;
    BOOST_TEST((&first.get<colours>() == &second.get<colours>()));
    first = any_settings();
    BOOST_TEST(second.get<colours>().front == "red");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace any_settings_unit
