// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/topology.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace llmx;

namespace {

deployment make(std::string id, std::string group, int order = 0) {
    deployment d;
    d.id = std::move(id);
    d.model_group = std::move(group);
    d.provider = "mock";
    d.model = "echo";
    d.order = order;
    return d;
}

std::shared_ptr<const topology> build(std::vector<deployment> ds) {
    auto made = topology::make(std::move(ds));
    BOOST_REQUIRE(made.has_value());
    return *made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_topology)

BOOST_AUTO_TEST_CASE(groups_are_found_by_name_and_sorted_by_order) {
    const auto world = build({make("a", "m", 2), make("b", "m", 1), make("c", "n")});
    const auto* g = world->find("m");
    BOOST_REQUIRE(g != nullptr);
    BOOST_TEST(g->members.size() == 2u);
    BOOST_TEST(g->members[0]->id == "b");
    BOOST_TEST(g->members[1]->id == "a");
    BOOST_TEST(world->find("unknown") == nullptr);
    BOOST_TEST(world->find("") == nullptr);
    BOOST_TEST(world->model_names().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_longest_wildcard_wins_and_needs_a_rest) {
    const auto world = build({make("any", "*"), make("o", "openai/*"), make("og", "openai/gpt-*")});
    BOOST_TEST(world->find("openai/gpt-4o")->members[0]->id == "og");
    BOOST_TEST(world->find("openai/o3")->members[0]->id == "o");
    BOOST_TEST(world->find("x")->members[0]->id == "any");
    BOOST_TEST(world->find("openai/")->members[0]->id == "any");
}

BOOST_AUTO_TEST_CASE(an_id_pins_its_deployment_after_names) {
    const auto world = build({make("a", "m"), make("b", "m"), make("m2", "b2")});
    const auto* g = world->find("b");
    BOOST_REQUIRE(g != nullptr);
    BOOST_TEST(g->members.size() == 1u);
    BOOST_TEST(g->members[0]->id == "b");
}

BOOST_AUTO_TEST_CASE(aliases_lead_to_groups) {
    auto made = topology::make({make("a", "m")}, {{"gpt", "m"}});
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST((*made)->find("gpt")->name == "m");
    BOOST_TEST(topology::make({make("a", "m")}, {{"gpt", "nothing"}}).has_error());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const auto message_of = [](std::vector<deployment> ds) {
        const auto made = topology::make(std::move(ds));
        return made.has_error() ? made.error().message() : std::string();
    };
    BOOST_TEST(message_of({make("a", "m"), make("a", "n")}) == "two deployments have the id 'a'");
    BOOST_TEST(message_of({make("", "m")}) == "deployment 0 has no id");
    BOOST_TEST(message_of({make("a", "")}) == "deployment 'a' names no model group");
    deployment d = make("a", "m");
    d.weight = -1;
    BOOST_TEST(message_of({d}) == "deployment 'a': weight must be 0 or more");
    d.weight = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(message_of({d}) == "deployment 'a': weight must be 0 or more");
    d = make("a", "m");
    d.model.clear();
    BOOST_TEST(message_of({d}) == "deployment 'a' names no model");
}

BOOST_AUTO_TEST_SUITE_END()
