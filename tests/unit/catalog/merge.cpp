// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace merge_unit {

using namespace llmx;

namespace {
model_catalog over_embedded(std::string_view text) {
    model_catalog c = *embedded_catalog();
    const auto merged = c.merge(text, "prices.json");
    BOOST_REQUIRE_MESSAGE(merged.has_value(), merged.error().message());
    return c;
}
std::string fault(std::string_view text) {
    model_catalog c = *embedded_catalog();
    const auto merged = c.merge(text, "prices.json");
    return merged.has_error() ? std::string(merged.error().message()) : std::string("none");
}
std::string price(const model_facts* m, price_kind kind, std::int64_t prompt = 1, price_tier tier = price_tier::standard) {
    if (m == nullptr || !m->prices) return "nothing";
    const money* const p = m->prices->rate(kind, tier, prompt);
    return p != nullptr ? to_dollars(*p) : std::string("nothing");
}
} // namespace

BOOST_AUTO_TEST_SUITE(merge)

BOOST_AUTO_TEST_CASE(an_entry_changes_what_it_names_and_leaves_the_rest) {
    const auto c = over_embedded(R"({"schema":"llmx-models-1","models":{"anthropic/claude-haiku-5-5":
        {"context":7000,"price":{"in":"1.5","batch":{"out":9}},"can":["prefill"]}}})");
    const model_facts* const m = c.find_listed("anthropic", "claude-haiku-5-5");
    BOOST_TEST(m->context_window == 7000);
    BOOST_TEST(m->traits.context_window == 7000);
    BOOST_TEST(price(m, price_kind::input) == "0.0000000015");
    // The threshold of the old price went with it, that of the output is still there.
    BOOST_TEST(price(m, price_kind::input, 200'000) == "0.0000000015");
    BOOST_TEST(price(m, price_kind::output, 200'000) == "0.0000025");
    BOOST_TEST(price(m, price_kind::output, 1, price_tier::batch) == "0.000000009");
    BOOST_CHECK(m->supports(model_ability::prefill) && m->supports(model_ability::tools));
    BOOST_TEST(embedded_catalog()->find_listed("anthropic", "claude-haiku-5-5")->context_window != 7000);
}

BOOST_AUTO_TEST_CASE(a_new_model_is_found_with_its_family_and_its_other_names) {
    const auto c = over_embedded(R"({"schema":"llmx-models-1","models":{"ours/claude-opus-9":{"ids":["the-best"],"mode":"chat",
        "max_output":500,"can":["reasoning","tools"],"price":{"in":1}}}})");
    const model_facts* const m = c.find_listed("", "the-best");
    BOOST_REQUIRE(m != nullptr);
    BOOST_TEST(m->name == "ours/claude-opus-9");
    BOOST_TEST(m->traits.default_max_tokens == 500);
    BOOST_TEST(c.models().size() == embedded_catalog()->models().size() + 1);
    BOOST_TEST(c.find_listed("", "claude-opus-4-7")->name == "anthropic/claude-opus-4-7");
}

BOOST_AUTO_TEST_CASE(efforts_modalities_and_factors_of_litellm_are_read) {
    const auto c = over_embedded(R"({"gpt-5":{"litellm_provider":"openai","mode":"chat","supports_none_reasoning_effort":true,
        "supports_minimal_reasoning_effort":false,"supports_low_reasoning_effort":null,"supported_modalities":["text","audio"],
        "provider_specific_entry":{"fast":6.0,"us":1.1}}})");
    const model_facts* const m = c.find_listed("openai", "gpt-5");
    BOOST_CHECK(m->traits.takes_effort(reasoning_effort::none) && m->traits.can_turn_off);
    BOOST_CHECK(!m->traits.takes_effort(reasoning_effort::minimal) && m->traits.takes_effort(reasoning_effort::low));
    BOOST_TEST((m->takes & static_cast<unsigned>(modality::audio)) != 0u);
    billed_use used;
    used.tokens.input_tokens = 1000;
    used.speed_factor = "fast";
    BOOST_TEST(to_dollars(cost_of(*m, used)->total) == "0.0075");
    used.speed_factor = "us";
    BOOST_TEST(to_dollars(cost_of(*m, used)->total) == "0.001375");
    BOOST_TEST(fault(R"({"gpt-5":{"litellm_provider":"openai","supports_none_reasoning_effort":"yes"}})") ==
               "prices.json: gpt-5: supports_none_reasoning_effort: expected true or false");
    BOOST_TEST(names_model_fact("supports_xhigh_reasoning_effort"));
    BOOST_TEST(!names_model_fact("supports_great_reasoning_effort"));
}

BOOST_AUTO_TEST_CASE(the_map_of_litellm_is_read_as_it_is) {
    const auto c = over_embedded(R"({
        "sample_spec":{"max_tokens":"LEGACY","input_cost_per_token":0.0},
        "claude-opus-4-7":{"litellm_provider":"anthropic","input_cost_per_token":7e-06,"mode":"chat","supports_vision":false},
        "us.anthropic.claude-opus-9-v1:0":{"litellm_provider":"bedrock_converse","input_cost_per_token":1e-05,
            "input_cost_per_token_above_200k_tokens":2e-05,"output_cost_per_token_batches":1.25e-05,"max_input_tokens":300000.0,
            "search_context_cost_per_query":{"search_context_size_low":0.01},"supports_reasoning":true},
        "xai/grok-9":{"litellm_provider":"xai","tiered_pricing":[{"range":[0,1000.0],"input_cost_per_token":1e-06},
            {"range":[1000,5000],"input_cost_per_token":3e-06}],"cache_read_input_token_cost":1.9073486328125e-8}})");
    const model_facts* const known = c.find_listed("anthropic", "claude-opus-4-7");
    BOOST_TEST(price(known, price_kind::input) == "0.000007");
    BOOST_TEST(price(known, price_kind::output) == "0.000025");
    BOOST_CHECK(!known->supports(model_ability::vision));
    const model_facts* const fresh = c.find_listed("bedrock", "us.anthropic.claude-opus-9-v1:0");
    BOOST_REQUIRE(fresh != nullptr);
    BOOST_TEST(price(fresh, price_kind::input, 200'000) == "0.00001");
    BOOST_TEST(price(fresh, price_kind::input, 200'001) == "0.00002");
    BOOST_TEST(price(fresh, price_kind::output, 1, price_tier::batch) == "0.0000125");
    BOOST_TEST(price(fresh, price_kind::search_low) == "0.01");
    BOOST_TEST(fresh->context_window == 300000);
    const model_facts* const ranges = c.find_listed("xai", "grok-9");
    BOOST_TEST(price(ranges, price_kind::input, 1000) == "0.000001");
    BOOST_TEST(price(ranges, price_kind::input, 1001) == "0.000003");
    BOOST_TEST(price(ranges, price_kind::cached) == "0.000000019073486328125");
    BOOST_CHECK(c.find_listed("", "sample_spec") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_wrong_text_changes_nothing_and_names_the_place) {
    BOOST_TEST(fault("no") .starts_with("prices.json: not a list of models: "));
    BOOST_TEST(fault(R"({"schema":"other"})") == "prices.json: schema: expected \"llmx-models-1\"");
    BOOST_TEST(fault(R"({"schema":"llmx-models-1","models":{"a/b":{"context":"x"}}})") == "prices.json: a/b: context: expected a whole number");
    BOOST_TEST(fault(R"({"schema":"llmx-models-1","models":{"a/b":{"price":{"in":-1}}}})") ==
               "prices.json: a/b: price.in: not a price; data/README.md describes the form");
    BOOST_TEST(fault(R"({"schema":"llmx-models-1","models":{"ab":{}}})") == "prices.json: ab: expected an object, called provider/model");
    BOOST_TEST(fault(R"({"x":{"litellm_provider":"a","input_cost_per_token":"much"}})") == "prices.json: x: input_cost_per_token: expected dollars");
    BOOST_TEST(fault(R"({"x":1})") == "prices.json: x: expected an object");
}

BOOST_AUTO_TEST_CASE(words_of_a_newer_list_are_passed_over) {
    const auto c = over_embedded(R"({"schema":"llmx-models-1","models":{"a/b":{"can":["to_fly","tools"],"mode":"telepathy","wings":2,
        "price":{"in":5,"per_wish":{"x":1}}}}})");
    const model_facts* const m = c.find_listed("a", "b");
    BOOST_CHECK(m->supports(model_ability::tools) && m->mode == model_mode::unknown);
    BOOST_TEST(price(m, price_kind::input) == "0.000000005");
}

BOOST_AUTO_TEST_CASE(rules_of_families_can_be_replaced) {
    const auto c = over_embedded(R"({"schema":"llmx-models-1","families":[{"family":"mine","match":["claude"],"facts":{"mode":"chat"},
        "traits":{"reasoning":"none"}}]})");
    BOOST_TEST(c.find("anthropic", "claude-quartz")->name == "mine");
    BOOST_CHECK(c.find("openai", "gpt-9") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace merge_unit
