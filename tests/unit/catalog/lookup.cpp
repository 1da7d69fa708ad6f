// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/embedded.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace lookup_unit {

using namespace llmx;

namespace {
std::string listed(std::string_view provider, std::string_view model) {
    const model_facts* const m = embedded_catalog()->find_listed(provider, model);
    return m != nullptr ? m->name : std::string("nothing");
}
std::string found(std::string_view provider, std::string_view model) {
    const model_facts* const m = embedded_catalog()->find(provider, model);
    return m != nullptr ? m->name : std::string("nothing");
}
const model_traits& traits(std::string_view provider, std::string_view model) { return embedded_catalog()->find(provider, model)->traits; }
using style = model_traits::reasoning_style;
} // namespace

BOOST_AUTO_TEST_SUITE(lookup)

BOOST_AUTO_TEST_CASE(a_model_is_found_by_its_provider_and_by_a_name_alone) {
    BOOST_TEST(listed("anthropic", "claude-opus-4-7") == "anthropic/claude-opus-4-7");
    BOOST_TEST(listed("", "anthropic/claude-opus-4-7") == "anthropic/claude-opus-4-7");
    BOOST_TEST(listed("", "claude-opus-4-7") == "anthropic/claude-opus-4-7");
    BOOST_TEST(listed("openai", "openai/gpt-5") == "openai/gpt-5");
    BOOST_TEST(listed("azure_openai", "gpt-4o") == "azure/gpt-4o");
    BOOST_TEST(listed("", "azure_openai/gpt-4o") == "azure/gpt-4o");
}

BOOST_AUTO_TEST_CASE(dated_and_latest_names_lead_to_the_model) {
    BOOST_TEST(listed("openai", "gpt-6.1-sol-2026-11-02") == "openai/gpt-6.1-sol");
    BOOST_TEST(listed("anthropic", "claude-opus-5-5-20261101") == "anthropic/claude-opus-5-5");
    BOOST_TEST(listed("anthropic", "claude-opus-5-5@20261101") == "anthropic/claude-opus-5-5");
    BOOST_TEST(listed("anthropic", "claude-opus-5-5-latest") == "anthropic/claude-opus-5-5");
    BOOST_TEST(listed("gemini", "gemini-2.5-flash-001") == "gemini/gemini-2.5-flash");
    BOOST_TEST(listed("gemini", "models/gemini-2.5-flash") == "gemini/gemini-2.5-flash");
}

BOOST_AUTO_TEST_CASE(a_name_of_its_own_is_preferred_to_the_model_behind_it) {
    BOOST_TEST(listed("anthropic", "claude-opus-4-7-20260416") == "anthropic/claude-opus-4-7-20260416");
    BOOST_TEST(listed("bedrock", "us.anthropic.claude-3-7-sonnet-20250219-v1:0") == "bedrock/us.anthropic.claude-3-7-sonnet-20250219-v1:0");
}

BOOST_AUTO_TEST_CASE(names_of_bedrock_lead_to_the_model_through_region_version_path_and_arn) {
    BOOST_TEST(listed("bedrock", "sa.anthropic.claude-sonnet-5") == "bedrock/anthropic.claude-sonnet-5");
    BOOST_TEST(listed("bedrock", "anthropic.claude-sonnet-5-v1:0") == "bedrock/anthropic.claude-sonnet-5");
    BOOST_TEST(listed("bedrock", "converse/anthropic.claude-sonnet-5") == "bedrock/anthropic.claude-sonnet-5");
    BOOST_TEST(listed("bedrock", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5") == "bedrock/anthropic.claude-sonnet-5");
    // Without its date, which Bedrock demands and callers forget.
    BOOST_TEST(listed("bedrock", "anthropic.claude-haiku-4-5-20251001") == "bedrock/anthropic.claude-haiku-4-5-20251001-v1:0");
}

BOOST_AUTO_TEST_CASE(a_model_of_another_provider_lends_no_prices) {
    BOOST_TEST(listed("hosted_vllm", "claude-opus-4-7") == "nothing");
    BOOST_TEST(found("hosted_vllm", "claude-opus-4-7") == "claude 4.7 and newer");
    BOOST_CHECK(embedded_catalog()->find("hosted_vllm", "claude-opus-4-7")->prices == nullptr);
}

BOOST_AUTO_TEST_CASE(suffixes_are_looked_for_in_the_last_part_of_a_path) {
    BOOST_TEST(listed("vertex_ai", "publishers/anthropic/models/claude-sonnet-4-5@20250929") == "vertex_ai/claude-sonnet-4-5@20250929");
    BOOST_TEST(listed("vertex_ai", "projects/p-1:2/locations/us@x/publishers/google/models/gemini-2.5-flash-001") ==
               "vertex_ai/gemini-2.5-flash");
    BOOST_TEST(listed("bedrock", "arn:aws:bedrock:us-east-1:1234:inference-profile/eu.anthropic.claude-sonnet-5-20260101-v2:0") ==
               "bedrock/eu.anthropic.claude-sonnet-5");
    BOOST_TEST(listed("azure", "gpt-4o-2029-08-06") == "azure/gpt-4o");
    for (const char* name : {"x-v:0", "-v1:0", "a:0", "@x", "-2025-08-07", "a-01-01", ":", "-", "/-latest", "v1:0"})
        BOOST_TEST(listed("openai", name) == "nothing", name);
}

// A lookup hashes a bounded number of forms, and rules are tried by the words that a name has: neither grows with the list.
BOOST_AUTO_TEST_CASE(a_name_has_at_most_sixteen_forms_whatever_a_caller_writes) {
    for (const std::string& name :
         {std::string("us.eu.global.a/b@1@2@3@4@5-v1:0-latest"), std::string(255, '-'), std::string(255, '@'), std::string(120, '/') + "a-001-001-001-001-001"})
        BOOST_TEST(detail::model_name_forms(name).size() <= 16u, name);
}

BOOST_AUTO_TEST_CASE(names_that_nobody_knows_are_nothing) {
    BOOST_TEST(found("openai", "") == "nothing");
    BOOST_TEST(found("", "") == "nothing");
    BOOST_TEST(found("openai", "my-model") == "nothing");
    BOOST_TEST(found("openai", std::string(5000, 'x')) == "nothing");
    BOOST_TEST(found("", "/") == "nothing");
    BOOST_TEST(found("bedrock", "us.") == "nothing");
    BOOST_TEST(found("openai", "-latest") == "nothing");
    BOOST_TEST(found("openai", "@") == "nothing");
    BOOST_TEST(found("openai", ":0") == "nothing");
}

BOOST_AUTO_TEST_CASE(an_unknown_model_has_the_newest_traits_of_its_family) {
    BOOST_TEST(found("anthropic", "claude-opus-9") == "claude 4.7 and newer");
    BOOST_TEST(found("anthropic", "claude-quartz") == "claude 4.7 and newer");
    BOOST_TEST(found("bedrock", "eu.anthropic.claude-opus-9-20271101-v1:0") == "claude 4.7 and newer");
    BOOST_TEST(found("anthropic", "claude-sonnet-4-20250101") == "claude 3.7 to 4.5");
    BOOST_TEST(found("openai_compatible", "claude-3-5-sonnet") == "claude before 3.7");
    BOOST_TEST(found("openai", "gpt-7-pro") == "gpt-6 and newer");
    BOOST_TEST(found("openai", "gpt-5.9") == "gpt-5.1 and newer");
    BOOST_TEST(found("openai", "gpt-4o-2029-01-01-x") == "gpt-4o");
    BOOST_TEST(found("openai", "o5-mini") == "openai o-series");
    BOOST_TEST(found("openai_compatible", "foo3-model") == "nothing");
    BOOST_TEST(found("gemini", "gemini-4-pro") == "gemini 3 pro");
    BOOST_TEST(found("gemini", "gemini-4-flash") == "gemini 3 and newer");
    BOOST_TEST(found("vertex_ai", "gemini-2.5-flash-lite-exp") == "gemini 2.5 flash-lite");
    BOOST_TEST(found("moonshot", "kimi-k4-thinking") == "kimi, reasoning always on");
    BOOST_TEST(found("moonshot", "kimi-k4") == "kimi 2.5 and newer");
    BOOST_TEST(found("azure", "gpt-35-turbo-32k") == "gpt-3.5 on azure");
    BOOST_TEST(found("openai", "ft:o4-mini:ours::id") == "openai o-series");
    BOOST_TEST(found("openai", "ft:gpt-4o-2024-08-06:ours::id") == "gpt-4o");
    BOOST_TEST(found("gemini", "gemini-robotics-er-3") == "gemini omni and robotics");
    BOOST_TEST(found("xai", "grok-5") == "grok 4.5 and newer");
    BOOST_TEST(found("xai", "grok-4-fast-non-reasoning-x") == "grok without reasoning");
}

BOOST_AUTO_TEST_CASE(reasoning_is_configured_as_each_model_demands_it) {
    BOOST_CHECK(traits("anthropic", "claude-opus-4-7").reasoning == style::adaptive);
    BOOST_CHECK(traits("anthropic", "claude-sonnet-4-5").reasoning == style::budget);
    BOOST_CHECK(traits("bedrock", "anthropic.claude-3-5-haiku-20241022-v1:0").reasoning == style::none);
    BOOST_CHECK(traits("openai", "gpt-4o").reasoning == style::none);
    BOOST_CHECK(traits("openai", "gpt-5").reasoning == style::effort);
    BOOST_CHECK(traits("openai", "o3").reasoning == style::effort);
    BOOST_CHECK(traits("gemini", "gemini-3-flash-preview").reasoning == style::level);
    BOOST_CHECK(traits("gemini", "gemini-2.5-flash").reasoning == style::budget);
    BOOST_CHECK(traits("deepseek", "deepseek-reasoner").returns_reasoning);
    BOOST_CHECK(traits("deepseek", "deepseek-v4-pro").returns_reasoning);
    BOOST_CHECK(!traits("deepseek", "deepseek-chat").returns_reasoning);
    BOOST_CHECK(traits("moonshot", "kimi-k3").returns_reasoning);
    // An entry of a region that states prices alone reasons as its family does.
    BOOST_CHECK(traits("azure", "eu/gpt-5").reasoning == style::effort);
    BOOST_CHECK(traits("azure", "gpt-35-turbo").reasoning == style::none);
    BOOST_CHECK(traits("xai", "grok-4.20-non-reasoning").reasoning == style::none);
    BOOST_CHECK(traits("gemini", "gemini-robotics-er-2-preview").reasoning == style::level);
    BOOST_CHECK(traits("openai", "chat-latest").reasoning == style::none);
    BOOST_CHECK(traits("openai", "o3").refuses(sampling_parameter::stop) && !traits("openai", "o1").refuses(sampling_parameter::stop));
    BOOST_CHECK(traits("openai", "gpt-4o-search-preview").refuses(sampling_parameter::temperature));
}

BOOST_AUTO_TEST_CASE(efforts_are_those_of_the_list_over_those_of_the_family) {
    const model_traits& five = traits("openai", "gpt-5");
    BOOST_CHECK(five.takes_effort(reasoning_effort::minimal));
    BOOST_CHECK(!five.takes_effort(reasoning_effort::none));
    BOOST_CHECK(!five.takes_effort(reasoning_effort::xhigh));
    BOOST_CHECK(!five.can_turn_off);
    const model_traits& two = traits("openai", "gpt-5.2");
    BOOST_CHECK(two.takes_effort(reasoning_effort::none) && two.takes_effort(reasoning_effort::xhigh));
    BOOST_CHECK(!two.takes_effort(reasoning_effort::minimal));
    BOOST_CHECK(two.can_turn_off && two.default_effort == reasoning_effort::none);
    // A closed list is complete.
    const model_traits& kimi = traits("moonshot", "kimi-k3");
    BOOST_CHECK(kimi.takes_effort(reasoning_effort::max) && !kimi.takes_effort(reasoning_effort::medium));
    // The quirk of the data, and Gemini's ranges.
    BOOST_CHECK(!traits("anthropic", "claude-opus-5-5").can_turn_off);
    BOOST_CHECK(traits("gemini", "gemini-2.5-pro").least_budget == 128 && traits("gemini", "gemini-2.5-pro").most_budget == 32768);
    BOOST_TEST(traits("anthropic", "claude-sonnet-4-5").most_budget == 63999);
}

BOOST_AUTO_TEST_CASE(limits_and_refusals_are_those_of_the_model) {
    const model_traits& opus = traits("anthropic", "claude-opus-4-7");
    BOOST_TEST(opus.default_max_tokens == 128000);
    BOOST_TEST(opus.context_window == 1000000);
    BOOST_CHECK(opus.refuses(sampling_parameter::temperature) && opus.refuses(sampling_parameter::top_k));
    BOOST_CHECK(!opus.prefill && opus.native_json_schema && opus.prompt_caching);
    BOOST_CHECK(traits("openai", "gpt-5").max_completion_tokens);
    BOOST_CHECK(traits("openai", "o3").refuses(sampling_parameter::top_p) && !traits("openai", "o3").parallel_tools);
    BOOST_CHECK(!traits("openai", "gpt-4o").refuses(sampling_parameter::temperature));
    BOOST_CHECK(!traits("anthropic", "claude-opus-5-5").forced_tool);
    const model_traits& flash = traits("gemini", "gemini-2.5-flash");
    BOOST_TEST(flash.input_modalities == (1 | 2 | 4 | 8 | 16));
}

BOOST_AUTO_TEST_CASE(a_deployment_gets_the_facts_of_its_base_model) {
    deployment d;
    d.id = "one";
    d.provider = "azure";
    d.model = "our-deployment";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    BOOST_CHECK(d.facts == nullptr);
    d.base_model = "azure/gpt-4o";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    BOOST_REQUIRE(d.facts != nullptr);
    BOOST_TEST(d.facts->name == "azure/gpt-4o");
    // Another provider's name is taken as it is, whether or not this provider has a family for it.
    d.base_model = "openai/gpt-6.1-sol";
    d.provider = "openai_compatible";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    BOOST_TEST(d.facts->name == "openai/gpt-6.1-sol");
}

BOOST_AUTO_TEST_CASE(a_deployment_of_a_wildcard_gets_the_facts_of_each_model) {
    deployment d;
    d.provider = "anthropic";
    d.model = "*";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    BOOST_CHECK(d.facts == nullptr);
    BOOST_REQUIRE(facts_of(d, "claude-opus-4-7") != nullptr);
    BOOST_TEST(facts_of(d, "claude-opus-4-7")->name == "anthropic/claude-opus-4-7");
    BOOST_CHECK(facts_of(d, "unheard-of") == nullptr);
}

BOOST_AUTO_TEST_CASE(model_info_of_a_deployment_lies_over_the_catalogue) {
    deployment d;
    d.id = "one";
    d.provider = "anthropic";
    d.model = "claude-opus-4-7";
    d.model_info = R"({"input_cost_per_token":1.5e-06,"max_input_tokens":5000,"supports_vision":false})";
    BOOST_REQUIRE(attach_facts(d, embedded_catalog()).has_value());
    BOOST_CHECK(*d.facts->prices->rate(price_kind::input, price_tier::standard, 10) == money(1500));
    BOOST_CHECK(*d.facts->prices->rate(price_kind::output, price_tier::standard, 10) == money(25000));
    BOOST_TEST(d.facts->traits.context_window == 5000);
    BOOST_CHECK(!d.facts->supports(model_ability::vision));
    BOOST_CHECK(d.facts->traits.reasoning == style::adaptive);

    d.model = "nothing-like-it";
    BOOST_REQUIRE(attach_facts(d, nullptr).has_value());
    BOOST_TEST(d.facts->name == "anthropic/nothing-like-it");

    d.model_info = R"({"supports_vision":"perhaps"})";
    const auto wrong = attach_facts(d, embedded_catalog());
    BOOST_REQUIRE(wrong.has_error());
    BOOST_TEST(wrong.error().message() == "deployment 'one': model_info.supports_vision: expected true or false");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace lookup_unit
