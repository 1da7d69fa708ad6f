// SPDX-License-Identifier: BSL-1.0
// Names that match patterns reach the model that the pattern's parts make, and a caller's own fallbacks are tried in order.
#include <unit/gateway/fixture.hpp>

#include <llmx/policies/fallback.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callers_routes_unit {

using namespace gateway_test;

namespace {

using routed_gateway = gateway<providers, weighted, fallback, retry, timeout>;

routed_gateway::policies_type patient() {
    routed_gateway::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    return policies;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_callers_routes)

BOOST_AUTO_TEST_CASE(each_star_of_the_upstream_model_is_what_that_of_the_name_stands_for) {
    for (const auto& [asked, sent] : std::vector<std::pair<std::string, std::string>>{
             {"eu/gpt-5", "eu-gpt-5"}, {"fast/gpt-4o-mini", "gpt-4o"}, {"openai/o3", "o3"}, {"any", "any"}}) {
        world w;
        deployment by_place = make("a", "*/gpt-*", "openai", "*-gpt-*"), mini = make("b", "fast/*-mini", "openai", "*");
        routed_gateway gw(world_of({by_place, mini, make("c", "openai/*", "openai", "*"), make("d", "*", "openai", "*")}), patient());
        w.network.reply(200, openai_reply);
        chat_request q(asked, "hi");
        call c(w.runtime, w.context);
        detail::set_request<chat>(c, q, false);
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
        BOOST_TEST(w.network.requests().at(0).body.find("\"" + sent + "\"") != std::string::npos, w.network.requests().at(0).body);
        BOOST_TEST(w.context.report.upstream_model == sent);
    }
}

BOOST_AUTO_TEST_CASE(entries_of_fallbacks_may_have_a_star_anywhere) {
    fallback policy;
    policy.add("openai/*-mini", {"azure/*-small"}).add("openai/*", {"azure/*"});
    std::string_view replaced;
    const auto* const list = policy.next_of("openai/gpt-4o-mini", "openai/", errc::overloaded, &replaced);
    BOOST_REQUIRE(list != nullptr);
    BOOST_TEST(list->front() == "azure/*-small");
    BOOST_TEST(replaced == "gpt-4o");
    fallback::itinerary way(policy);
    way.plan(list, replaced);
    BOOST_TEST(way.next() == "azure/gpt-4o-small");
    BOOST_TEST(policy.next_of("openai/gpt-4o", "openai/", errc::overloaded)->front() == "azure/*");
}

BOOST_AUTO_TEST_CASE(a_callers_own_fallbacks_are_tried_in_order_in_place_of_the_general_ones) {
    for (const bool configured : {false, true})
        for (const int wrong : {503, 400}) {
            world w;
            auto policies = patient();
            if (configured) std::get<fallback>(policies).add("m", {"general"});
            routed_gateway gw(world_of({make("a", "m", "openai", "x"), make("b", "second", "openai", "y"), make("c", "third", "openai", "z"),
                                        make("d", "general", "openai", "g")}),
                              policies);
            w.network.reply(wrong, R"({"error":{"message":"no"}})");
            w.network.reply(503, R"({"error":{"message":"no"}})");
            w.network.reply(200, openai_reply);
            chat_request q("m", "hi");
            call c(w.runtime, w.context);
            detail::set_request<chat>(c, q, false);
            c.in.fallbacks = std::make_unique<std::vector<std::string>>(std::vector<std::string>{"second", "missing", "third"});
            const auto r = testing::run(gw.execute(c));
            // A request that is wrong is wrong everywhere.
            BOOST_TEST(r.has_value() == (wrong == 503));
            BOOST_TEST(w.network.requests().size() == (wrong == 503 ? 3u : 1u));
            if (r) BOOST_TEST(w.context.report.deployment_id == "c");
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace callers_routes_unit
