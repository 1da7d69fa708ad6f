// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_stream.hpp"

#include <support/allocations.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

namespace anthropic_messages_stream_in_unit {

using namespace anthropic_test;

namespace {

const std::string start = sse("message_start",
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],)"
    R"("stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":4,)"
    R"("cache_creation_input_tokens":2,"output_tokens":1}}})");
const std::string start_lines = "start id=msg_1 name=claude-x\nusage 16+1 c4 w2 r0\n";
const std::string stop = sse("message_stop", R"({"type":"message_stop"})");

std::string block(int index, const char* content) {
    return sse("content_block_start", R"({"type":"content_block_start","index":)" + std::to_string(index) +
                                          R"(,"content_block":)" + content + "}");
}
std::string delta(int index, const char* d) {
    return sse("content_block_delta",
               R"({"type":"content_block_delta","index":)" + std::to_string(index) + R"(,"delta":)" + d + "}");
}
std::string end(int index) {
    return sse("content_block_stop", R"({"type":"content_block_stop","index":)" + std::to_string(index) + "}");
}
std::string finish(const char* reason, int output = 7) {
    return sse("message_delta", std::string(R"({"type":"message_delta","delta":{"stop_reason":")") + reason +
                                    R"(","stop_sequence":null},"usage":{"output_tokens":)" + std::to_string(output) + "}}");
}

struct fixture {
    const char* name;
    std::string bytes;
    std::string lines;
    llmx::errc failure = llmx::errc();
};
std::ostream& operator<<(std::ostream& os, const fixture& f) { return os << f.name; }

const std::vector<fixture> fixtures = {
    {"text",
     start + block(0, R"({"type":"text","text":""})") + sse("ping", R"({"type": "ping"})") +
         delta(0, R"({"type":"text_delta","text":"Hel\"l\u00f6"})") + ": comment\r\n\r\n" +
         delta(0, R"({"type":"text_delta","text":"😀"})") + end(0) +
         sse("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},)"
             R"("usage":{"input_tokens":11,"output_tokens":7,"output_tokens_details":{"thinking_tokens":3}}})") + stop,
     start_lines + "ping\ntext 0 [Hel\"lö]\ntext 0 [😀]\nusage 17+7 c4 w2 r3\nfinish 2 [END]\n", {}},
    {"tools",
     start + block(0, R"({"type":"text","text":"Now"})") + end(0) +
         block(1, R"({"type":"tool_use","id":"toolu_1","name":"f","input":{}})") +
         delta(1, R"({"type":"input_json_delta","partial_json":""})") +
         delta(1, R"({"type":"input_json_delta","partial_json":"{\"a\""})") +
         delta(1, R"({"type":"input_json_delta","partial_json":": 1}"})") + end(1) +
         block(2, R"({"type":"tool_use","id":"toolu_2","name":"g","input":{"whole":[1.5]}})") + end(2) +
         finish("tool_use") + stop,
     start_lines + "text 0 [Now]\ntool_call 1 [] id=toolu_1 name=f\ntool_arguments 1 [{\"a\"]\ntool_arguments 1 [: 1}]\n"
                   "tool_call 2 [] id=toolu_2 name=g\ntool_arguments 2 [{\"whole\":[1.5]}]\nusage 16+7 c4 w2 r0\nfinish 4 []\n", {}},
    {"thinking",
     start + block(0, R"({"type":"thinking","thinking":"","signature":""})") +
         delta(0, R"({"type":"thinking_delta","thinking":"hm"})") + delta(0, R"({"type":"thinking_delta","thinking":"..."})") +
         delta(0, R"({"type":"signature_delta","signature":"c2ln"})") + end(0) +
         block(1, R"({"type":"redacted_thinking","data":"enc"})") + end(1) + block(2, R"({"type":"text","text":""})") +
         delta(2, R"({"type":"text_delta","text":"x"})") + end(2) + finish("end_turn") + stop,
     start_lines + "thinking 0 [hm]\nthinking 0 [...]\nthinking_signature 0 [c2ln] name=anthropic_messages\nredacted_thinking 1 [enc]\ntext 2 [x]\n"
                   "usage 16+7 c4 w2 r0\nfinish 1 []\n", {}},
    {"citations",
     start + block(0, R"({"type":"text","text":"","citations":[]})") +
         delta(0, R"({"type":"citations_delta","citation":{"type":"page_location","cited_text":"q","start_page_number":1}})") +
         delta(0, R"({"type":"text_delta","text":"x"})") + end(0) + finish("end_turn") + stop,
     start_lines + "citation 0 [{\"type\":\"page_location\",\"cited_text\":\"q\",\"start_page_number\":1}] name=anthropic_messages\n"
                   "text 0 [x]\nusage 16+7 c4 w2 r0\nfinish 1 []\n", {}},
    {"server tools",
     start + block(0, R"({"type":"server_tool_use","id":"s1","name":"web_search","input":{}})") +
         delta(0, R"({"type":"input_json_delta","partial_json":"{\"query\":"})") +
         delta(0, R"({"type":"input_json_delta","partial_json":"\"x\"}"})") + end(0) +
         block(1, R"({"type":"web_search_tool_result","tool_use_id":"s1","content":[]})") + end(1) + finish("pause_turn") + stop,
     start_lines + "opaque 0 [{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web_search\",\"input\":{\"query\":\"x\"}}] name=anthropic_messages\n"
                   "opaque 1 [{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s1\",\"content\":[]}] name=anthropic_messages\n"
                   "usage 16+7 c4 w2 r0\nfinish 6 []\n", {}},
    {"json tool",
     start + block(0, R"({"type":"tool_use","id":"t","name":"json_tool_call","input":{}})") +
         delta(0, R"({"type":"input_json_delta","partial_json":"{\"a\":"})") + delta(0, R"({"type":"input_json_delta","partial_json":"2}"})") +
         end(0) + finish("tool_use") + stop,
     start_lines + "text 0 [{\"a\":]\ntext 0 [2}]\nusage 16+7 c4 w2 r0\nfinish 1 []\n", {}},
    {"signature of a call",
     start + block(0, R"({"type":"thinking","thinking":"","signature":""})") +
         delta(0, R"({"type":"signature_delta","signature":"call-signature:g+/="})") + end(0) +
         block(1, R"({"type":"tool_use","id":"t","name":"f","input":{}})") + end(1) + finish("tool_use") + stop,
     start_lines + "tool_call 1 [g+/=] id=t name=f\nusage 16+7 c4 w2 r0\nfinish 4 []\n", {}},
    {"unknown and repeated events",
     sse("", R"({"type":"from_the_future","index":{}})") + start + start + sse("later", R"({"type":"later"})") +
         block(0, R"({"type":"text","text":""})") + delta(0, R"({"type":"new_delta","x":1})") + delta(9, R"({"type":"text_delta","text":"lost"})") +
         end(3) + sse("", R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"y"}})") +
         sse("message_delta", R"({"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":3}})") + finish("end_turn") + stop +
         delta(0, R"({"type":"text_delta","text":"after the end"})") + "data: [DONE]\n\n",
     start_lines + "text 0 [y]\nusage 16+3 c4 w2 r0\nusage 16+7 c4 w2 r0\nfinish 1 []\n", {}},
    {"overloaded",
     start + block(0, R"({"type":"text","text":""})") + delta(0, R"({"type":"text_delta","text":"par"})") +
         sse("error", R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_9"})") + stop,
     start_lines + "text 0 [par]\n", llmx::errc::overloaded},
    {"not JSON", start + sse("content_block_delta", "{\"type\":") + stop, start_lines, llmx::errc::bad_response},
    {"cut off", start + block(0, R"({"type":"text","text":""})") + delta(0, R"({"type":"text_delta","text":"par"})"),
     start_lines + "text 0 [par]\n", llmx::errc::truncated},
    {"no last blank line", start + finish("end_turn") + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n",
     start_lines + "usage 16+7 c4 w2 r0\nfinish 1 []\n", llmx::errc::truncated},
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_stream_in)

BOOST_DATA_TEST_CASE(split_anywhere, boost::unit_test::data::make(fixtures), f) {
    std::string fed = f.bytes;
    for (int spelling = 0; spelling < 2; ++spelling) {
        for (std::size_t at = 0; at <= fed.size(); ++at) {
            const auto got = decode_stream({std::string_view(fed).substr(0, at), std::string_view(fed).substr(at)});
            if (got.lines != f.lines || got.failure != f.failure) {
                BOOST_TEST_INFO("split at " << at);
                BOOST_REQUIRE(got.lines == f.lines);
                BOOST_REQUIRE((got.failure == f.failure));
            }
        }
        std::vector<std::string_view> bytes;
        for (std::size_t i = 0; i < fed.size(); ++i) bytes.push_back(std::string_view(fed).substr(i, 1));
        BOOST_TEST(decode_stream(bytes).lines == f.lines);
        // The same again with CRLF line ends.
        std::string crlf;
        for (const char c : fed) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
        fed = crlf;
    }
}

BOOST_AUTO_TEST_CASE(failures_stay) {
    llmx::event_batch out;
    dialect::stream_decoder d;
    const auto bad = sse("error", R"({"type":"error","error":{"type":"rate_limit_error","message":"slow"},"request_id":"r"})");
    for (int i = 0; i < 2; ++i) {
        const auto r = d.feed(i == 0 ? std::string_view(bad) : std::string_view(stop), out);
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == llmx::errc::rate_limited));
        BOOST_TEST(r.error().provider_code() == "rate_limit_error");
        BOOST_TEST(r.error().provider_message() == "slow");
        BOOST_TEST(r.error().request_id() == "r");
    }
    BOOST_TEST((d.finish(out).error().value() == llmx::errc::rate_limited));
}

struct type_row {
    const char* type;
    llmx::errc code;
};
std::ostream& operator<<(std::ostream& os, const type_row& r) { return os << r.type; }
BOOST_DATA_TEST_CASE(error_types_in_the_stream,
                     boost::unit_test::data::make(std::vector<type_row>{
                         {"invalid_request_error", llmx::errc::invalid_request},
                         {"authentication_error", llmx::errc::authentication},
                         {"billing_error", llmx::errc::quota_exceeded},
                         {"permission_error", llmx::errc::permission_denied},
                         {"not_found_error", llmx::errc::not_found},
                         {"request_too_large", llmx::errc::payload_too_large},
                         {"rate_limit_error", llmx::errc::rate_limited},
                         {"timeout_error", llmx::errc::provider_internal},
                         {"api_error", llmx::errc::provider_internal},
                         {"overloaded_error", llmx::errc::overloaded},
                         {"unheard_of", llmx::errc::provider_internal}}),
                     row) {
    const auto got = decode_stream({start, sse("error", std::string(R"({"type":"error","error":{"type":")") + row.type + R"(","message":"m"}})")});
    BOOST_TEST((got.failure == row.code));
}

BOOST_AUTO_TEST_CASE(no_allocation_per_token) {
    dialect::stream_decoder d;
    llmx::event_batch out;
    BOOST_REQUIRE(d.feed(start + block(0, R"({"type":"text","text":""})"), out).has_value());
    const std::string text = delta(0, R"({"type":"text_delta","text":"a token of text, with \"escapes\" é"})");
    const std::string four = text + text + text + text;
    // A read that ends in the middle of an event makes the parser keep the rest: part of the steady state.
    const auto round = [&] {
        out.clear();
        bool ok = d.feed(std::string_view(four).substr(0, four.size() - 30), out).has_value();
        ok = ok && d.feed(std::string_view(four).substr(four.size() - 30), out).has_value();
        return ok && out.events().size() == 4;
    };
    for (int i = 0; i < 3; ++i) BOOST_REQUIRE(round());
    const auto before = llmx_test::allocations();
    bool ok = true;
    for (int i = 0; i < 1000; ++i) ok = round() && ok;
    const auto spent = llmx_test::allocations() - before;
    BOOST_TEST(ok);
    BOOST_TEST(spent == 0u);
    // The counter counts.
    auto* p = new std::string(100, 'x');
    BOOST_TEST(llmx_test::allocations() > before);
    delete p;
}

BOOST_DATA_TEST_CASE(watch_agrees_with_the_decoder, boost::unit_test::data::make(fixtures), f) {
    for (std::size_t at = 0; at <= f.bytes.size(); ++at) {
        dialect::stream_watch w;
        w.feed(std::string_view(f.bytes).substr(0, at));
        const auto& seen = w.feed(std::string_view(f.bytes).substr(at));
        const bool cut = f.failure == llmx::errc::truncated;
        if (f.failure == llmx::errc::overloaded) BOOST_REQUIRE(seen.failed);
        else BOOST_REQUIRE(!seen.failed);
        if (f.failure == llmx::errc()) BOOST_REQUIRE(seen.complete);
        if (cut) BOOST_REQUIRE(!seen.complete);
        if (f.failure == llmx::errc()) BOOST_REQUIRE(seen.tokens.output_tokens == 7);
        BOOST_REQUIRE(seen.tokens.input_tokens >= 16);
        BOOST_REQUIRE(seen.tokens.cached_tokens == 4);
    }
}

BOOST_AUTO_TEST_CASE(watch_begins_with_content) {
    dialect::stream_watch w;
    BOOST_TEST(!w.feed(start).begun);
    BOOST_TEST(!w.feed(sse("ping", R"({"type": "ping"})")).begun);
    BOOST_TEST(!w.feed(block(0, R"({"type":"text","text":""})")).begun);
    BOOST_TEST(w.feed(delta(0, R"({"type":"text_delta","text":"x"})")).begun);
    dialect::stream_watch tool;
    BOOST_TEST(tool.feed(block(0, R"({"type":"tool_use","id":"a","name":"f","input":{}})")).begun);
    dialect::stream_watch empty;
    BOOST_TEST(empty.feed(finish("end_turn")).begun);
    dialect::stream_watch unnamed; // no event fields
    unnamed.feed("data: {\"type\": \"content_block_delta\"}\n\ndata: {\"type\" :\"message_stop\"}\n");
    BOOST_TEST(unnamed.feed("").begun);
    BOOST_TEST(!unnamed.feed("").complete);
    BOOST_TEST(unnamed.feed("\n").complete);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_stream_in_unit
