// SPDX-License-Identifier: BSL-1.0
#include "unit/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>

namespace snapshots_unit {

using namespace gateway_test;

namespace {

using small = gateway<providers, weighted>;

std::shared_ptr<const topology> only(const char* model) {
    std::vector<deployment> ds;
    ds.push_back(make("d", "m", "mock", model));
    return world_of(std::move(ds));
}

std::string ask(world& w, small& g) {
    call_context context;
    const chat_request request("m", "hi");
    auto said = testing::run(g.chat(w.runtime, context, request));
    return said.has_value() ? said->text() : said.error().message();
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_snapshots)

BOOST_AUTO_TEST_CASE(gateways_on_one_core_keep_their_own_snapshots) {
    world w;
    small a(only("text?say=a")), b(only("text?say=b"));
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(ask(w, a) == "a");
        BOOST_TEST(ask(w, b) == "b");
    }
    BOOST_TEST(w.runtime.use<detail::snapshot_slots>().size() == 2u);
    b.reload(only("text?say=c"), small::policies_type());
    BOOST_TEST(ask(w, a) == "a");
    BOOST_TEST(ask(w, b) == "c");
}

BOOST_AUTO_TEST_CASE(a_gateway_in_the_place_of_another_is_another) {
    world w;
    // The same address and the same number of reloads.
    std::optional<small> g;
    for (const char* model : {"text?say=first", "text?say=second", "text?say=third"}) {
        g.emplace(only(model));
        BOOST_TEST(ask(w, *g) == std::string(model).substr(9));
    }
    BOOST_TEST(w.runtime.use<detail::snapshot_slots>().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapshots_unit
