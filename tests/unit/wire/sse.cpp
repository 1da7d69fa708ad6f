// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/sse.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sse_unit {

namespace {

using namespace std::string_view_literals;

struct seen {
    std::string event, data, id;
    bool operator==(const seen&) const = default;
};
std::ostream& operator<<(std::ostream& os, const seen& e) {
    return os << "{" << e.event << "|" << e.data << "|" << e.id << "}";
}

using events = std::vector<seen>;

auto collect(events& to) {
    return [&to](const llmx::sse_event& e) {
        to.push_back(seen{std::string(e.event), std::string(e.data), std::string(e.id)});
    };
}

/// A copy of exactly the block's size on the heap, so that a view kept too long or a read
/// past the end is seen by the sanitizer.
void feed_copy(llmx::sse_parser& p, std::string_view block, events& to) {
    const std::unique_ptr<char[]> copy(new char[block.size()]);
    block.copy(copy.get(), block.size());
    BOOST_TEST_REQUIRE(p.feed(std::string_view(copy.get(), block.size()), collect(to)).has_value());
}

events whole(std::string_view text) {
    events out;
    llmx::sse_parser p;
    feed_copy(p, text, out);
    return out;
}

void same_at_every_split(std::string_view text, const events& expected) {
    BOOST_TEST(whole(text) == expected, boost::test_tools::per_element());
    for (std::size_t split = 0; split <= text.size(); ++split) {
        BOOST_TEST_CONTEXT("split at " << split) {
            events out;
            llmx::sse_parser p;
            feed_copy(p, text.substr(0, split), out);
            feed_copy(p, text.substr(split), out);
            BOOST_TEST(out == expected, boost::test_tools::per_element());
        }
    }
    events out;
    llmx::sse_parser p;
    for (std::size_t i = 0; i < text.size(); ++i) feed_copy(p, text.substr(i, 1), out);
    BOOST_TEST(out == expected, boost::test_tools::per_element());
}

/// In three blocks, cut at every two places: what one block left behind is replaced by the next.
void same_at_every_two_cuts(std::string_view text, const events& expected) {
    for (std::size_t first = 0; first <= text.size(); ++first)
        for (std::size_t second = first; second <= text.size(); ++second) {
            events out;
            llmx::sse_parser p;
            feed_copy(p, text.substr(0, first), out);
            feed_copy(p, text.substr(first, second - first), out);
            feed_copy(p, text.substr(second), out);
            if (out != expected)
                BOOST_TEST_CONTEXT("cut at " << first << " and " << second) {
                    BOOST_TEST(out == expected, boost::test_tools::per_element());
                }
        }
}

/// The standard's algorithm written down word for word over the whole text.
events by_the_standard(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    events out;
    std::string data, type, id;
    while (true) {
        const std::size_t end = text.find_first_of("\r\n");
        if (end == std::string_view::npos) return out;
        const std::string_view line = text.substr(0, end);
        const bool crlf = text.substr(end, 2) == "\r\n";
        text.remove_prefix(end + (crlf ? 2 : 1));
        if (line.empty()) {
            if (!data.empty()) {
                data.pop_back();
                out.push_back(seen{type, data, id});
            }
            data.clear();
            type.clear();
            continue;
        }
        if (line.front() == ':') continue;
        std::string_view field = line, value;
        if (const auto colon = line.find(':'); colon != std::string_view::npos) {
            field = line.substr(0, colon);
            value = line.substr(colon + 1);
            if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        }
        if (field == "event") type = value;
        else if (field == "data") (data += value) += '\n';
        else if (field == "id" && value.find('\0') == std::string_view::npos) id = value;
    }
}

} // namespace

} // namespace sse_unit

BOOST_TEST_DONT_PRINT_LOG_VALUE(sse_unit::events)

namespace sse_unit {

BOOST_AUTO_TEST_SUITE(wire_sse)

BOOST_AUTO_TEST_CASE(openai_stream) {
    same_at_every_split("data: {\"a\":1}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
                        {{"", "{\"a\":1}", ""}, {"", "{\"b\":2}", ""}, {"", "[DONE]", ""}});
}

BOOST_AUTO_TEST_CASE(anthropic_stream_with_crlf) {
    same_at_every_split("event: message_start\r\ndata: {\"type\":\"message_start\"}\r\n\r\n"
                        "event: ping\r\ndata: {}\r\n\r\n",
                        {{"message_start", "{\"type\":\"message_start\"}", ""}, {"ping", "{}", ""}});
}

BOOST_AUTO_TEST_CASE(lines_may_end_with_cr_alone_and_mixed) {
    same_at_every_split("data: a\r\rdata: b\n\rdata: c\r\n\ndata: d\r\n\r",
                        {{"", "a", ""}, {"", "b", ""}, {"", "c", ""}, {"", "d", ""}});
}

BOOST_AUTO_TEST_CASE(several_data_lines_are_joined) {
    same_at_every_split("data: YHOO\ndata: +2\ndata: 10\n\n", {{"", "YHOO\n+2\n10", ""}});
    same_at_every_split("data\n\ndata\ndata\n\ndata:", {{"", "", ""}, {"", "\n", ""}});
}

BOOST_AUTO_TEST_CASE(one_space_behind_the_colon_is_dropped) {
    same_at_every_split("data:test\n\ndata: test\n\ndata:  test\n\n",
                        {{"", "test", ""}, {"", "test", ""}, {"", " test", ""}});
}

BOOST_AUTO_TEST_CASE(ids_stay_until_changed) {
    same_at_every_split(": comment\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n"
                        "id: 7\n\ndata: fourth\n\n",
                        {{"", "first", "1"}, {"", "second", ""}, {"", " third", ""}, {"", "fourth", "7"}});
    same_at_every_split("id: 1\ndata: a\n\nid: 2\0003\ndata: b\n\n"sv, {{"", "a", "1"}, {"", "b", "1"}});
}

BOOST_AUTO_TEST_CASE(byte_order_mark_only_at_the_start) {
    same_at_every_split("\xEF\xBB\xBF" "data: a\n\n\xEF\xBB\xBF" "data: b\n\n", {{"", "a", ""}});
    same_at_every_split("\xEF\xBB\xBF\ndata: a\n\n", {{"", "a", ""}});
}

BOOST_AUTO_TEST_CASE(comments_and_unknown_fields_are_ignored) {
    same_at_every_split(": OPENROUTER PROCESSING\n\nfoo: bar\nDATA: no\n data: no\ndata : no\ndata: yes\n:\n\n",
                        {{"", "yes", ""}});
}

BOOST_AUTO_TEST_CASE(an_event_without_data_is_none_and_its_name_is_forgotten) {
    same_at_every_split("data: a\nevent: old\nevent\n\n", {{"", "a", ""}});
    same_at_every_split("event: old\nevent:\ndata\n\ndata: x\nevent: new\n\n", {{"", "", ""}, {"new", "x", ""}});
    same_at_every_two_cuts("event: old\nevent\ndata: x\n\n", {{"", "x", ""}});
    same_at_every_split("event: ping\n\ndata: x\n\nevent: a\nevent: b\ndata: y\n\nevent: c\nevent\ndata: z\n\n",
                        {{"", "x", ""}, {"b", "y", ""}, {"", "z", ""}});
}

BOOST_AUTO_TEST_CASE(what_the_stream_ends_within_is_discarded) {
    same_at_every_split("data: a\n\ndata: b\n", {{"", "a", ""}});
    same_at_every_split("data: a\n\ndata: b", {{"", "a", ""}});
}

BOOST_AUTO_TEST_CASE(retry_is_digits_only) {
    llmx::sse_parser p;
    events none;
    BOOST_TEST(!p.retry());
    feed_copy(p, "retry: 2500\n", none);
    BOOST_TEST_REQUIRE(p.retry().has_value());
    BOOST_TEST(p.retry()->count() == 2500);
    feed_copy(p, "retry: 10s\nretry: -1\nretry:\nretry: 99999999999999999999\n", none);
    BOOST_TEST(p.retry()->count() == 2500);
    p.reset();
    BOOST_TEST(!p.retry());
}

BOOST_AUTO_TEST_CASE(idle_tells_whether_an_end_now_loses_something) {
    llmx::sse_parser p;
    events out;
    BOOST_TEST(p.idle());
    feed_copy(p, "data: a", out);
    BOOST_TEST(!p.idle());
    feed_copy(p, "\n", out);
    BOOST_TEST(!p.idle());
    feed_copy(p, "\n", out);
    BOOST_TEST(p.idle());
    feed_copy(p, "event: x\n", out);
    BOOST_TEST(!p.idle());
    feed_copy(p, "\n: keep-alive", out);
    BOOST_TEST(p.idle());
    feed_copy(p, "\nid: 5\n", out);
    BOOST_TEST(p.idle());
    BOOST_TEST(p.last_event_id() == "5");
}

BOOST_AUTO_TEST_CASE(an_incomplete_event_is_delivered_on_demand_only) {
    for (const auto text : {"event: e\ndata: b\n"sv, "event: e\ndata: b"sv}) {
        llmx::sse_parser p;
        events out;
        feed_copy(p, text, out);
        BOOST_TEST(out.empty());
        BOOST_TEST(p.deliver_incomplete(collect(out)).has_value());
        BOOST_TEST(out == (events{{"e", "b", ""}}), boost::test_tools::per_element());
        BOOST_TEST(p.idle());
        BOOST_TEST(p.deliver_incomplete(collect(out)).has_value());
        BOOST_TEST(out.size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(an_event_within_one_block_is_not_copied) {
    const std::string block = "event: delta\ndata: {\"x\":1}\n\ndata: two\r\n\r\n";
    const auto inside = [&block](std::string_view v) {
        return v.data() >= block.data() && v.data() + v.size() <= block.data() + block.size();
    };
    llmx::sse_parser p;
    int n = 0;
    const auto r = p.feed(block, [&](const llmx::sse_event& e) {
        ++n;
        BOOST_TEST(inside(e.data));
        BOOST_TEST((e.event.empty() || inside(e.event)));
    });
    BOOST_TEST(r.has_value());
    BOOST_TEST(n == 2);
}

BOOST_AUTO_TEST_CASE(the_size_of_an_event_is_bounded_at_every_split) {
    const std::string fits = "data: 0123456789\n\n"; // 16 bytes of lines
    const std::string large = "data: 0123\ndata: 45\n\n";
    for (std::size_t split = 0; split <= fits.size(); ++split) {
        events out;
        llmx::sse_parser p(16);
        feed_copy(p, std::string_view(fits).substr(0, split), out);
        feed_copy(p, std::string_view(fits).substr(split), out);
        feed_copy(p, fits, out);
        BOOST_TEST(out.size() == 2u);
    }
    for (std::size_t split = 0; split <= large.size(); ++split) {
        BOOST_TEST_CONTEXT("split at " << split) {
            events out;
            llmx::sse_parser p(16);
            auto r = p.feed(std::string_view(large).substr(0, split), collect(out));
            if (r.has_value()) r = p.feed(std::string_view(large).substr(split), collect(out));
            BOOST_TEST_REQUIRE(r.has_error());
            BOOST_TEST((r.error().value() == llmx::errc::bad_response));
            BOOST_TEST(out.empty());
            BOOST_TEST(p.feed("data: x\n\n", collect(out)).has_error());
            BOOST_TEST(p.deliver_incomplete(collect(out)).has_error());
            BOOST_TEST(out.empty());
            p.reset();
            BOOST_TEST(p.feed("data: x\n\n", collect(out)).has_value());
            BOOST_TEST(out.size() == 1u);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_bounded) {
    llmx::sse_parser p(100);
    events out;
    std::size_t fed = 0;
    while (p.feed("0123456789", collect(out)).has_value()) fed += 10;
    BOOST_TEST(fed == 100u);
}

BOOST_AUTO_TEST_CASE(keep_alive_comments_without_blank_lines_do_not_add_up) {
    llmx::sse_parser p(64);
    events out;
    for (int i = 0; i < 1000; ++i) feed_copy(p, ": ping\n", out);
    feed_copy(p, "data: x\n\n", out);
    BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_large_event_arrives_whole) {
    const std::string payload(300 * 1024, 'x');
    const std::string text = "data: " + payload + "\n\ndata: after\n\n";
    for (const std::size_t step : {std::size_t{1000}, std::size_t{4096}, text.size()}) {
        events out;
        llmx::sse_parser p;
        for (std::size_t i = 0; i < text.size(); i += step)
            feed_copy(p, std::string_view(text).substr(i, step), out);
        BOOST_TEST_REQUIRE(out.size() == 2u);
        BOOST_TEST((out[0].data == payload));
        BOOST_TEST(out[1].data == "after");
    }
}

BOOST_AUTO_TEST_CASE(a_failing_sink_ends_the_parse) {
    llmx::sse_parser p;
    int calls = 0;
    const auto refuse = [&calls](const llmx::sse_event&) -> llmx::result<void> {
        if (++calls == 2) return llmx::error(llmx::errc::content_policy);
        return llmx::success();
    };
    const auto r = p.feed("data: 1\n\ndata: 2\n\ndata: 3\n\n", refuse);
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::content_policy));
    BOOST_TEST(calls == 2);
    BOOST_TEST(p.feed("data: 4\n\n", refuse).has_error());
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(random_streams_agree_with_the_standard_at_random_splits) {
    const std::vector<std::string> tokens = {
        "data", "event", "id",   "retry", ":", ": ", " ",      "\n", "\n",        "\r",
        "\r\n", "\n\n",  "\r\r", "x",     "{", "}",  "\xC3\xA9", "7",  "\xEF\xBB\xBF", std::string(1, '\0')};
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text;
        const auto count = random() % 60;
        for (std::uint64_t i = 0; i < count; ++i) text += tokens[random() % tokens.size()];
        const events expected = by_the_standard(text);
        events out;
        llmx::sse_parser p;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = 1 + random() % (random() % 4 == 0 ? 40 : 4);
            feed_copy(p, std::string_view(text).substr(at, n), out);
            at += n;
        }
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_TEST(whole(text) == expected, boost::test_tools::per_element());
            BOOST_TEST(out == expected, boost::test_tools::per_element());
        }
    }
}

// Fields as servers and attackers write them, cut at every single place and into single bytes.
BOOST_AUTO_TEST_CASE(random_fields_agree_with_the_standard_at_every_split) {
    const std::vector<std::string> names = {"data", "data", "event", "event", "event", "id", "retry", "", "Data", "\xEF\xBB\xBF" "data", "unknown"};
    const std::vector<std::string> values = {"", "", "", " ", " x", ": y", std::string(" a\0b", 4), "  two",
                                            "\xC3\xA9", "{\"a\":1}", "\xEF\xBB\xBF", std::string(1, '\0')};
    const std::vector<std::string> ends = {"\n", "\n", "\r", "\r\n", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r", "\r\r\n"};
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        std::mt19937_64 random(seed);
        std::string text = random() % 4 == 0 ? "\xEF\xBB\xBF" : "";
        for (auto n = 1 + random() % 7; n-- > 0;) {
            text += names[random() % names.size()];
            if (random() % 5 != 0) text += ":" + values[random() % values.size()];
            text += ends[random() % ends.size()];
        }
        const events expected = by_the_standard(text);
        BOOST_TEST_CONTEXT("seed " << seed) {
            same_at_every_split(text, expected);
            same_at_every_two_cuts(text, expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(unfinished_counts_from_the_last_blank_line) {
    const std::string text = "data: a\n\nevent: b\r\ndata: c\r\n\r\n: x\n\ndata: d\r\rdata: e";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        events out;
        llmx::sse_parser p;
        std::size_t fed = 0;
        for (std::size_t at = 0; at < text.size(); at += size) {
            const std::string_view block = std::string_view(text).substr(at, size);
            feed_copy(p, block, out);
            fed += block.size();
            std::size_t begun = 0;
            for (const std::string_view blank : {"\n\n"sv, "\r\n\r"sv, "\r\r"sv})
                if (const auto found = std::string_view(text).substr(0, fed).rfind(blank); found != std::string_view::npos)
                    begun = std::max(begun, found + blank.size());
            // The second half of a line end belongs to the first.
            if (begun < fed && text[begun] == '\n' && text[begun - 1] == '\r') ++begun;
            BOOST_TEST(p.unfinished() == fed - begun);
        }
    }
    llmx::sse_parser p;
    events out;
    feed_copy(p, "data: x", out);
    p.reset();
    BOOST_TEST(p.unfinished() == 0u);
}

BOOST_AUTO_TEST_CASE(writer_forms) {
    std::string out;
    llmx::append_sse_data(out, "{\"a\":1}");
    BOOST_TEST(out == "data: {\"a\":1}\n\n");
    out.clear();
    llmx::append_sse_event(out, "message_stop", "{}");
    BOOST_TEST(out == "event: message_stop\ndata: {}\n\n");
    out.clear();
    llmx::append_sse_event(out, "a\nid: 9", "{\r\n\"x\":\n1\r}");
    BOOST_TEST(out == "event: a\ndata: {\ndata: \"x\":\ndata: 1\ndata: }\n\n");
    out.clear();
    llmx::append_sse_comment(out, "keep\nalive");
    BOOST_TEST(out == ": keep\n: alive\n\n");
    BOOST_TEST(whole(out).empty());
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
    const std::string_view letters = "ab {}:\n \xC3\xA9";
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        std::mt19937_64 random(seed);
        std::string out;
        events expected;
        for (int k = 0; k < 5; ++k) {
            std::string data, name;
            for (auto n = random() % 12; n != 0; --n) data += letters[random() % letters.size()];
            for (auto n = random() % 3; n != 0; --n) name += "ab"[random() % 2];
            llmx::append_sse_event(out, name, data);
            expected.push_back(seen{name, data, ""});
        }
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_TEST(whole(out) == expected, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sse_unit
