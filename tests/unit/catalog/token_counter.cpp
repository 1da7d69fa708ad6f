// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/embedded.hpp>
#include <llmx/catalog/token_counter.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace token_counter_unit {

using namespace llmx;

namespace {

/// The 256 bytes and nothing else: a token is a byte.
tokenizer bytes(std::string_view encoding) {
    std::string text;
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        text += base64_encode(std::string_view(&byte, 1)) + " " + std::to_string(c) + "\n";
    }
    return tokenizer::load(encoding, text).value();
}

std::string tokenizer_of(std::string_view provider, std::string_view model) {
    const model_facts* const f = embedded_catalog()->find(provider, model);
    return f != nullptr ? f->tokenizer : std::string("not known");
}

} // namespace

BOOST_AUTO_TEST_SUITE(token_counters)

BOOST_AUTO_TEST_CASE(a_model_with_loaded_ranks_is_counted_exactly_and_any_other_is_estimated) {
    token_counter counter;
    BOOST_TEST(!counter.is_exact("o200k_base"));
    BOOST_TEST(counter.count("four words are here", "o200k_base") < 10u);
    counter.add(bytes("o200k_base"));
    counter.add(bytes("o200k_base"));
    BOOST_TEST(counter.is_exact("o200k_base"));
    BOOST_TEST(counter.count("four words are here", "o200k_base") == 19u);
    for (const std::string_view other : {"cl100k_base", "o200k_harmony", "claude", "kimi_k3", ""}) {
        BOOST_TEST(!counter.is_exact(other));
        BOOST_TEST(counter.count("four words are here", other) < 10u);
    }
    BOOST_TEST(counter.count("", "claude") == 0u);
}

BOOST_AUTO_TEST_CASE(ranks_are_shared_by_the_encodings_that_have_them) {
    BOOST_TEST(bytes("o200k_base").with_encoding("o200k_harmony").value().encoding().name == "o200k_harmony");
    const auto wrong = bytes("o200k_base").with_encoding("cl100k_base");
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(wrong.error().message().find("the ranks of o200k_base are not those of an encoding \"cl100k_base\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(messages_names_tools_and_media_have_tokens_beside_their_texts) {
    token_counter counter;
    counter.add(bytes("o200k_base"));
    const auto count = [&](const chat_request& r) { return counter.count_input(r, "o200k_base"); };
    chat_request r("m", "hi");
    BOOST_TEST(count(r) == 4u + 2 + 3);
    r.messages[0].name = "bob";
    BOOST_TEST(count(r) == 4u + 2 + 1 + 3 + 3);
    tool t;
    t.name = "f";
    t.description = "does";
    r.tools.push_back(t);
    BOOST_TEST(count(r) == 13u + 8 + 5);
    r.messages[0].content.emplace_back(image_part());
    BOOST_TEST(count(r) == 26u + tokens_of_media);
    token_count_request bare(r);
    bare.bare_text = "four";
    BOOST_TEST(counter.count_input(bare, "o200k_base") == 4u);
    chat_reply answer;
    answer.choices.emplace_back().answer.content.emplace_back(text_part("hello"));
    BOOST_TEST(counter.count_output(answer, "o200k_base") == 5u);
}

BOOST_AUTO_TEST_CASE(the_catalogue_names_the_tokenizer_of_a_model_or_of_its_family) {
    BOOST_TEST(tokenizer_of("openai", "gpt-4o") == "o200k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-4o-2024-11-20") == "o200k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-4.1-mini") == "o200k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-4") == "cl100k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-4-turbo") == "cl100k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-4-0613") == "cl100k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-3.5-turbo") == "cl100k_base");
    BOOST_TEST(tokenizer_of("openai", "gpt-5") == "o200k_base");
    BOOST_TEST(tokenizer_of("openai", "o3") == "o200k_base");
    BOOST_TEST(tokenizer_of("groq", "openai/gpt-oss-120b") == "o200k_harmony");
    BOOST_TEST(tokenizer_of("anthropic", "claude-opus-4-7") == "claude");
    BOOST_TEST(tokenizer_of("gemini", "gemini-2.5-flash") == "gemini");
    BOOST_TEST(tokenizer_of("deepseek", "deepseek-chat") == "deepseek");
}

BOOST_AUTO_TEST_CASE(estimates_are_as_near_to_the_vectors_as_the_documentation_states) {
    const token_counter counter;
    std::ifstream in(LLMX_TOKENIZER "/vectors.jsonl");
    double sum[2] = {0, 0}, by_bytes = 0;
    int texts = 0;
    for (std::string line; std::getline(in, line);) {
        const boost::json::object row = boost::json::parse(line).as_object();
        if (!row.at("name").as_string().starts_with("language.")) continue;
        const std::string text(row.at("text").as_string());
        ++texts;
        for (int i = 0; i < 2; ++i) {
            const std::string_view name = i == 0 ? "o200k_base" : "cl100k_base";
            const double exact = static_cast<double>(row.at(name).as_array().size());
            sum[i] += std::abs(static_cast<double>(counter.count(text, name)) / exact - 1);
            if (i == 0) by_bytes += std::abs(static_cast<double>(text.size()) / 4 / exact - 1);
        }
    }
    BOOST_REQUIRE(texts > 20);
    BOOST_TEST(sum[0] / texts < 0.17);
    BOOST_TEST(sum[1] / texts < 0.10);
    // Without classes of characters.
    BOOST_TEST(by_bytes / texts > 0.3);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_estimated_too) {
    const token_counter counter;
    for (const std::string_view text : {"\xFF\xFE", "\xC3", "\xE4\xB8", "a\x80z", "\xF0\x9F\x99\x82"}) BOOST_TEST(counter.count(text, "claude") > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace token_counter_unit
