// SPDX-License-Identifier: BSL-1.0
#include "bedrock_converse_support.hpp"

#include <cstddef>
#include <utility>

namespace bedrock_converse_stream_unit {

using namespace bedrock_test;
using namespace llmx;

namespace {

std::string metadata() {
    return event("metadata", R"({"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":42,"cacheReadInputTokens":10,)"
        R"("cacheWriteInputTokens":20},"metrics":{"latencyMs":1}})");
}
std::string stop(std::string_view reason) { return event("messageStop", R"({"p":"abc","stopReason":")" + std::string(reason) + R"("})"); }
std::string start() { return event("messageStart", R"({"p":"abcdef","role":"assistant"})"); }
std::string delta(int index, std::string_view json) {
    return event("contentBlockDelta", R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"delta":)" + std::string(json) + "}");
}
std::string end(int index) { return event("contentBlockStop", R"({"contentBlockIndex":)" + std::to_string(index) + "}"); }
std::string tool_start(int index, std::string_view name) {
    return event("contentBlockStart", R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"start":{"toolUse":{"toolUseId":"t)" +
                                          std::to_string(index) + R"(","name":")" + std::string(name) + R"("}}})");
}
/// All kinds of blocks.
std::string long_stream() {
    return start() + delta(0, R"({"reasoningContent":{"text":"h"}})") + delta(0, R"({"reasoningContent":{"text":"m"}})") +
           delta(0, R"({"reasoningContent":{"signature":"sig"}})") + end(0) + delta(1, R"({"reasoningContent":{"redactedContent":"YQ=="}})") +
           delta(1, R"({"reasoningContent":{"redactedContent":"Yg=="}})") + end(1) + delta(2, R"({"text":"Hel"})") + delta(2, R"({"text":"lo"})") +
           delta(2, R"({"citation":{"title":"T","sourceContent":[{"text":"q"}],"location":{"web":{"url":"https://e.com"}}}})") + end(2) +
           tool_start(3, "f") + delta(3, R"({"toolUse":{"input":"{\"a\""}})") + delta(3, R"({"toolUse":{"input":":1}"}})") + end(3) +
           event("contentBlockStart", R"({"contentBlockIndex":4,"start":{"toolUse":{"toolUseId":"s","name":"w","type":"server_tool_use"}}})") +
           delta(4, R"({"toolUse":{"input":"{\"q\":1}"}})") + end(4) +
           event("contentBlockStart", R"({"contentBlockIndex":5,"start":{"toolResult":{"toolUseId":"s"}}})") +
           delta(5, R"({"toolResult":[{"text":"a"}]})") + delta(5, R"({"toolResult":[{"json":{}}]})") + end(5) +
           event("somethingNew", "{}") + stop("tool_use") + metadata();
}
constexpr std::string_view long_stream_lines = "start\nthinking 0 [h]\nthinking 0 [m]\nthinking_signature 0 [sig] name=bedrock_converse\n"
                                               "redacted_thinking 1 [YWI=] name=bedrock_converse\ntext 2 [Hel]\ntext 2 [lo]\n"
                                               "citation 2 [{\"url\":\"https://e.com\",\"title\":\"T\",\"cited_text\":\"q\"}]\n"
                                               "tool_call 3 [] id=t3 name=f\ntool_arguments 3 [{\"a\"]\ntool_arguments 3 [:1}]\n"
                                               "opaque 4 [{\"toolUse\":{\"toolUseId\":\"s\",\"name\":\"w\","
                                        "\"type\":\"server_tool_use\",\"input\":{\"q\":1}}}] name=bedrock_converse\n"
                                               "opaque 5 [{\"toolResult\":{\"toolUseId\":\"s\",\"content\":[{\"text\":\"a\"},"
                                        "{\"json\":{}}]}}] name=bedrock_converse\n"
                                               "finish 4 []\nusage 35+7 c10 w20\n";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_converse_stream)

BOOST_AUTO_TEST_CASE(events_are_decoded_however_the_bytes_are_split) {
    const std::string all = long_stream();
    const decoded_stream whole = decode_stream(all);
    BOOST_TEST(!whole.failed);
    BOOST_TEST(whole.lines == long_stream_lines);
    for (std::size_t at = 0; at <= all.size(); ++at) {
        const std::string_view view = all;
        const decoded_stream split = decode_stream({view.substr(0, at), view.substr(at)});
        BOOST_REQUIRE_MESSAGE(!split.failed && split.lines == long_stream_lines, "split at " << at);
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < all.size(); ++i) bytes.push_back(std::string_view(all).substr(i, 1));
    BOOST_TEST(decode_stream(bytes).lines == long_stream_lines);
}

BOOST_AUTO_TEST_CASE(a_stream_is_over_only_with_messageStop) {
    const std::string body = start() + delta(0, R"({"text":"x"})") + end(0);
    decoded_stream cut = decode_stream(body);
    BOOST_TEST((cut.failed && cut.failure == errc::truncated));
    BOOST_TEST(cut.failure.message() == "the stream ended before messageStop");
    BOOST_TEST(cut.lines == "start\ntext 0 [x]\n");
    BOOST_TEST(!decode_stream(body + stop("end_turn")).failed);
    // Every cut within it.
    const std::string all = body + stop("end_turn") + metadata();
    const std::size_t stopped = all.size() - metadata().size();
    for (std::size_t at = 0; at < all.size(); ++at) {
        const decoded_stream r = decode_stream(std::string_view(all).substr(0, at));
        BOOST_REQUIRE_MESSAGE(r.failed == (at != stopped), "cut at " << at);
        if (r.failed) BOOST_REQUIRE_MESSAGE(r.failure == errc::truncated, "cut at " << at);
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_byte_is_no_answer) {
    const std::string all = start() + delta(0, R"({"text":"x"})") + end(0) + stop("end_turn");
    for (std::size_t at = 0; at < all.size(); ++at) {
        std::string damaged = all;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        const decoded_stream r = decode_stream(damaged);
        BOOST_REQUIRE_MESSAGE(r.failed && (r.failure == errc::bad_response || r.failure == errc::truncated), "byte " << at);
        dialect::stream_watch watch;
        const stream_progress& p = watch.feed(damaged);
        BOOST_REQUIRE_MESSAGE(p.failed || !p.answered, "byte " << at);
    }
    const decoded_stream no_json = decode_stream(event("contentBlockDelta", "x"));
    BOOST_TEST((no_json.failed && no_json.failure == errc::bad_response));
    const decoded_stream no_base64 = decode_stream(delta(0, R"({"reasoningContent":{"redactedContent":"?"}})"));
    BOOST_TEST((no_base64.failed && no_base64.failure == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(exceptions_in_the_stream_are_typed_failures) {
    using std::pair;
    for (const auto& [type, code] :
         {pair<std::string_view, errc>("throttlingException", errc::rate_limited), {"modelStreamErrorException", errc::provider_internal},
          {"internalServerException", errc::provider_internal}, {"serviceUnavailableException", errc::overloaded},
          {"validationException", errc::invalid_request}, {"modelTimeoutException", errc::overloaded}, {"newException", errc::provider_internal}}) {
        const std::string all = start() + delta(0, R"({"text":"x"})") + exception(type, R"({"message":"why"})") + stop("end_turn");
        const decoded_stream r = decode_stream(all);
        BOOST_TEST((r.failed && r.failure == code), type);
        BOOST_TEST(r.failure.provider_message() == "why");
        BOOST_TEST(r.failure.provider_code() == type);
        BOOST_TEST(r.lines == "start\ntext 0 [x]\n");
        // The table's function finds the same in the bytes alone.
        BOOST_TEST((codec_of<dialect>.stream_failure(exception(type, R"({"message":"why"})")) == code), type);
        dialect::stream_watch watch;
        BOOST_TEST(watch.feed(all).failed);
    }
    const decoded_stream context = decode_stream(exception("validationException", R"({"message":"Input is too long for requested model."})"));
    BOOST_TEST((context.failure == errc::context_window_exceeded));
    // An error without a model of its own has its words in the headers.
    std::string headers, error_message;
    for (const auto& h : {aws_event_header(":message-type", aws_header_type::text, "error"),
                          aws_event_header(":error-code", aws_header_type::text, "InternalFailure"),
                          aws_event_header(":error-message", aws_header_type::text, "broken")})
        BOOST_REQUIRE(append_aws_header(headers, h).has_value());
    BOOST_REQUIRE(append_aws_event(error_message, headers, "").has_value());
    const decoded_stream r = decode_stream(error_message);
    BOOST_TEST((r.failure == errc::provider_internal));
    BOOST_TEST(r.failure.provider_message() == "broken");
}

BOOST_AUTO_TEST_CASE(a_failure_stays) {
    dialect::stream_decoder d;
    event_batch out;
    BOOST_TEST(d.feed(exception("throttlingException", "{}"), out).has_error());
    BOOST_TEST((d.feed(start(), out).error() == errc::rate_limited));
    BOOST_TEST((d.finish(out).error() == errc::rate_limited));
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_a_broken_one) {
    dialect::stream_decoder d;
    event_batch out;
    BOOST_TEST(d.feed(start() + delta(0, R"({"text":"x"})") + stop("malformed_tool_use"), out).has_value());
    const result<void> sound = detail::finish_chat_events(out, nullptr);
    BOOST_TEST((sound.has_error() && sound.error() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(the_call_of_the_answer_tool_is_streamed_as_text) {
    const std::string head = start() + delta(0, R"({"text":"Here it is:"})") + end(0);
    const std::string call = tool_start(1, "json_tool_call") +
                             delta(1, R"({"toolUse":{"input":"{\"a\":"}})") + delta(1, R"({"toolUse":{"input":"1}"}})") + end(1);
    BOOST_TEST(decode_stream(head + call + stop("tool_use"), true).lines == "start\ntext 1 [{\"a\":]\ntext 1 [1}]\nfinish 1 []\n");
    // The model did not call it.
    BOOST_TEST(decode_stream(head + stop("end_turn"), true).lines == "start\ntext 0 [Here it is:]\nfinish 1 []\n");
    const std::string empty = tool_start(1, "json_tool_call") + end(1) + tool_start(2, "json_tool_call") + delta(2, R"({"toolUse":{"input":"{}"}})");
    BOOST_TEST(decode_stream(head + empty + stop("tool_use"), true).lines == "start\ntext 1 [{}]\nfinish 1 []\n");
    BOOST_TEST(decode_stream(head + call + tool_start(2, "f") + end(2) + stop("tool_use"), true).lines ==
               "start\ntext 1 [{\"a\":]\ntext 1 [1}]\ntool_call 2 [] id=t2 name=f\nfinish 4 []\n");
}

BOOST_AUTO_TEST_CASE(the_sequence_that_stopped_the_model_is_named) {
    const std::string all = start() + event("messageStop", R"({"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END"}})");
    BOOST_TEST(decode_stream(all).lines == "start\nfinish 2 [END]\n");
}

BOOST_AUTO_TEST_CASE(what_is_decoded_is_written_again_as_it_was) {
    const std::string all = long_stream();
    dialect::stream_decoder d;
    dialect::stream_encoder e{reply_options()};
    event_batch events;
    BOOST_REQUIRE(d.feed(all, events).has_value());
    std::string again;
    for (const chat_event& one : events.events()) e.encode(one, again);
    e.finish(again);
    BOOST_TEST(decode_stream(again).lines == long_stream_lines);
    // An end without an event is an end; a failure is none.
    std::string ended, failed;
    dialect::stream_encoder{reply_options()}.finish(ended);
    BOOST_TEST(decode_stream(ended).lines == "start\nfinish 1 []\nusage 0+0 c0 w0\n");
    dialect::stream_encoder broken{reply_options()};
    broken.fail(error(errc::overloaded, "why"), failed);
    broken.finish(failed);
    BOOST_TEST((decode_stream(failed).failure == errc::overloaded));
}

BOOST_AUTO_TEST_CASE(the_watch_knows_begin_end_usage_and_what_is_unfinished) {
    const std::string head = start(), text = delta(0, R"({"text":"x"})"), over = stop("end_turn"), last = metadata();
    const std::string all = head + text + over + last;
    dialect::stream_watch watch;
    for (std::size_t at = 0; at < all.size(); ++at) {
        const stream_progress& p = watch.feed(std::string_view(all).substr(at, 1));
        const std::size_t seen = at + 1;
        BOOST_REQUIRE(!p.failed);
        BOOST_REQUIRE(p.begun == (seen >= head.size() + text.size()));
        BOOST_REQUIRE(p.answered == (seen >= all.size() - last.size()));
        BOOST_REQUIRE(p.complete == (seen == all.size()));
        std::size_t pending = seen;
        for (const std::size_t part : {head.size(), text.size(), over.size(), last.size()})
            if (pending >= part) pending -= part;
            else break;
        BOOST_REQUIRE(p.pending == pending);
        BOOST_REQUIRE(p.tokens.input_tokens == (seen == all.size() ? 35 : 0));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_converse_stream_unit
