// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/ndjson.hpp>

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ndjson_unit {

namespace {

using lines = std::vector<std::string>;

auto collect(lines& to) {
    return [&to](std::string_view line) { to.emplace_back(line); };
}

void feed_copy(llmx::ndjson_parser& p, std::string_view block, lines& to) {
    const std::unique_ptr<char[]> copy(new char[block.size()]);
    block.copy(copy.get(), block.size());
    BOOST_TEST_REQUIRE(p.feed(std::string_view(copy.get(), block.size()), collect(to)).has_value());
}

void same_at_every_split(std::string_view text, const lines& expected) {
    for (std::size_t split = 0; split <= text.size(); ++split) {
        lines out;
        llmx::ndjson_parser p;
        feed_copy(p, text.substr(0, split), out);
        feed_copy(p, text.substr(split), out);
        BOOST_TEST(p.finish(collect(out)).has_value());
        BOOST_TEST(out == expected, boost::test_tools::per_element());
    }
    lines out;
    llmx::ndjson_parser p;
    for (std::size_t i = 0; i < text.size(); ++i) feed_copy(p, text.substr(i, 1), out);
    BOOST_TEST(p.finish(collect(out)).has_value());
    BOOST_TEST(out == expected, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_ndjson)

BOOST_AUTO_TEST_CASE(lines_at_every_split) {
    same_at_every_split("{\"a\":1}\n{\"b\":2}\r\n\n \t\r\n{\"c\":3}", {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"});
    same_at_every_split("{\"a\":1}\n{\"done\":true}\n", {"{\"a\":1}", "{\"done\":true}"});
    same_at_every_split("\n\n\r\n", {});
    same_at_every_split("", {});
    same_at_every_split("1\r", {"1"});
}

BOOST_AUTO_TEST_CASE(a_line_without_end_waits_for_finish) {
    llmx::ndjson_parser p;
    lines out;
    feed_copy(p, "{\"a\":", out);
    BOOST_TEST(!p.idle());
    BOOST_TEST(out.empty());
    feed_copy(p, "1}", out);
    BOOST_TEST(out.empty());
    BOOST_TEST(p.finish(collect(out)).has_value());
    BOOST_TEST(out == lines{"{\"a\":1}"}, boost::test_tools::per_element());
    BOOST_TEST(p.idle());
    BOOST_TEST(p.finish(collect(out)).has_value());
    BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_line_within_one_block_is_not_copied) {
    const std::string block = "{\"a\":1}\n{\"b\":2}\n";
    llmx::ndjson_parser p;
    std::vector<std::ptrdiff_t> at;
    BOOST_TEST(p.feed(block, [&](std::string_view line) { at.push_back(line.data() - block.data()); }).has_value());
    BOOST_TEST(at == (std::vector<std::ptrdiff_t>{0, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_is_bounded_at_every_split) {
    for (std::size_t split = 0; split <= 12; ++split) {
        const std::string_view fits = "0123456789\n1", large = "0123456789a\n";
        lines out;
        llmx::ndjson_parser p(10);
        feed_copy(p, fits.substr(0, split), out);
        feed_copy(p, fits.substr(split), out);
        BOOST_TEST(out.size() == 1u);

        llmx::ndjson_parser q(10);
        auto r = q.feed(large.substr(0, split), collect(out));
        if (r.has_value()) r = q.feed(large.substr(split), collect(out));
        BOOST_TEST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == llmx::errc::bad_response));
        BOOST_TEST(q.feed("1\n", collect(out)).has_error());
        BOOST_TEST(q.finish(collect(out)).has_error());
        BOOST_TEST(out.size() == 1u);
        q.reset();
        BOOST_TEST(q.feed("1\n", collect(out)).has_value());
        BOOST_TEST(out.size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(a_failing_sink_ends_the_parse) {
    int calls = 0;
    const auto refuse = [&calls](std::string_view) -> llmx::result<void> {
        ++calls;
        return llmx::error(llmx::errc::content_policy);
    };
    llmx::ndjson_parser p;
    const auto r = p.feed("1\n2\n3", refuse);
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::content_policy));
    BOOST_TEST(p.finish(refuse).has_error());
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(random_lines_at_random_splits) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        std::mt19937_64 random(seed);
        std::string text;
        lines expected, out;
        for (auto n = random() % 10; n != 0; --n) {
            std::string line;
            for (auto k = random() % 20; k != 0; --k) line += "ab{} "[random() % 5];
            if (line.find_first_not_of(' ') != std::string::npos) expected.push_back(line);
            text += line + (random() % 2 == 0 ? "\n" : "\r\n");
        }
        llmx::ndjson_parser p;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = 1 + random() % 9;
            feed_copy(p, std::string_view(text).substr(at, n), out);
            at += n;
        }
        BOOST_TEST_CONTEXT("seed " << seed) { BOOST_TEST(out == expected, boost::test_tools::per_element()); }
    }
}

// Whatever bytes come: the same lines whole and at every split.
BOOST_AUTO_TEST_CASE(random_bytes_at_every_split) {
    using namespace std::string_view_literals;
    const std::string_view tokens[] = {"\n"sv, "\r"sv, "\r\n"sv, " "sv, "\t"sv, "\0"sv, "{\"a\":1}"sv, "x"sv, "\xEF\xBB\xBF"sv, "\xC3\xA9"sv};
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text;
        for (auto n = random() % 14; n-- > 0;) text += tokens[random() % std::size(tokens)];
        lines whole;
        llmx::ndjson_parser p;
        feed_copy(p, text, whole);
        BOOST_TEST(p.finish(collect(whole)).has_value());
        BOOST_TEST_CONTEXT("seed " << seed) { same_at_every_split(text, whole); }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ndjson_unit
