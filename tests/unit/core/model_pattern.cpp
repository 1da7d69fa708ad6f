// SPDX-License-Identifier: BSL-1.0
// Names with "*" in them: which names they stand for, and which of several is meant.
#include <llmx/core/model_pattern.hpp>
#include <llmx/core/principal.hpp>
#include <llmx/core/topology.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace model_pattern_unit {

using namespace llmx;

namespace {

/// What each "*" stands for, between bars; "no" when \p name is another's.
std::string parts_of(std::string_view pattern, std::string_view name) {
    pattern_parts parts;
    if (!match_pattern(pattern, name, &parts)) return "no";
    std::string all = "|";
    for (std::size_t i = 0; i < parts.count; ++i) (all += parts.texts[i]) += '|';
    return all;
}

deployment to(std::string group, std::string model) {
    deployment d;
    d.id = group;
    d.model_group = std::move(group);
    d.provider = "openai";
    d.model = std::move(model);
    return d;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_model_pattern)

BOOST_AUTO_TEST_CASE(each_star_stands_for_one_character_or_more) {
    struct {
        std::string_view pattern, name, parts;
    } constexpr rows[] = {
        {"openai/*", "openai/gpt-4o", "|gpt-4o|"},
        {"openai/*", "openai/", "no"},
        {"openai/*", "azure/gpt-4o", "no"},
        {"*", "gpt", "|gpt|"},
        {"*", "", "no"},
        {"openai/*-mini", "openai/gpt-4o-mini", "|gpt-4o|"},
        {"openai/*-mini", "openai/-mini", "no"},
        {"openai/*-mini", "openai/gpt-4o", "no"},
        {"openai/*-mini", "openai/x-mini-mini", "|x-mini|"},
        {"*/gpt-*", "openai/gpt-4o", "|openai|4o|"},
        {"*/gpt-*", "a/b/gpt-4/gpt-5", "|a/b|4/gpt-5|"},
        {"*/gpt-*", "/gpt-4o", "no"},
        {"*/gpt-*", "openai/gpt-", "no"},
        {"a*b*c", "aXbYc", "|X|Y|"},
        {"a*b*c", "abbc", "no"},
        {"a*b*c", "abbbc", "|b|b|"},
        {"a**", "axy", "|x|y|"},
        {"a**", "ax", "no"},
        {"gpt", "gpt", "|"},
        {"gpt", "gpt-4", "no"},
    };
    for (const auto& r : rows) BOOST_TEST(parts_of(r.pattern, r.name) == r.parts, r.pattern << " of " << r.name);
    std::string filled;
    pattern_parts parts;
    BOOST_REQUIRE(match_pattern("*/gpt-*", "eu/gpt-4o", &parts));
    append_filled(filled, "llm-*-of-*", parts);
    BOOST_TEST(filled == "llm-eu-of-4o");
    filled.clear();
    append_filled(filled, "*", parts);
    BOOST_TEST(filled == "eu");
    BOOST_TEST(may_overlap("openai/*-mini", "openai/*"));
    BOOST_TEST(may_overlap("*/gpt-*", "openai/gpt-4o"));
    BOOST_TEST(!may_overlap("openai/*", "azure/*"));
    BOOST_TEST(!may_overlap("*-mini", "*-large"));
}

BOOST_AUTO_TEST_CASE(the_group_with_the_most_characters_is_meant) {
    std::vector<unserved_model> none;
    none.emplace_back("cohere/*-x", "its provider is not in this program");
    const auto made = topology::make({to("*", "*"), to("*/gpt-*", "*-*"), to("openai/*", "*"), to("openai/*-mini", "*-mini"), to("openai/gpt-4o-mini", "a")},
                                     {}, std::move(none));
    BOOST_REQUIRE(made.has_value());
    const topology& t = **made;
    for (const auto& [name, group] : std::vector<std::pair<std::string, std::string>>{{"openai/gpt-4o-mini", "openai/gpt-4o-mini"},
                                                                                     {"openai/o4-mini", "openai/*-mini"},
                                                                                     {"openai/gpt-5", "openai/*"},
                                                                                     {"azure/gpt-5", "*/gpt-*"},
                                                                                     {"mistral/x", "*"}}) {
        const model_group* const g = t.find(name);
        BOOST_REQUIRE(g != nullptr);
        BOOST_TEST(g->members.front()->model_group == group, name);
    }
    BOOST_TEST(t.find("openai/*-mini") != nullptr); // the id of the deployment
    BOOST_TEST(t.find_unserved("cohere/command-x") != nullptr);
    BOOST_TEST(t.find_unserved("cohere/command") == nullptr);
    BOOST_TEST(!topology::make({to("a*b*c*d*e*f", "m")}).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_may_use_the_models_that_its_patterns_match) {
    principal who;
    who.models = {"openai/*-mini", "azure/*"};
    BOOST_TEST(who.may_use("openai/gpt-4o-mini"));
    BOOST_TEST(!who.may_use("openai/gpt-4o"));
    BOOST_TEST(!who.may_use("openai/gpt-4o-mini-x"));
    BOOST_TEST(who.may_use("azure/"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace model_pattern_unit
