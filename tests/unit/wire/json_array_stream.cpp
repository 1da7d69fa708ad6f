// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_array_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace json_array_stream_unit {

namespace {

using namespace std::string_view_literals;
using objects = std::vector<std::string>;

auto collect(objects& to) {
    return [&to](std::string_view object) { to.emplace_back(object); };
}

llmx::result<void> feed_copy(llmx::json_array_stream& p, std::string_view block, objects& to) {
    const std::unique_ptr<char[]> copy(new char[block.size()]);
    block.copy(copy.get(), block.size());
    return p.feed(std::string_view(copy.get(), block.size()), collect(to));
}

void same_at_every_split(std::string_view text, const objects& expected) {
    for (std::size_t split = 0; split <= text.size(); ++split) {
        objects out;
        llmx::json_array_stream p;
        BOOST_TEST(feed_copy(p, text.substr(0, split), out).has_value());
        BOOST_TEST(feed_copy(p, text.substr(split), out).has_value());
        BOOST_TEST(p.complete());
        BOOST_TEST(out == expected, boost::test_tools::per_element());
    }
    objects out;
    llmx::json_array_stream p;
    for (std::size_t i = 0; i < text.size(); ++i) {
        BOOST_TEST(p.complete() == (text.find(']', i) == std::string_view::npos));
        BOOST_TEST(feed_copy(p, text.substr(i, 1), out).has_value());
    }
    BOOST_TEST(out == expected, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_array_stream)

BOOST_AUTO_TEST_CASE(gemini_stream) {
    same_at_every_split("[{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a ] } \\\" \\\\\"}]}}]}\n,\r\n"
                        "{\"usageMetadata\": {\"t\": 1}}\n]\n",
                        {"{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a ] } \\\" \\\\\"}]}}]}",
                         "{\"usageMetadata\": {\"t\": 1}}"});
    same_at_every_split("[]", {});
    same_at_every_split(" \n[ ] ", {});
    same_at_every_split("[{\"a\":\"\xC3\xA9\n\"}]", {"{\"a\":\"\xC3\xA9\n\"}"});
}

BOOST_AUTO_TEST_CASE(a_stream_cut_off_is_not_complete) {
    const auto text = "[{\"a\":[1,2]},{\"b\":\"]\"}]"sv;
    for (std::size_t n = 0; n < text.size(); ++n) {
        llmx::json_array_stream p;
        objects out;
        BOOST_TEST(feed_copy(p, text.substr(0, n), out).has_value());
        BOOST_TEST(!p.complete());
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_array_of_objects_is_rejected) {
    for (const auto text : {"{"sv, "x"sv, "{\"error\":{}}"sv, "[1"sv, "[,"sv, "[{},]"sv, "[{}{"sv,
        "[{},,"sv, "[{}]]"sv, "[]["sv,
                            "[\"a\"]"sv, "[[{}]]"sv, "\xEF\xBB\xBF["sv, "[{}]x"sv}) {
        for (std::size_t split = 0; split <= text.size(); ++split) {
            llmx::json_array_stream p;
            objects out;
            auto r = feed_copy(p, text.substr(0, split), out);
            if (r.has_value()) r = feed_copy(p, text.substr(split), out);
            BOOST_TEST_REQUIRE(r.has_error(), text);
            BOOST_TEST((r.error().value() == llmx::errc::bad_response));
            BOOST_TEST(p.feed("", collect(out)).has_error());
            p.reset();
            BOOST_TEST(p.feed("[{}]", collect(out)).has_value());
            BOOST_TEST(p.complete());
        }
    }
}

BOOST_AUTO_TEST_CASE(an_object_is_bounded_at_every_split) {
    const auto fits = "[{\"a\":123},{\"b\":456}]"sv, large = "[{\"a\":1234},{}]"sv;
    for (std::size_t split = 0; split <= large.size(); ++split) {
        objects out;
        llmx::json_array_stream p(9);
        BOOST_TEST(feed_copy(p, fits.substr(0, split), out).has_value());
        BOOST_TEST(feed_copy(p, fits.substr(split), out).has_value());
        BOOST_TEST(out.size() == 2u);

        llmx::json_array_stream q(9);
        auto r = feed_copy(q, large.substr(0, split), out);
        if (r.has_value()) r = feed_copy(q, large.substr(split), out);
        BOOST_TEST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == llmx::errc::bad_response));
        BOOST_TEST(out.size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(an_object_within_one_block_is_not_copied) {
    const std::string block = "[{\"a\":1},{}]";
    std::vector<std::ptrdiff_t> at;
    llmx::json_array_stream p;
    BOOST_TEST(p.feed(block, [&](std::string_view o) { at.push_back(o.data() - block.data()); }).has_value());
    BOOST_TEST(at == (std::vector<std::ptrdiff_t>{1, 9}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failing_sink_ends_the_parse) {
    int calls = 0;
    const auto refuse = [&calls](std::string_view) -> llmx::result<void> {
        ++calls;
        return llmx::error(llmx::errc::content_policy);
    };
    llmx::json_array_stream p;
    const auto r = p.feed("[{},{}]", refuse);
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::content_policy));
    BOOST_TEST(p.feed(",{}]", refuse).has_error());
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(random_arrays_at_random_splits) {
    const std::string_view members[] = {"\"a\":1", "\"b\":\"}{][\"", "\"c\":\"\\\\\"", "\"d\":\"\\\"\"",
        "\"e\":{\"x\":[{}]}",
                                        "\"f\":\"a longer text that has no special bytes in it, \xC3\xA9 but one\""};
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        std::mt19937_64 random(seed);
        objects expected, out;
        std::string text = "[";
        for (auto n = random() % 6; n != 0; --n) {
            std::string object = "{";
            for (auto k = random() % 4; k != 0; --k) {
                object += members[random() % std::size(members)];
                if (k != 1) object += ',';
            }
            object += '}';
            expected.push_back(object);
            text += object + (n != 1 ? ",\r\n" : "\n");
        }
        text += "]";
        llmx::json_array_stream p;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = 1 + random() % 30;
            BOOST_TEST(feed_copy(p, std::string_view(text).substr(at, n), out).has_value(), "seed " << seed);
            at += n;
        }
        BOOST_TEST(p.complete());
        BOOST_TEST_CONTEXT("seed " << seed) { BOOST_TEST(out == expected, boost::test_tools::per_element()); }
    }
}

// Well formed or not: the same objects, and a failure or none, whole and at every split.
BOOST_AUTO_TEST_CASE(random_bytes_at_every_split) {
    const std::string_view tokens[] = {"[", "]", "{", "}", ",", "{}", "\"", "\\", " ", "\r\n", "\"a\":[1]", "\"}\"", "[{", "}]"};
    const auto run = [](std::string_view text, std::initializer_list<std::size_t> cuts) {
        objects out;
        llmx::json_array_stream p;
        bool good = true;
        std::size_t at = 0;
        for (const std::size_t cut : cuts) {
            good = feed_copy(p, text.substr(at, cut - at), out).has_value() && good;
            at = cut;
        }
        good = feed_copy(p, text.substr(at), out).has_value() && good;
        out.push_back(good ? "good" : "bad");
        out.push_back(p.complete() && good ? "complete" : "open");
        return out;
    };
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        std::mt19937_64 random(seed);
        std::string text = random() % 4 == 0 ? "" : "[";
        for (auto n = random() % 14; n-- > 0;) text += tokens[random() % std::size(tokens)];
        const objects whole = run(text, {});
        for (std::size_t a = 0; a <= text.size(); ++a)
            for (const std::size_t b : {a, a + (text.size() - a) / 2})
                BOOST_TEST(run(text, {a, b}) == whole, "seed " << seed << " cut at " << a << " and " << b);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_array_stream_unit
