// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/topology.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace topology_unit {

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

BOOST_AUTO_TEST_CASE(the_name_of_a_wildcard_is_no_model) {
    const auto world = build({make("any", "*"), make("o", "openai/*")});
    for (const char* name : {"openai/*", "*", "openai/gpt-*", "openai/*x"}) BOOST_TEST(world->find(name) == nullptr, name);
}

BOOST_AUTO_TEST_CASE(further_names_come_after_wildcards_and_before_ids) {
    deployment o = make("o", "openai/*"), g = make("o3-id", "groq/*");
    o.other_names = {"gpt-4", "gpt-*", "o3-id"};
    g.other_names = {"gpt-4", "gpt-oss", "llama*"};
    const auto world = build({o, g, make("own", "gpt-4o-*")});
    BOOST_TEST(world->find("gpt-4")->members[0]->id == "o");
    BOOST_TEST(world->find("gpt-oss")->members[0]->id == "o3-id");
    BOOST_TEST(world->find("gpt-5")->members[0]->id == "o");
    BOOST_TEST(world->find("llama3")->members[0]->id == "o3-id");
    BOOST_TEST(world->find("gpt-4o-mini")->members[0]->id == "own");
    BOOST_TEST(world->find("o3-id")->members[0]->id == "o");
    BOOST_TEST(world->find("other") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_not_served_has_its_reason_under_each_of_its_names) {
    const auto made = topology::make({make("a", "m"), make("w", "x/y-*")}, {{"alias", "lost"}, {"fine", "m"}},
                                     {unserved_model("x/*", "no key"), unserved_model("lost", "no provider"), unserved_model("x/z-*", "no url")});
    BOOST_REQUIRE(made.has_value());
    const auto why = [&made](std::string_view name) {
        const unserved_model* const m = (*made)->find_unserved(name);
        return m != nullptr ? m->why : std::string("none");
    };
    BOOST_TEST(why("lost") == "no provider");
    BOOST_TEST(why("alias") == "no provider");
    BOOST_TEST((*made)->find("alias") == nullptr);
    BOOST_TEST(why("x/a") == "no key");
    BOOST_TEST(why("x/z-1") == "no url");
    BOOST_TEST(why("other") == "none");
    BOOST_TEST((*made)->find("x/y-1")->members[0]->id == "w");
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

} // namespace topology_unit
