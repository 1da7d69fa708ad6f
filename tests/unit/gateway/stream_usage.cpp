// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/policies/rate_limit.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stream_usage_unit {

// A stream whose bytes pass ends with the usage for the gateway, and without it for a caller that did not
// ask.

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, rate_limit, timeout>;

const std::string head = R"("id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x",)";
const std::string opening = "data: {" + head + R"("choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})";
const std::string word = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null})";
const std::string stop = "data: {" + head + R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null})";
const std::string counts = R"("usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8})";
const std::string usage_alone = "data: {" + head + R"("choices":[],)" + counts + "}";
const std::string done = "data: [DONE]";

struct relayed {
    relayed() = default;
    std::string bytes, sent;
    usage tokens, reported;
    std::optional<error> failure;
};

boost::asio::awaitable<void> read_all(reply& r, relayed& to) {
    for (;;) {
        auto some = co_await r.stream->read_some();
        if (some.has_error()) {
            to.failure = some.error();
            co_return;
        }
        if (some->empty()) break;
        to.bytes += *some;
    }
    to.tokens = r.stream->tokens();
}

const std::string asks_nothing = R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi"}]})";

/// What the caller of \p body gets of the stream \p pieces.
relayed relay(plain_gateway& gw, world& w, const std::string& body, const std::vector<std::string>& pieces,
              std::uint64_t estimate = 0) {
    auto& answer = w.network.reply(200);
    answer.field("content-type", "text/event-stream");
    for (const std::string& piece : pieces) answer.piece(piece);
    call c(w.runtime, w.context);
    const auto scanned = openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(scanned.has_value());
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = scanned->model;
    c.in.stream = scanned->stream;
    c.in.model_begin = scanned->model_begin;
    c.in.model_end = scanned->model_end;
    c.in.members = scanned->members;
    c.in.answer.include_usage = scanned->include_usage;
    c.in.estimated_tokens = estimate;
    relayed got;
    auto r = testing::run(gw.execute(c));
    if (!r) {
        got.failure = r.error();
        return got;
    }
    BOOST_REQUIRE(r->stream != nullptr);
    testing::run(read_all(*r, got));
    got.sent = w.network.requests().back().body;
    got.reported = w.context.report.tokens;
    return got;
}

relayed relay(const std::string& body, const std::vector<std::string>& pieces) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}));
    return relay(gw, w, body, pieces);
}

/// \p lines as events, each line end being \p end.
std::string events(const std::vector<std::string>& lines, std::string_view end = "\n") {
    std::string all;
    for (const std::string& line : lines) all.append(line).append(end).append(end);
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_stream_usage)

BOOST_AUTO_TEST_CASE(the_request_asks_for_the_usage_wherever_it_said_nothing_of_it) {
    const auto sent = [](const std::string& options) {
        const std::string body = R"({"model":"gpt","stream":true,)" + options + R"("messages":[{"role":"user","content":"hi"}]})";
        return std::make_pair(body, relay(body, {events({word, stop, usage_alone, done})}).sent);
    };
    const std::string before = R"({"model":"gpt","stream":true,)", behind = R"("messages":[{"role":"user","content":"hi"}]})";
    BOOST_TEST(sent("").second == R"({"stream_options":{"include_usage":true},)" + before.substr(1) + behind);
    BOOST_TEST(sent(R"("stream_options" : null ,)").second == before + R"("stream_options" : {"include_usage":true} ,)" + behind);
    BOOST_TEST(sent(R"("stream_options":{},)").second == before + R"("stream_options":{"include_usage":true},)" + behind);
    BOOST_TEST(sent(R"("stream_options":{ "include_obfuscation":false},)").second ==
               before + R"("stream_options":{"include_usage":true, "include_obfuscation":false},)" + behind);
    BOOST_TEST(sent(R"("stream_options":{"include_usage": false },)").second == before + R"("stream_options":{"include_usage": true },)" + behind);
    BOOST_TEST(sent(R"("stream_options":{"include_usage":null},)").second == before + R"("stream_options":{"include_usage":true},)" + behind);
    BOOST_TEST(sent(R"("stream\u005foptions":{"include\u005fusage":false},)").second ==
               before + R"("stream\u005foptions":{"include\u005fusage":true},)" + behind);
    for (const std::string_view asked : {R"("stream_options":{"include_usage":true},)",
                                         R"("stream_options":{"include_usage":1},)", R"("stream_options":"x",)"}) {
        const auto [body, out] = sent(std::string(asked));
        BOOST_TEST(out == body);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_stream_is_not_asked_for) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}));
    w.network.reply(200, openai_reply);
    const std::string body = R"({"model":"gpt","messages":[{"role":"user","content":"hi"}]})";
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = "gpt";
    c.in.model_begin = 9;
    c.in.model_end = 14;
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.network.requests()[0].body == body);
}

BOOST_AUTO_TEST_CASE(the_caller_gets_the_same_bytes_as_without_asking_split_anywhere) {
    struct example {
        std::string stream, expected;
    };
    std::vector<example> examples;
    for (const std::string_view end : {"\n", "\r\n"}) {
        examples.push_back({events({opening, word, stop, usage_alone, done}, end), events({opening, word, stop, done}, end)});
        // Comments, names of events and ids stay, but for those of the event that goes.
        const std::string e(end);
        examples.push_back({": OPEN" + e + e + "event: message" + e + "id: 1" + e + word + e + e + ": ping" + e + e + "retry: 5" + e + stop +
                                e + e + "id: 3" + e + usage_alone + e + "event: message" + e + e + ": bye" + e + e + done + e + e,
                            ": OPEN" + e + e + "event: message" + e + "id: 1" + e + word + e + e + ": ping" + e + e + "retry: 5" + e + stop +
                                e + e + ": bye" + e + e + done + e + e});
        // Without blank lines, and without a marker.
        examples.push_back({word + e + stop + e + usage_alone + e + done + e, word + e + stop + e + done + e});
        // The gateway adds the marker.
        examples.push_back({events({word, stop, usage_alone}, end), events({word, stop}, end) + done + "\n\n"});
    }
    // A chunk with a choice and the usage is the answer's own, as are events without choices that carry other things.
    const std::string both = "data: {" + head + R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)" + counts + "}";
    examples.push_back({events({word, both, done}), events({word, both, done})});
    const std::string filter = "data: {" + head + R"("choices":[],"prompt_filter_results":[]})";
    examples.push_back({events({filter, word, stop, usage_alone, done}), events({filter, word, stop, done})});
    const std::string quoted = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":"\"choices\":[],\"usage\":{}"},"finish_reason":null}]})";
    examples.push_back({events({quoted, stop, usage_alone, done}), events({quoted, stop, done})});

    for (const example& x : examples) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}));
        for (std::size_t at = 0; at <= x.stream.size(); ++at) {
            const relayed got = relay(gw, w, asks_nothing, {x.stream.substr(0, at), x.stream.substr(at)});
            BOOST_REQUIRE_MESSAGE(!got.failure, (got.failure ? got.failure->message() : "") << " at " << at);
            BOOST_REQUIRE_MESSAGE(got.bytes == x.expected, "split at " << at << ":\n" << got.bytes);
            BOOST_REQUIRE(got.tokens.output_tokens == 5);
            BOOST_REQUIRE(got.reported.input_tokens == 3);
        }
        std::vector<std::string> bytes;
        for (const char c : x.stream) bytes.emplace_back(1, c);
        const relayed got = relay(gw, w, asks_nothing, bytes);
        BOOST_TEST(got.bytes == x.expected);
        BOOST_TEST(got.tokens.output_tokens == 5);
    }
}

BOOST_AUTO_TEST_CASE(a_caller_that_asks_gets_everything) {
    const std::string asks = R"({"model":"gpt","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})";
    const std::string stream = events({opening, word, stop, usage_alone, done});
    const relayed got = relay(asks, {stream});
    BOOST_TEST(got.bytes == stream);
    BOOST_TEST(got.sent == asks);
    BOOST_TEST(got.tokens.output_tokens == 5);
}

BOOST_AUTO_TEST_CASE(long_chunks_go_on_with_their_first_bytes_in_order) {
    std::string text(600'000, 'x');
    const std::string large = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":null}]})";
    const std::string stream = events({word, large, stop, usage_alone, done});
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < stream.size(); at += 16'000) pieces.push_back(stream.substr(at, 16'000));
    const relayed got = relay(asks_nothing, pieces);
    BOOST_TEST((got.bytes == events({word, large, stop, done})));
    BOOST_TEST(got.tokens.output_tokens == 5);
}

BOOST_AUTO_TEST_CASE(an_error_behind_the_usage_goes_on_and_the_usage_does_not) {
    const std::string failed = R"(data: {"error":{"message":"overloaded"}})";
    for (const bool together : {false, true}) {
        const std::string first = events({word}), second = events({usage_alone}), third = events({failed});
        const relayed got = together ? relay(asks_nothing, {first, second + third}) : relay(asks_nothing, {first, second, third});
        BOOST_TEST(got.bytes == first + third);
        BOOST_TEST(got.failure.has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_end_marker_that_the_provider_left_out_is_added_behind_a_whole_answer) {
    for (const bool asks : {false, true}) {
        const std::string body = asks ? R"({"model":"gpt","stream":true,"stream_options":{"include_usage":true},)"
                                        R"("messages":[{"role":"user","content":"hi"}]})"
                                      : asks_nothing;
        const std::string seen = asks ? events({word, stop, usage_alone, done}) : events({word, stop, done});
        BOOST_TEST(relay(body, {events({word, stop, usage_alone})}).bytes == seen);
        BOOST_TEST(relay(body, {events({word}), events({stop}), events({usage_alone})}).bytes == seen);
        BOOST_TEST(relay(body, {events({word, stop, usage_alone, done})}).bytes == seen);
        BOOST_TEST(relay(body, {events({word, stop})}).bytes == events({word, stop, done}));
        // The last event without its blank line, or without its line end, however the bytes are cut.
        for (const std::string& open : {word + "\n\n" + stop + "\n", word + "\n\n" + stop}) {
            std::vector<std::string> each;
            for (const char c : open) each.emplace_back(1, c);
            const std::vector<std::string> two = {open.substr(0, word.size() + 2), open.substr(word.size() + 2)};
            for (const std::vector<std::string>& pieces : {std::vector<std::string>(1, open), two, each}) {
                const relayed got = relay(body, pieces);
                BOOST_TEST(!got.failure, (got.failure ? got.failure->message() : ""));
                BOOST_TEST(got.bytes.starts_with(open));
                BOOST_TEST(got.bytes.ends_with("\n\n" + done + "\n\n"));
            }
        }
        // A cut answer stays one.
        const relayed cut = relay(body, {events({word})});
        BOOST_TEST(cut.failure.has_value());
        BOOST_TEST(cut.bytes == events({word}));
    }
}

BOOST_AUTO_TEST_CASE(no_size_of_a_beginning_and_no_length_of_a_line_ends_an_answer) {
    const std::string mib(std::size_t{1} << 20, 'x');
    const std::string text = mib + mib + mib;
    const std::string large = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":null}]})";
    // One event that holds all of the answer, its reason and its usage.
    const std::string all = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":"stop"}],)" + counts + "}";
    std::string pings, empty;
    for (int i = 0; i < 200'000; ++i) pings += ": ping\n\n";
    for (int i = 0; i < 10'000; ++i) empty += opening + "\n\n";
    for (const std::string& stream : {events({large, stop, usage_alone, done}), events({all, done}), pings + events({word, stop, usage_alone, done}),
                                      empty + events({word, stop, usage_alone, done})}) {
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < stream.size(); at += 16'000) pieces.push_back(stream.substr(at, 16'000));
        const relayed got = relay(asks_nothing, pieces);
        BOOST_TEST(!got.failure, (got.failure ? got.failure->message() : ""));
        BOOST_TEST(got.tokens.output_tokens == 5);
        BOOST_TEST(got.bytes.ends_with(done + "\n\n"));
        BOOST_TEST(got.bytes.size() >= stream.size() - usage_alone.size() - 2);
    }
}

BOOST_AUTO_TEST_CASE(the_limit_of_memory_is_an_option_and_named) {
    plain_gateway::policies_type policies;
    std::get<timeout>(policies).max_answer_mb = 1;
    const std::string text(std::size_t{2} << 20, 'x');
    const std::string large = "data: {" + head + R"("choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":null}]})";
    std::string pings;
    for (int i = 0; i < 200'000; ++i) pings += ": ping\n\n";
    std::get<retry>(policies).max_retries = 0;
    for (const std::string& stream : {events({large, stop, done}), events({word, large, stop, done}), pings + events({word, stop, done})}) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}), policies);
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < stream.size(); at += 16'000) pieces.push_back(stream.substr(at, 16'000));
        const relayed got = relay(gw, w, asks_nothing, pieces);
        BOOST_REQUIRE(got.failure.has_value());
        BOOST_TEST(got.failure->message().find("max_response_size_mb") != std::string::npos, got.failure->message());
    }
}

BOOST_AUTO_TEST_CASE(limits_settle_with_the_tokens_of_a_stream_that_did_not_ask) {
    world w;
    plain_gateway::policies_type policies;
    std::get<rate_limit>(policies).gateway(0, 100);
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}), policies);
    const std::string stream = events({word, stop, usage_alone, done});
    // Each reserves 60 of 100 and takes 8: without settling the second would be refused.
    for (int i = 0; i < 5; ++i) {
        const relayed got = relay(gw, w, asks_nothing, {stream}, 60);
        BOOST_TEST(!got.failure, (got.failure ? got.failure->message() : ""));
        BOOST_TEST(got.reported.total_tokens() == 8);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stream_usage_unit
