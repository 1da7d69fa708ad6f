// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/attach_facts.hpp>
#include <llmx/server/endpoints/model_info.hpp>
#include <llmx/server/endpoints/models.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace models_unit {

using namespace llmx;

namespace {

deployment make(std::string id, std::string group, std::string provider, std::string model) {
    deployment d;
    d.id = std::move(id);
    d.model_group = std::move(group);
    d.provider = std::move(provider);
    d.model = std::move(model);
    return d;
}

std::shared_ptr<const topology> served(std::vector<deployment> all) {
    const auto known = std::make_shared<model_catalog>();
    const auto merged = known->merge(R"({"schema":"llmx-models-1","models":{"openai/gpt-a":{"mode":"chat"},"openai/gpt-b":{"mode":"chat"},
        "openai/o9":{"mode":"chat"},"openai/draw":{"mode":"video_generation"},"openai/vec":{"mode":"embedding"},
        "groq/gpt-b":{"mode":"chat"},"groq/meta/llama":{"mode":"chat"}}})", "test");
    BOOST_REQUIRE_MESSAGE(merged.has_value(), merged.error().message());
    for (deployment& d : all) BOOST_REQUIRE(attach_facts(d, known).has_value());
    return topology::make(std::move(all)).value();
}

/// The ids of the list, in its order.
std::string listed(const topology& world, bool wildcards = false, const principal* who = nullptr) {
    std::string text, ids;
    BOOST_REQUIRE(detail::append_models(text, world, who, "", "", wildcards, 7));
    const boost::json::value list = boost::json::parse(text);
    for (const auto& one : list.at("data").as_array()) {
        if (!ids.empty()) ids += ' ';
        ids += one.at("id").as_string();
    }
    return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_models)

BOOST_AUTO_TEST_CASE(known_models_stand_for_a_wildcard) {
    const auto world = served({make("a", "openai/*", "openai", "*"), make("b", "real", "openai", "gpt-a")});
    BOOST_TEST(listed(*world) == "openai/gpt-a openai/gpt-b openai/o9 openai/vec real");
    BOOST_TEST(listed(*world, true) == "openai/gpt-a openai/gpt-b openai/o9 openai/vec real openai/*");
}

BOOST_AUTO_TEST_CASE(a_prefix_of_the_model_and_a_more_specific_group_are_regarded) {
    const auto world = served({make("a", "our-*", "openai", "gpt-*"), make("b", "our-b", "groq", "gpt-b"), make("c", "fixed/*", "openai", "gpt-a")});
    BOOST_TEST(listed(*world) == "our-a our-b");
    const auto nested = served({make("a", "x/*", "openai", "*"), make("b", "x/gpt-*", "groq", "gpt-*")});
    BOOST_TEST(listed(*nested) == "x/gpt-b x/o9 x/vec");
}

BOOST_AUTO_TEST_CASE(a_caller_sees_what_it_may_use) {
    const auto world = served({make("a", "openai/*", "openai", "*")});
    principal who;
    who.models = {"openai/gpt-*"};
    BOOST_TEST(listed(*world, true, &who) == "openai/gpt-a openai/gpt-b");
    who.models = {"openai/*"};
    BOOST_TEST(listed(*world, true, &who) == "openai/gpt-a openai/gpt-b openai/o9 openai/vec openai/*");
    who.models = {"openai/o9"};
    BOOST_TEST(listed(*world, true, &who) == "openai/o9");
}

BOOST_AUTO_TEST_CASE(bare_names_go_to_the_provider_that_is_known_for_them) {
    deployment first = make("a", "openai/*", "openai", "*"), second = make("b", "groq/*", "groq", "*");
    first.takes_known_names = second.takes_known_names = true;
    first.other_names = {"gpt-", "gpt-*"};
    const auto world = served({first, second});
    const auto provider = [&world](std::string_view name) {
        const model_group* const g = world->find(name);
        return g != nullptr ? g->members.front()->provider : std::string("none");
    };
    BOOST_TEST(provider("gpt-b") == "openai");
    BOOST_TEST(provider("o9") == "openai");
    BOOST_TEST(provider("gpt-unheard-of") == "openai");
    BOOST_TEST(provider("groq/gpt-b") == "groq");
    BOOST_TEST(provider("llama") == "none");
    BOOST_TEST(provider("openai/*") == "none");
}

BOOST_AUTO_TEST_CASE(what_is_known_of_a_model_is_listed_for_callers_who_may_use_it) {
    const auto known = std::make_shared<model_catalog>();
    const auto merged = known->merge(R"({"schema":"llmx-models-1","models":{"openai/gpt-a":{"mode":"chat","context":1000,"max_output":50,
        "price":{"in":2500,"out":10000},"can":["tools"],"cannot":["vision"]}}})", "test");
    BOOST_REQUIRE_MESSAGE(merged.has_value(), merged.error().message());
    std::vector<deployment> all{make("a", "one", "openai", "gpt-a"), make("b", "two", "openai", "none")};
    all[0].key = secret("sk-planted-secret");
    for (deployment& d : all) BOOST_REQUIRE(attach_facts(d, known).has_value());
    const auto world = topology::make(std::move(all)).value();
    std::string text;
    BOOST_REQUIRE(detail::append_model_info(text, *world, nullptr, ""));
    BOOST_TEST(text.find("planted") == std::string::npos);
    const boost::json::value list = boost::json::parse(text);
    BOOST_REQUIRE(list.at("data").as_array().size() == 2u);
    const boost::json::value& one = list.at("data").at(0);
    BOOST_TEST(one.at("model_name").as_string() == "one");
    BOOST_TEST(one.at("litellm_params").at("model").as_string() == "openai/gpt-a");
    const boost::json::value& info = one.at("model_info");
    BOOST_TEST(info.at("id").as_string() == "a");
    BOOST_TEST(info.at("mode").as_string() == "chat");
    BOOST_TEST(info.at("max_input_tokens").to_number<int>() == 1000);
    BOOST_TEST(info.at("input_cost_per_token").to_number<double>() == 2.5e-6, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(info.at("supports_function_calling").as_bool());
    BOOST_TEST(!info.at("supports_vision").as_bool());
    BOOST_TEST(info.at("supports_reasoning").is_null());
    principal who;
    who.models = {"two"};
    std::string own;
    BOOST_REQUIRE(detail::append_model_info(own, *world, &who, ""));
    BOOST_TEST(own.find("\"one\"") == std::string::npos);
    std::string none;
    BOOST_TEST(!detail::append_model_info(none, *world, &who, "one"));
    BOOST_TEST(!detail::append_model_info(none, *world, nullptr, "three"));
    BOOST_TEST(detail::append_model_info(none, *world, &who, "two"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace models_unit
