// SPDX-License-Identifier: BSL-1.0
#include "support/allocations.hpp"

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>

#include <boost/test/unit_test.hpp>

namespace allocations_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(catalog_allocations)

BOOST_AUTO_TEST_CASE(a_lookup_and_a_cost_allocate_nothing) {
    const model_catalog& known = *embedded_catalog();
    deployment wildcard;
    wildcard.provider = "anthropic";
    wildcard.model = "*";
    BOOST_REQUIRE(attach_facts(wildcard, embedded_catalog()).has_value());
    usage used;
    used.input_tokens = 1000;
    const std::size_t before = llmx_test::allocations_of_thread();
    const void* const seen[] = {
        known.find("anthropic", "claude-opus-4-7"),
        known.find("bedrock", "arn:aws:bedrock:us-east-1::foundation-model/us.anthropic.claude-sonnet-5-20260101-v1:0"),
        known.find("anthropic", "claude-a-name-that-is-longer-than-any-small-string-20290101"),
        known.find("azure/gpt-4o-2024-11-20"),
        known.find("openai", "unheard-of-model"),
        facts_of(wildcard, "claude-opus-9-latest"),
    };
    const auto cost = cost_of(*known.find("anthropic", "claude-opus-4-7"), used);
    const std::size_t after = llmx_test::allocations_of_thread();
    BOOST_TEST(after == before);
    BOOST_TEST(cost.has_value());
    BOOST_TEST(seen[0] != nullptr);
    BOOST_TEST(seen[4] == nullptr);
    BOOST_TEST(seen[5] != nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace allocations_unit
