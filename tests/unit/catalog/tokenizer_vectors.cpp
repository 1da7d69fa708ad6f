// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/tokenizer.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#if !defined(LLMX_TOKENIZER)
#error "llmx: LLMX_TOKENIZER is the path of tests/tokenizer: tests/CMakeLists.txt defines it for test_catalog"
#endif

namespace tokenizer_vectors_unit {

using namespace llmx;

namespace {

std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// Where tests/tokenizer/install puts OpenAI's files of ranks, or the directory of the variable LLMX_TOKENIZER_FILES.
std::string rank_directory() {
    if (const char* named = std::getenv("LLMX_TOKENIZER_FILES")) return named;
    return LLMX_TOKENIZER "/node_modules/gpt-tokenizer/data";
}

std::map<std::string, tokenizer, std::less<>> loaded() {
    std::map<std::string, tokenizer, std::less<>> all;
    for (const token_encoding& e : token_encodings()) {
        const std::string path = rank_directory() + "/" + std::string(e.rank_file);
        const std::string ranks = file_text(path);
        if (!ranks.empty()) all.emplace(std::string(e.name), tokenizer::load(e.name, ranks, path).value());
    }
    return all;
}

std::vector<std::uint32_t> numbers(const boost::json::value& list) {
    std::vector<std::uint32_t> all;
    for (const boost::json::value& v : list.as_array()) all.push_back(v.to_number<std::uint32_t>());
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tokenizer_vectors)

BOOST_AUTO_TEST_CASE(texts_have_the_tokens_that_the_encoders_of_openai_give_them) {
    const auto tokenizers = loaded();
    if (tokenizers.empty()) {
        BOOST_TEST_MESSAGE("not tested: no files of ranks in " << rank_directory() << ": run tests/tokenizer/install");
        return;
    }
    BOOST_REQUIRE(tokenizers.size() == 3u);
    std::ifstream in(LLMX_TOKENIZER "/vectors.jsonl");
    std::size_t texts = 0;
    for (std::string line; std::getline(in, line); ++texts) {
        const boost::json::object row = boost::json::parse(line).as_object();
        const std::string text(row.at("text").as_string());
        BOOST_TEST_CONTEXT(row.at("name").as_string()) {
            if (const boost::json::value* const marked = row.if_contains("marked")) {
                const tokenizer& t = tokenizers.find(std::string(marked->as_string()))->second;
                BOOST_TEST(t.encode(text, special_tokens::allowed) == numbers(row.at("tokens")), boost::test_tools::per_element());
                continue;
            }
            for (const auto& [name, t] : tokenizers) {
                const std::string_view ranks = name == "o200k_harmony" ? std::string_view("o200k_base") : std::string_view(name);
                const std::vector<std::uint32_t> wanted = numbers(row.at(ranks)), found = t.encode(text);
                BOOST_TEST(found == wanted, boost::test_tools::per_element());
                BOOST_TEST(t.count(text) == wanted.size());
                BOOST_TEST(t.decode(found).value() == text);
            }
        }
    }
    BOOST_TEST(texts > 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tokenizer_vectors_unit
