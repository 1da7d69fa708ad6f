// SPDX-License-Identifier: BSL-1.0
// `llmx-gateway models`: what a person reads.
#include "../../../examples/gateway/models_command.hpp"

#include <llmx/catalog/embedded.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace models_command_unit {

using namespace llmx;

namespace {
std::string models(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& w : words) arguments.push_back(w.data());
    const auto q = models_command::parse(arguments);
    if (!q) return "refused: " + q.error().message();
    const auto text = models_command::run(*embedded_catalog(), *q);
    return text ? *text : "refused: " + text.error().message();
}
bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }
std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }
} // namespace

BOOST_AUTO_TEST_SUITE(models_of_the_gateway)

BOOST_AUTO_TEST_CASE(all_models_are_a_table_with_prices_of_a_million_tokens) {
    const std::string all = models({});
    BOOST_TEST(lines(all) == embedded_catalog()->models().size() + 1);
    BOOST_TEST(all.starts_with("model "));
    const auto at = all.find("\nopenai/gpt-5 ");
    BOOST_REQUIRE(at != std::string::npos);
    const std::string row = all.substr(at + 1, all.find('\n', at + 1) - at - 1);
    BOOST_TEST(has(row, "chat"));
    BOOST_TEST(has(row, "272,000"));
    BOOST_TEST(has(row, " 1.25 "), row);
    BOOST_TEST(row.ends_with(" 10"), row);
}

BOOST_AUTO_TEST_CASE(filters_choose_by_provider_mode_ability_and_pattern) {
    const std::string opus = models({"anthropic/claude-opus-4-*"});
    BOOST_TEST(lines(opus) == 8u, opus);
    BOOST_TEST(models({"--provider", "anthropic", "*opus-4-*"}) == opus);
    const std::string cohere = models({"--provider", "cohere", "--mode", "rerank"});
    BOOST_TEST(has(cohere, "rerank"));
    BOOST_TEST(!has(cohere, " chat "));
    BOOST_TEST(lines(models({"--provider", "openai", "--can", "vision", "--can", "audio_in"})) < lines(models({"--provider", "openai", "--can", "vision"})));
    BOOST_TEST(models({"--provider", "nobody"}) == "no model of the catalogue is of this kind\n");
}

BOOST_AUTO_TEST_CASE(one_model_is_described_in_units_that_people_compare) {
    const std::string five = models({"gpt-5"});
    for (const char* line : {"model: openai/gpt-5\n", "context window: 272,000 tokens\n", "reasoning: by an effort, cannot be turned off\n",
                             "efforts: minimal low medium high\n", "price of in: $1.25 per million tokens\n",
                             "price of cached, batch: $0.0625 per million tokens\n", "price of search_low: $10 per thousand queries\n"})
        BOOST_TEST(has(five, line), line << "\n" << five);
    const std::string sol = models({"openai/gpt-6.1-sol-2026-11-02"});
    BOOST_TEST(has(sol, "price of in, above 272,000 tokens of prompt: $4 per million tokens\n"), sol);
    BOOST_TEST(has(sol, "factor on all prices, processing_eu: 1.1\n"), sol);
    BOOST_TEST(has(models({"gpt-4o", "--provider", "azure"}), "model: azure/gpt-4o\n"));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_gets_its_family_and_the_nearest_known_names) {
    const std::string opus = models({"claude-opuss-5-5"});
    BOOST_TEST(opus.starts_with("'claude-opuss-5-5' is not in the catalogue; nearest known: anthropic/claude-opus-5-5, "), opus);
    BOOST_TEST(has(opus, "family: claude 4.7 and newer\n"));
    BOOST_TEST(has(opus, "prices: not known\n"));
    const std::string rerank = models({"cohere/rerank-englisch-v3.0"});
    BOOST_TEST(rerank.starts_with("refused: models: nothing is known about 'cohere/rerank-englisch-v3.0'; nearest known: cohere/rerank-english-v3.0"), rerank);
    BOOST_TEST(models({"zzzzzzzzzzzzzzzz"}).starts_with("refused: models: nothing is known about 'zzzzzzzzzzzzzzzz'; usage: "));
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_answered_with_the_usage) {
    BOOST_TEST(has(models({"a", "b"}), "more than one name; usage: "));
    BOOST_TEST(has(models({"--mode", "dance"}), "'dance' is no mode"));
    BOOST_TEST(has(models({"--can", "fly"}), "'fly' is no ability"));
    BOOST_TEST(has(models({"--can"}), "--can has no value"));
    BOOST_TEST(has(models({"--everything", "x"}), "unknown option '--everything'"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace models_command_unit
