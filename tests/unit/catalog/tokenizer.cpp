// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/detail/token_merge.hpp>
#include <llmx/catalog/detail/token_pieces.hpp>
#include <llmx/catalog/tokenizer.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tokenizer_unit {

using namespace llmx;

namespace {

/// A file of ranks: the 256 bytes, then \p merged.
std::string rank_file(std::initializer_list<std::string_view> merged) {
    std::string text;
    std::size_t rank = 0;
    const auto add = [&](std::string_view token) { text += base64_encode(token) + " " + std::to_string(rank++) + "\n"; };
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        add(std::string_view(&byte, 1));
    }
    for (const std::string_view token : merged) add(token);
    return text;
}

/// Runs of one letter merge in three steps; words merge from both ends.
std::string small_file() {
    return rank_file({"aa", "aaaa", "aaaaaaaa", "he", "ll", "hell", "hello", " w", "or", " wor", "ld", " world", "\n\n", "12", "123",
                      "abcdefghijkl"});
}

tokenizer small(std::string_view encoding = "o200k_base") { return tokenizer::load(encoding, small_file()).value(); }

std::vector<std::string> pieces_of(token_split split, std::string_view text) {
    const detail::code_point_index index = detail::code_point_index::make();
    detail::token_pieces pieces(index, split, text);
    std::vector<std::string> found;
    for (std::string_view p = pieces.next(); !p.empty(); p = pieces.next()) found.emplace_back(p);
    return found;
}

struct split_row {
    std::string_view text;
    std::vector<std::string> cl100k, o200k;
};

std::string why(std::string_view encoding, std::string_view file) {
    const auto read = tokenizer::load(encoding, file, "ranks.tiktoken");
    return read ? std::string("read") : std::string(read.error().message());
}

} // namespace

BOOST_AUTO_TEST_SUITE(tokenizers)

BOOST_AUTO_TEST_CASE(texts_are_cut_as_the_regular_expressions_of_the_encodings_cut_them) {
    const split_row rows[] = {
        {"Hello world", {"Hello", " world"}, {"Hello", " world"}},
        {"I'm DON'T", {"I", "'m", " DON", "'T"}, {"I'm", " DON'T"}},
        {"HTTPServer", {"HTTPServer"}, {"HTTPServer"}},
        {"camelCase", {"camelCase"}, {"camel", "Case"}},
        // heads* gives back all that is not a tail too.
        {"\xE4\xB8\xAD" "AB ", {"\xE4\xB8\xAD" "AB", " "}, {"\xE4\xB8\xAD", "AB", " "}},
        // A mark may lead a word, or begin one.
        {"\xCC\x81" "AB", {"\xCC\x81" "AB"}, {"\xCC\x81", "AB"}},
        {"12345", {"123", "45"}, {"123", "45"}},
        {"a//\n/b", {"a", "//\n", "/b"}, {"a", "//\n/", "b"}},
        {"a   b", {"a", "  ", " b"}, {"a", "  ", " b"}},
        {"a \n  b", {"a", " \n", " ", " b"}, {"a", " \n", " ", " b"}},
        {"a\n  ", {"a", "\n  "}, {"a", "\n", "  "}},
        {" !?\n\nx", {" !?\n\n", "x"}, {" !?\n\n", "x"}},
        {"'\xC5\xBFx", {"'\xC5\xBF", "x"}, {"'\xC5\xBFx"}},
        // White space of Unicode: U+0085 is, U+FEFF is not.
        {"\xC2\x85\xC2\x85", {"\xC2\x85\xC2\x85"}, {"\xC2\x85\xC2\x85"}},
        {"\xEF\xBB\xBF{", {"\xEF\xBB\xBF{"}, {"\xEF\xBB\xBF{"}},
        // Each byte that is no UTF-8 is a symbol.
        {"a\xFF\xC3(", {"a", "\xFF\xC3("}, {"a", "\xFF\xC3("}},
    };
    for (const split_row& row : rows) {
        BOOST_TEST(pieces_of(token_split::cl100k, row.text) == row.cl100k, boost::test_tools::per_element());
        BOOST_TEST(pieces_of(token_split::o200k, row.text) == row.o200k, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_pair_of_the_lowest_rank_is_merged_first_and_of_equal_ones_the_first) {
    const tokenizer t = small();
    const auto tokens = [&](std::string_view text) { return t.encode(text); };
    using expected = std::vector<std::uint32_t>;
    BOOST_TEST(tokens("hello world") == (expected{262, 267}), boost::test_tools::per_element());
    BOOST_TEST(tokens("aaa") == (expected{256, 'a'}), boost::test_tools::per_element());
    BOOST_TEST(tokens("aaaaaaaaaaa") == (expected{258, 256, 'a'}), boost::test_tools::per_element());
    // A piece that is a token is one, although no merges lead to it.
    BOOST_TEST(tokens("abcdefghijkl") == (expected{271}), boost::test_tools::per_element());
    BOOST_TEST(t.count("hello world") == 2u);
    BOOST_TEST(t.count("") == 0u);
}

BOOST_AUTO_TEST_CASE(a_long_piece_gives_the_tokens_that_its_short_ones_give) {
    // The heap and the search choose the same pairs: a text over the border between them, and each part of it.
    const tokenizer t = tokenizer::load("o200k_base", rank_file({"ab", "ba", "abb", "aba", "bab", "bb", "abab"})).value();
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::string text;
        while (text.size() < 40) text += random() % 2 == 0 ? "a" : "b";
        std::vector<std::uint32_t> apart = t.encode(text);
        // "x" is in no merge, so that what is around it is merged each for itself, and the piece is longer.
        std::vector<std::uint32_t> together = t.encode(text + "x" + text + "x" + text);
        std::vector<std::uint32_t> wanted;
        for (int i = 0; i < 3; ++i) {
            wanted.insert(wanted.end(), apart.begin(), apart.end());
            if (i != 2) wanted.push_back('x');
        }
        BOOST_TEST(together == wanted, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(any_bytes_decode_to_what_was_encoded) {
    std::mt19937 random(11);
    for (const std::string_view encoding : {"cl100k_base", "o200k_base", "o200k_harmony"}) {
        const tokenizer t = small(encoding);
        for (int round = 0; round < 2000; ++round) {
            std::string text(random() % 40, '\0');
            for (char& c : text) c = round % 2 == 0 ? static_cast<char>(random() % 256) : "ahelo wrd\n1'<|>"[random() % 15];
            const std::vector<std::uint32_t> tokens = t.encode(text);
            BOOST_TEST(t.decode(tokens).value() == text);
            BOOST_TEST(t.count(text) == tokens.size());
            BOOST_TEST(t.decode(t.encode(text, special_tokens::allowed)).value() == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(special_tokens_are_text_unless_they_are_allowed) {
    const tokenizer t = small("o200k_harmony");
    BOOST_TEST(t.count("<|end|>") == 7u);
    using expected = std::vector<std::uint32_t>;
    const auto allowed = [&](std::string_view text) { return t.encode(text, special_tokens::allowed); };
    BOOST_TEST(allowed("a<|end|><|reserved_200013|>") == (expected{'a', 200007, 200013}), boost::test_tools::per_element());
    BOOST_TEST(allowed("<|reserved_201088|>").size() == 19u);
    BOOST_TEST(allowed("<|<|end|>") == (expected{'<', '|', 200007}), boost::test_tools::per_element());
    BOOST_TEST(t.decode(expected{200007, 200013, 'a'}).value() == "<|end|><|reserved_200013|>a");
    BOOST_TEST(small("o200k_base").encode("<|end|>", special_tokens::allowed).size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_number_that_is_no_token_does_not_decode) {
    const std::vector<std::uint32_t> tokens{'a', 4000};
    const auto read = small().decode(tokens);
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().message().find("the number 4000 is no token of o200k_base") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_of_ranks_is_refused_with_its_line) {
    const std::string good = rank_file({});
    const auto has = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
    BOOST_TEST(why("cl100k_base", good) == "read");
    BOOST_TEST(has(why("p50k_base", good), "there is no encoding \"p50k_base\": name one of cl100k_base, o200k_base, o200k_harmony"));
    BOOST_TEST(has(why("cl100k_base", good + "YWE=\n"), "ranks.tiktoken, line 257: a line of a .tiktoken file is"));
    BOOST_TEST(has(why("cl100k_base", good + "YW!= 256\n"), "line 257: the token is not base64"));
    BOOST_TEST(has(why("cl100k_base", good + " 256\n"), "line 257: the token is not base64"));
    BOOST_TEST(has(why("cl100k_base", good + "YWE= 4194304\n"), "line 257: the rank is not a number below 4194304"));
    BOOST_TEST(has(why("cl100k_base", good + "YWE= 25x\n"), "line 257: the rank is not a number"));
    BOOST_TEST(has(why("cl100k_base", good + "YWE= 255\n"), "line 257: an earlier line has the same rank"));
    BOOST_TEST(has(why("cl100k_base", "AA== 0\n"), "ranks.tiktoken has no rank for the byte 1"));
    BOOST_TEST(has(why("cl100k_base", ""), "ranks.tiktoken has no rank for the byte 0"));
    BOOST_TEST(has(why("cl100k_base", "<html>"), "line 1"));
}

BOOST_AUTO_TEST_CASE(no_text_takes_more_than_n_log_n_steps) {
    const auto ranks = detail::token_ranks::read(small_file(), "ranks").value();
    const detail::code_point_index index = detail::code_point_index::make();
    const auto work = [&](token_split split, std::string_view unit, std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) text += unit;
        detail::token_pieces pieces(index, split, text);
        detail::token_merge merge(ranks);
        for (std::string_view p = pieces.next(); !p.empty(); p = pieces.next()) merge(p, [](std::uint32_t) {});
        return pieces.steps() + merge.steps();
    };
    for (const token_split split : {token_split::cl100k, token_split::o200k}) {
        for (const std::string_view unit : {"a", "A", "ab", "\xE4\xB8\xAD" "A", "\xCC\x81", " ", "\n", " \n", "\n ", "=", "7", "'s", "'", "\xFF",
                                            "/", "\n/", "\xCC\x81" "A", "aA", " A", "\xC2\xA0", "he"}) {
            const std::uint64_t one = work(split, unit, 5'000), ten = work(split, unit, 50'000);
            BOOST_TEST_CONTEXT(unit) {
                BOOST_TEST(one < 20u * 5'000);
                BOOST_TEST(ten < 11 * one);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tokenizer_unit
