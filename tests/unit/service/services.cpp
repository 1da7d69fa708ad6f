// SPDX-License-Identifier: BSL-1.0
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <string>

namespace services_unit {

namespace {

std::string events;

struct counter {
    int value = 0;
};
struct store {
    explicit store(llmx::runtime& r) : on(&r) { events += "store "; }
    ~store() { events += "~store "; }
    llmx::runtime* on;
};
/// Needs another service to be made.
struct cache {
    explicit cache(llmx::runtime& r) : below(&r.use<store>()) { events += "cache "; }
    ~cache() { events += below->on != nullptr ? "~cache " : "dangling "; }
    store* below;
};
struct failing {
    failing() { throw std::runtime_error("no store"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(service_services)

BOOST_AUTO_TEST_CASE(one_of_each_type_for_each_runtime) {
    llmx::testing::scripted_transport network;
    llmx::testing::manual_runtime a(network), b(network);
    a.use<counter>().value = 7;
    BOOST_TEST(a.use<counter>().value == 7);
    BOOST_TEST(b.use<counter>().value == 0);
    BOOST_TEST(a.use<store>().on == &a);
    BOOST_TEST(&a.use<counter>() == &a.use<counter>());
}

BOOST_AUTO_TEST_CASE(made_on_first_use_and_destroyed_newest_first) {
    events.clear();
    {
        llmx::testing::scripted_transport network;
        llmx::testing::manual_runtime on(network);
        BOOST_TEST(events.empty());
        (void)on.use<cache>();
        (void)on.use<store>();
        BOOST_TEST(events == "store cache ");
    }
    BOOST_TEST(events == "store cache ~cache ~store ");
}

BOOST_AUTO_TEST_CASE(a_service_that_cannot_be_made_is_tried_again) {
    llmx::testing::scripted_transport network;
    llmx::testing::manual_runtime on(network);
    BOOST_CHECK_THROW((void)on.use<failing>(), std::runtime_error);
    BOOST_CHECK_THROW((void)on.use<failing>(), std::runtime_error);
    BOOST_TEST(on.use<counter>().value == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace services_unit
