// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_stream.hpp"

#include <llmx/wire/sse.hpp>

#include <support/allocations.hpp>

#include <random>

namespace anthropic_messages_stream_out_unit {

using namespace anthropic_test;
using llmx::chat_event;
using llmx::finish_reason;
using kind = llmx::chat_event::kind;

namespace {

chat_event event(kind k, std::uint32_t part, std::string_view text, std::string_view id = {}, std::string_view name = {}) {
    chat_event e;
    e.what = k;
    e.part = part;
    e.text = text;
    e.id = id;
    e.name = name;
    return e;
}
chat_event start() { return event(kind::start, 0, "", "msg_9", "claude-x"); }
chat_event finish(finish_reason r, std::string_view sequence = {}) {
    auto e = event(kind::finish, 0, sequence);
    e.reason = r;
    return e;
}
chat_event usage(std::int64_t in, std::int64_t out, std::int64_t cached = 0) {
    auto e = event(kind::usage, 0, "");
    e.tokens.input_tokens = in;
    e.tokens.output_tokens = out;
    e.tokens.cached_tokens = cached;
    return e;
}
llmx::reply_options replying() {
    llmx::reply_options o;
    o.id = "msg_made";
    o.model = "asked";
    return o;
}
std::string encode_stream(const std::vector<chat_event>& events, bool whole = true) {
    std::string out;
    dialect::stream_encoder e(replying());
    for (const auto& each : events) e.encode(each, out);
    if (whole) e.finish(out);
    return out;
}

/// The stream in short: its contents, in order. Checks the rules that every stream keeps.
std::string outline(std::string_view bytes) {
    std::string out;
    bool started = false, over = false;
    int open = -1, next = 0;
    llmx::sse_parser p;
    const auto done = p.feed(bytes, [&](const llmx::sse_event& e) {
        const auto v = json(e.data);
        const std::string type(v.at("type").as_string());
        BOOST_TEST(e.event == type);
        BOOST_TEST(!over);
        if (type == "ping") {
            out += "ping\n";
        } else if (type == "message_start") {
            BOOST_TEST(!started);
            started = true;
            const auto& m = v.at("message");
            BOOST_TEST(m.at("type").as_string() == "message");
            BOOST_TEST(m.at("role").as_string() == "assistant");
            BOOST_TEST(m.at("content").as_array().empty());
            BOOST_TEST(m.at("stop_reason").is_null());
            out += "start " + std::string(m.at("id").as_string()) + " " + std::string(m.at("model").as_string()) + " " +
                   std::to_string(m.at("usage").at("input_tokens").as_int64()) + "\n";
        } else if (type == "content_block_start") {
            BOOST_TEST(started);
            BOOST_TEST(open == -1);
            BOOST_TEST(v.at("index").as_int64() == next);
            open = next++;
            out += "+ " + boost::json::serialize(v.at("content_block")) + "\n";
        } else if (type == "content_block_delta") {
            BOOST_TEST(v.at("index").as_int64() == open);
            const auto& d = v.at("delta").as_object();
            for (const auto& m : d)
                if (m.key() != "type") out += std::string(d.at("type").as_string()) + " " + boost::json::serialize(m.value()) + "\n";
        } else if (type == "content_block_stop") {
            BOOST_TEST(v.at("index").as_int64() == open);
            open = -1;
            out += "-\n";
        } else if (type == "message_delta") {
            BOOST_TEST(open == -1);
            const auto& u = v.at("usage");
            out += "delta " + boost::json::serialize(v.at("delta").at("stop_reason")) + " " +
                   boost::json::serialize(v.at("delta").at("stop_sequence")) + " " +
                   std::to_string(u.at("input_tokens").as_int64()) + "+" + std::to_string(u.at("output_tokens").as_int64()) +
                   " c" + std::to_string(u.at("cache_read_input_tokens").as_int64()) + "\n";
        } else if (type == "message_stop") {
            over = true;
            out += "stop\n";
        } else if (type == "error") {
            over = true;
            out += "error " + boost::json::serialize(v.at("error")) + "\n";
        } else {
            BOOST_ERROR("unknown event " + type);
        }
    });
    BOOST_TEST(done.has_value());
    BOOST_TEST(p.idle());
    return out;
}
const std::string text_block = R"(+ {"type":"text","text":"","citations":null})" "\n";
const std::string thinking_block = R"(+ {"type":"thinking","thinking":"","signature":""})" "\n";
std::string tool_block(const std::string& id, const std::string& name) {
    return R"(+ {"type":"tool_use","id":")" + id + R"(","name":")" + name + R"(","input":{},"caller":{"type":"direct"}})" + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_stream_out)

BOOST_AUTO_TEST_CASE(text_with_usage_after_the_finish) {
    const auto bytes = encode_stream({start(), event(kind::text, 0, "Hel"), event(kind::text, 0, ""), event(kind::text, 0, "lo\n\"x\""),
                                      finish(finish_reason::stop), usage(12, 3, 2)});
    BOOST_TEST(outline(bytes) == "start msg_9 claude-x 0\n" + text_block +
                                     "text_delta \"Hel\"\ntext_delta \"lo\\n\\\"x\\\"\"\n-\n"
                                     "delta \"end_turn\" null 10+3 c2\nstop\n");
}

BOOST_AUTO_TEST_CASE(usage_known_at_the_start) {
    BOOST_TEST(outline(encode_stream({start(), usage(12, 1), event(kind::ping, 0, ""), event(kind::text, 0, "x"),
                                      finish(finish_reason::stop_sequence, "END")})) ==
               "start msg_9 claude-x 12\nping\n" + text_block + "text_delta \"x\"\n-\ndelta \"stop_sequence\" \"END\" 12+1 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(exact_bytes) {
    const auto bytes = encode_stream({start(), event(kind::text, 0, "x")}, false);
    BOOST_TEST(bytes.ends_with("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
        "\"content_block\":{\"type\":\"text\",\"text\":\"\",\"citations\":null}}\n\n"
                               "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                               "\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n"));
}

BOOST_AUTO_TEST_CASE(nothing_but_the_end) {
    BOOST_TEST(outline(encode_stream({})) == "start msg_made asked 0\ndelta \"end_turn\" null 0+0 c0\nstop\n");
    std::string out;
    dialect::stream_encoder e(replying());
    e.finish(out);
    const auto size = out.size();
    e.finish(out);
    e.fail(llmx::error(llmx::errc::internal), out);
    e.encode(event(kind::text, 0, "x"), out);
    BOOST_TEST(out.size() == size);
}

// Clients take each signature_delta for the whole signature.
BOOST_AUTO_TEST_CASE(thinking_has_one_signature_at_its_end) {
    BOOST_TEST(outline(encode_stream({start(), event(kind::thinking, 0, "a"), event(kind::thinking_signature, 0, "si"),
                                      event(kind::thinking, 0, "b"), event(kind::thinking_signature, 0, "g"),
                                      event(kind::redacted_thinking, 1, "enc"), event(kind::thinking, 2, "unsigned"),
                                      event(kind::text, 3, "x"), event(kind::thinking_signature, 3, "of text"), finish(finish_reason::stop)})) ==
               "start msg_9 claude-x 0\n" + thinking_block + "thinking_delta \"a\"\nthinking_delta \"b\"\nsignature_delta \"sig\"\n-\n"
               "+ {\"type\":\"redacted_thinking\",\"data\":\"enc\"}\n-\n" + thinking_block + "thinking_delta \"unsigned\"\n-\n" +
               text_block + "text_delta \"x\"\n-\ndelta \"end_turn\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(a_call_says_tool_use) {
    BOOST_TEST(outline(encode_stream({start(), event(kind::text, 0, "x"), event(kind::tool_call, 1, "", "", "f"),
                                      event(kind::tool_arguments, 1, "{}"), finish(finish_reason::stop)})) ==
               "start msg_9 claude-x 0\n" + text_block + "text_delta \"x\"\n-\n" + tool_block("toolu_1", "f") +
                   "input_json_delta \"{}\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(parallel_calls_one_after_the_other_are_streamed) {
    const std::vector<chat_event> events = {start(), event(kind::tool_call, 0, "", "a", "f"), event(kind::tool_arguments, 0, "{\"x\":"),
                                            event(kind::tool_arguments, 0, "\"}{\"}"), event(kind::tool_call, 1, "", "b", "g"),
                                            event(kind::tool_arguments, 1, "{"), event(kind::tool_arguments, 1, "}")};
    // Nothing is kept back: the second call's first fragment is out before the third comes.
    BOOST_TEST(encode_stream({events.begin(), events.end() - 1}, false).ends_with("\"partial_json\":\"{\"}}\n\n"));
    BOOST_TEST(outline(encode_stream(events)) ==
               "start msg_9 claude-x 0\n" + tool_block("a", "f") + "input_json_delta \"{\\\"x\\\":\"\ninput_json_delta \"\\\"}{\\\"}\"\n-\n" +
                   tool_block("b", "g") + "input_json_delta \"{\"\ninput_json_delta \"}\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(interleaved_calls_are_put_in_order) {
    const auto bytes = encode_stream({start(), event(kind::tool_call, 0, "", "a", "f"), event(kind::tool_call, 1, "", "b", "g"),
                                      event(kind::tool_call, 2, "", "c", "h"), event(kind::tool_arguments, 1, "{\"b\""),
                                      event(kind::tool_arguments, 0, "{\"a\""), event(kind::tool_arguments, 2, "{}"),
                                      event(kind::tool_arguments, 1, ":1"), event(kind::tool_arguments, 0, ":0}"),
                                      event(kind::text, 3, "after"), event(kind::tool_arguments, 1, "}"), finish(finish_reason::tool_calls)});
    BOOST_TEST(outline(bytes) ==
               "start msg_9 claude-x 0\n" + tool_block("a", "f") + "input_json_delta \"{\\\"a\\\"\"\ninput_json_delta \":0}\"\n-\n" +
                   tool_block("b", "g") + "input_json_delta \"{\\\"b\\\"\"\ninput_json_delta \":1\"\ninput_json_delta \"}\"\n-\n" +
                   tool_block("c", "h") + "input_json_delta \"{}\"\n-\n" + text_block +
                   "text_delta \"after\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

// What was kept back for one call may end while another's beginning is still kept back.
BOOST_AUTO_TEST_CASE(held_calls_keep_their_order) {
    const auto bytes = encode_stream({start(), event(kind::tool_call, 0, "", "a", "f"), event(kind::tool_call, 1, "", "b", "g"),
                                      event(kind::tool_call, 2, "", "c", "h"), event(kind::tool_arguments, 1, "{\"b\":1}"),
                                      event(kind::tool_arguments, 2, "{\"c\":2}"), event(kind::tool_arguments, 0, "{}"), finish(finish_reason::tool_calls)});
    BOOST_TEST(outline(bytes) ==
               "start msg_9 claude-x 0\n" + tool_block("a", "f") + "input_json_delta \"{}\"\n-\n" + tool_block("b", "g") +
                   "input_json_delta \"{\\\"b\\\":1}\"\n-\n" + tool_block("c", "h") +
                   "input_json_delta \"{\\\"c\\\":2}\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(calls_that_never_end_come_at_the_finish) {
    const auto bytes = encode_stream({start(), event(kind::tool_call, 0, "", "a", "f"), event(kind::tool_call, 1, "", "b", "g"),
                                      event(kind::tool_arguments, 1, "{\"b\""), event(kind::text, 2, "x"),
                                      event(kind::tool_arguments, 1, ":"), finish(finish_reason::length)});
    BOOST_TEST(outline(bytes) ==
               "start msg_9 claude-x 0\n" + tool_block("a", "f") + "-\n" + tool_block("b", "g") +
                   "input_json_delta \"{\\\"b\\\"\"\ninput_json_delta \":\"\n-\n" + text_block +
                   "text_delta \"x\"\n-\ndelta \"max_tokens\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(text_comes_back_to_its_part) {
    BOOST_TEST(outline(encode_stream({start(), event(kind::text, 0, "a"), event(kind::tool_call, 1, "", "i", "f"),
                                      event(kind::tool_arguments, 1, "{}"), event(kind::tool_arguments, 1, "\n"), event(kind::text, 0, "b")})) ==
               "start msg_9 claude-x 0\n" + text_block + "text_delta \"a\"\n-\n" + tool_block("i", "f") + "input_json_delta \"{}\"\n-\n" +
                   text_block + "text_delta \"b\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(signature_of_a_call) {
    const std::string carried = "signature_delta \"call-signature:s\"\n-\n";
    BOOST_TEST(outline(encode_stream({start(), event(kind::tool_call, 0, "s", "i", "f"), event(kind::tool_arguments, 0, "{}")})) ==
               "start msg_9 claude-x 0\n" + thinking_block + carried + tool_block("i", "f") +
                   "input_json_delta \"{}\"\n-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
    BOOST_TEST(outline(encode_stream({start(), event(kind::thinking, 0, "hm"), event(kind::tool_call, 1, "s", "i", "f")})) ==
               "start msg_9 claude-x 0\n" + thinking_block + "thinking_delta \"hm\"\n" + carried + tool_block("i", "f") +
                   "-\ndelta \"tool_use\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(refusals_citations_opaque) {
    BOOST_TEST(outline(encode_stream({start(), event(kind::refusal, 0, "No."), finish(finish_reason::stop)})) ==
               "start msg_9 claude-x 0\n" + text_block + "text_delta \"No.\"\n-\ndelta \"refusal\" null 0+0 c0\nstop\n");
    // Google's come in no language's own words, its own metadata besides.
    BOOST_TEST(outline(encode_stream({start(), event(kind::text, 1, "x"), event(kind::citation, 1, R"({"groundingMetadata":{"groundingChunks":)"
        R"([{"web":{"uri":"https://e.org"}}]}})", "", "gemini_generate"),
                                      event(kind::citation, 1, R"({"url":"https://e.org","title":"E","cited_text":"x","start_index":0,"end_index":1})"),
                                      finish(finish_reason::stop)})) ==
               "start msg_9 claude-x 0\n" + text_block + "text_delta \"x\"\n"
               "citations_delta {\"type\":\"web_search_result_location\",\"url\":\"https://e.org\",\"title\":\"E\","
               "\"cited_text\":\"x\",\"encrypted_index\":\"\"}\n-\n"
               "delta \"end_turn\" null 0+0 c0\nstop\n");
    BOOST_TEST(outline(encode_stream({start(), event(kind::citation, 0, "{\"type\":\n\"page_location\"}", "", "anthropic_messages"),
                                      event(kind::text, 0, "x"),
                                      event(kind::citation, 0, R"({"type":"url_citation","url_citation":{"url":"https://e.org",)"
                                        R"("title":"E"}})", "", "openai_chat"),
                                      event(kind::citation, 0, R"({"nothing":1})", "", "openai_chat"),
                                      event(kind::opaque, 1, R"({"type":"server_tool_use","id":"s","name":"web_search",)"
                                        R"("input":{"q":1}})", "", "anthropic_messages"),
                                      event(kind::opaque, 2, "{}", "", "openai_chat"), event(kind::audio, 3, "{}"), event(kind::logprobs, 0, "{}")})) ==
               "start msg_9 claude-x 0\n" + text_block + "citations_delta {\"type\":\"page_location\"}\ntext_delta \"x\"\n"
               "citations_delta {\"type\":\"web_search_result_location\",\"url\":\"https://e.org\",\"title\":\"E\","
               "\"cited_text\":\"\",\"encrypted_index\":\"\"}\n-\n"
               "+ {\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\",\"input\":{\"q\":1}}\n-\n"
               "delta \"end_turn\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(other_choices_are_left_out) {
    auto second = event(kind::text, 0, "second");
    second.choice = 1;
    auto ended = finish(finish_reason::length);
    ended.choice = 1;
    BOOST_TEST(outline(encode_stream({start(), second, event(kind::text, 0, "x"), ended, finish(finish_reason::stop)})) ==
               "start msg_9 claude-x 0\n" + text_block + "text_delta \"x\"\n-\ndelta \"end_turn\" null 0+0 c0\nstop\n");
}

BOOST_AUTO_TEST_CASE(failures) {
    std::string out;
    dialect::stream_encoder e(replying());
    e.encode(start(), out);
    e.encode(event(kind::text, 0, "x"), out);
    llmx::error broken(llmx::errc::truncated, "the answer broke off");
    e.fail(broken, out);
    e.finish(out);
    BOOST_TEST(outline(out) == "start msg_9 claude-x 0\n" + text_block +
                                   "text_delta \"x\"\nerror {\"type\":\"api_error\",\"message\":\"the answer broke off\"}\n");
    // A generation that the provider calls failed has no clean end.
    const auto failed = outline(encode_stream({start(), event(kind::text, 0, "x"), finish(finish_reason::failed)}));
    BOOST_TEST(failed.find("error {\"type\":\"api_error\"") != std::string::npos);
    BOOST_TEST(failed.find("stop\n") == std::string::npos);
    BOOST_TEST((decode_stream({out}).failure == llmx::errc::provider_internal));
}

BOOST_AUTO_TEST_CASE(round_trip) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        std::mt19937_64 random(seed);
        const auto number = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
        static const char* const words[] = {"a", "\"q\"", "ü\n", "😀", " ", "\\", "{", "\x02"};
        std::vector<chat_event> events = {start(), usage(30, 1, 4)};
        std::string expected = line(events[0]) + line(events[1]);
        const auto say = [&](const chat_event& e) {
            events.push_back(e);
            expected += line(e);
        };
        bool called = false;
        const int parts = number(5);
        for (std::uint32_t part = 0; part < static_cast<std::uint32_t>(parts); ++part) {
            switch (number(5)) {
            case 0:
                for (int i = number(4) + 1; i > 0; --i) {
                    say(event(kind::text, part, words[number(8)]));
                    if (number(4) == 0) say(event(kind::ping, 0, ""));
                }
                if (number(2) == 0) say(event(kind::citation, part, R"({"type":"page_location"})", "", "anthropic_messages"));
                break;
            case 1:
                for (int i = number(4) + 1; i > 0; --i) say(event(kind::thinking, part, words[number(8)]));
                if (number(2) == 0) say(event(kind::thinking_signature, part, "c2ln", "", "anthropic_messages"));
                break;
            case 2: say(event(kind::redacted_thinking, part, "enc")); break;
            case 3:
                say(event(kind::tool_call, part, "", "toolu_x", "f"));
                for (const char* piece : {"{\"a", "\":[{}", ",\"}\"]", "}"}) say(event(kind::tool_arguments, part, piece));
                called = true;
                break;
            default: say(event(kind::opaque, part, R"({"type":"container_upload","file_id":"f"})", "", "anthropic_messages"));
            }
        }
        const auto last = finish(called ? finish_reason::tool_calls : finish_reason::stop);
        const auto totals = usage(30, 9, 4);
        if (number(2) == 0) {
            events.push_back(last);
            events.push_back(totals);
        } else {
            events.push_back(totals);
            events.push_back(last);
        }
        expected += line(totals) + line(last);
        const auto bytes = encode_stream(events);
        const auto back = decode_stream({bytes});
        BOOST_TEST_INFO("seed " << seed << "\n" << back.lines << "expected\n" << expected);
        BOOST_REQUIRE(back.lines == expected);
        BOOST_REQUIRE((back.failure == llmx::errc()));
        dialect::stream_watch w;
        const auto& seen = w.feed(bytes);
        BOOST_REQUIRE(seen.complete);
        BOOST_REQUIRE((seen.tokens == totals.tokens));
    }
}

BOOST_AUTO_TEST_CASE(no_allocation_per_token) {
    std::string out;
    out.reserve(4096);
    dialect::stream_encoder e(replying());
    e.encode(start(), out);
    e.encode(event(kind::text, 0, "x"), out);
    const auto token = event(kind::text, 0, "a token, \"quoted\"");
    const auto before = llmx_test::allocations();
    std::size_t written = 0;
    for (int i = 0; i < 1000; ++i) {
        out.clear();
        e.encode(token, out);
        written += out.size();
    }
    const auto spent = llmx_test::allocations() - before;
    BOOST_TEST(spent == 0u);
    BOOST_TEST(written > 100000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_stream_out_unit
