// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace stream_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, timeout>;

struct seen {
    std::string text;
    std::optional<error> failure;
    bool opened = false;
    usage tokens;
};

boost::asio::awaitable<seen> read_all(plain_gateway& gw, world& w, const chat_request& q) {
    seen s;
    auto opened = co_await gw.stream(w.runtime, w.context, q);
    if (opened.has_error()) {
        s.failure = opened.error();
        co_return s;
    }
    s.opened = true;
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next()) {
            if (e->what == chat_event::kind::text) s.text += e->text;
            if (e->what == chat_event::kind::usage) s.tokens = e->tokens;
        }
    s.failure = opened->failure();
    co_return s;
}

boost::asio::awaitable<result<chat_reply>> collect(plain_gateway& gw, world& w, const chat_request& q) {
    auto opened = co_await gw.stream(w.runtime, w.context, q);
    if (opened.has_error()) co_return opened.error();
    auto r = co_await opened->collect();
    co_return std::move(r);
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_stream)

BOOST_AUTO_TEST_CASE(events_arrive_and_the_end_is_clean) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.streams();
    const chat_request q("gpt", "hi");
    const auto s = testing::run(read_all(gw, w, q));
    BOOST_TEST(s.text == "Hello");
    BOOST_TEST(!s.failure.has_value());
    BOOST_TEST(s.tokens.output_tokens == 5);
    BOOST_TEST(w.context.report.tokens.output_tokens == 5);
    BOOST_TEST(w.network.open_bodies() == 0u);
    BOOST_TEST(w.network.requests()[0].body.find("\"include_usage\":true") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_breaks_before_the_first_content_is_tried_again) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.streams(1).cut_after(openai_stream[0].size());
    w.streams();
    const chat_request q("gpt", "hi");
    const auto s = testing::run(read_all(gw, w, q));
    BOOST_TEST(s.text == "Hello");
    BOOST_TEST(!s.failure.has_value());
    BOOST_TEST(w.context.report.retries == 1u);
}

BOOST_AUTO_TEST_CASE(what_breaks_later_is_a_broken_stream_at_every_byte) {
    std::string whole;
    for (const auto& piece : openai_stream) whole += piece;
    const std::size_t begun = openai_stream[0].size() + openai_stream[1].size();
    for (std::size_t cut = begun; cut < whole.find("[DONE]"); ++cut) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
        auto& r = w.network.reply(200);
        r.split(whole, 64).cut_after(cut);
        const chat_request q("gpt", "hi");
        const auto s = testing::run(read_all(gw, w, q));
        BOOST_TEST_REQUIRE(s.opened);
        BOOST_TEST_REQUIRE(s.failure.has_value());
        BOOST_TEST(s.failure->is(condition::truncated));
        BOOST_TEST(w.network.calls() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_clean_transport_end_without_the_marker_is_truncated) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.streams(2);
    const chat_request q("gpt", "hi");
    const auto s = testing::run(read_all(gw, w, q));
    BOOST_TEST(s.text == "Hello");
    BOOST_REQUIRE(s.failure.has_value());
    BOOST_TEST((s.failure->value() == errc::truncated));
}

BOOST_AUTO_TEST_CASE(some_servers_leave_the_marker_out) {
    // Every choice has reported why it ended, and the message ended properly: that is an end.
    const std::string& last = openai_stream.back();
    for (const std::string& piece : {last.substr(0, last.find("\n\n") + 2), last.substr(0, last.find("data: [DONE]"))}) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
        w.streams(2).piece(piece);
        const chat_request q("gpt", "hi");
        const auto s = testing::run(read_all(gw, w, q));
        BOOST_TEST(s.text == "Hello");
        BOOST_TEST(!s.failure.has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_error_inside_the_stream_is_the_provider_s) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    auto& r = w.network.reply(200);
    r.piece(openai_stream[0]).piece(openai_stream[1]);
    r.piece("data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":null,\"param\":null}}\n\n");
    const chat_request q("gpt", "hi");
    const auto s = testing::run(read_all(gw, w, q));
    BOOST_TEST(s.text == "Hello");
    BOOST_REQUIRE(s.failure.has_value());
    BOOST_TEST(s.failure->provider_message() == "boom");
}

BOOST_AUTO_TEST_CASE(an_error_as_the_first_event_is_tried_again) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply(200).piece(
        "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\",\"code\":null,\"param\":null}}\n\n");
    w.streams();
    const chat_request q("gpt", "hi");
    const auto s = testing::run(read_all(gw, w, q));
    BOOST_TEST(s.text == "Hello");
    BOOST_TEST(w.context.report.retries == 1u);
}

BOOST_AUTO_TEST_CASE(cancelling_closes_the_upstream) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    auto& r = w.network.reply(200);
    r.piece(openai_stream[0]).piece(openai_stream[1]).stall_after(openai_stream[0].size() + openai_stream[1].size());
    const chat_request q("gpt", "hi");
    boost::asio::io_context io(1);
    std::optional<seen> got;
    boost::asio::co_spawn(io, read_all(gw, w, q), [&](const std::exception_ptr&, seen s) { got = std::move(s); });
    io.poll();
    BOOST_TEST(!got.has_value());
    BOOST_TEST(w.network.open_bodies() == 1u);
    w.context.cancellation.cancel();
    io.restart();
    io.poll();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->failure->value() == errc::cancelled));
    BOOST_TEST(w.network.open_bodies() == 0u);
    BOOST_TEST(w.network.closed_early() == 1u);
}

BOOST_AUTO_TEST_CASE(collecting_gives_the_reply_that_was_streamed) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.streams();
    const chat_request q("gpt", "hi");
    const auto r = testing::run(collect(gw, w, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->text() == "Hello");
    BOOST_TEST(r->id == "c1");
    BOOST_TEST((r->choices.at(0).finish == finish_reason::stop));
    BOOST_TEST(r->usage.input_tokens == 3);
}

BOOST_AUTO_TEST_CASE(collected_citations_name_their_source) {
    world w;
    plain_gateway gw(world_of({make("a", "gem", "gemini", "gemini-2.5-flash")}));
    auto& r = w.network.reply(200);
    r.field("content-type", "text/event-stream");
    r.piece(R"(data: {"candidates":[{"content":{"parts":[{"text":"Köln."}],"role":"model"},"finishReason":"STOP",)"
        R"("groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],)"
        R"("groundingSupports":[{"segment":{"startIndex":1,"endIndex":5,"text":"öln"},"groundingChunkIndices":[0]}]}}]})"
            "\r\n\r\n");
    const chat_request q("gem", "hi");
    const auto got = testing::run(collect(gw, w, q));
    BOOST_REQUIRE(got.has_value());
    const auto& text = std::get<text_part>(got->choices.at(0).answer.content.at(0));
    BOOST_REQUIRE(text.citations.size() == 2u); // Google's metadata whole, then each source
    const citation& c = text.citations[1];
    BOOST_TEST(c.url == "https://a");
    BOOST_TEST(c.title == "A");
    BOOST_TEST(c.quote == "öln");
    BOOST_TEST(c.start == 1);
    BOOST_TEST(c.end == 4);
    BOOST_TEST(c.original.empty());
}

BOOST_AUTO_TEST_CASE(the_mock_streams_calls_tools_fails_and_cuts) {
    world w;
    plain_gateway gw(world_of({make("m", "mock/*", "mock", "*")}));
    {
        const chat_request q("mock/echo", "one two three");
        BOOST_TEST(testing::run(read_all(gw, w, q)).text == "one two three");
    }
    {
        chat_request q("mock/tool?arguments=%7B%22a%22%3A1%7D", "go");
        q.tools.push_back(tool("add", "", R"({"type":"object"})"));
        const auto r = testing::run(collect(gw, w, q));
        BOOST_REQUIRE(r.has_value());
        const auto& part = std::get<tool_call_part>(r->choices.at(0).answer.content.at(0));
        BOOST_TEST(part.name == "add");
        BOOST_TEST(part.arguments == R"({"a":1})");
        BOOST_TEST((r->choices[0].finish == finish_reason::tool_calls));
    }
    {
        const chat_request q("mock/error?status=429&retry_after=3600", "x");
        const auto s = testing::run(read_all(gw, w, q));
        BOOST_TEST((s.failure->value() == errc::rate_limited));
        BOOST_TEST(s.failure->retry_after()->count() == 3600000);
    }
    {
        const chat_request q("mock/echo?cut_after=3", "one two three four");
        const auto s = testing::run(read_all(gw, w, q));
        BOOST_TEST(s.failure->is(condition::truncated));
        BOOST_TEST(s.text == "one two");
    }
    {
        const chat_request q("mock/echo?bogus=1", "x");
        BOOST_TEST((testing::run(read_all(gw, w, q)).failure->value() == errc::invalid_request));
    }
}

// Where thinking forbids to force the tool that carries a JSON answer, the model may speak before it calls.
BOOST_AUTO_TEST_CASE(a_json_answer_by_a_tool_comes_without_prose) {
    const auto line = [](std::string_view type, std::string_view members) {
        return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
    };
    const auto block = [&](int index, std::string_view begin, std::string_view delta) {
        const std::string at = ",\"index\":" + std::to_string(index);
        return line("content_block_start", at + ",\"content_block\":" + std::string(begin)) +
               (delta.empty() ? std::string() : line("content_block_delta", at + ",\"delta\":" + std::string(delta))) +
               line("content_block_stop", at);
    };
    const std::string start = line("message_start", R"(,"message":{"id":"m","model":"c"})");
    const std::string prose = block(0, R"({"type":"text","text":""})", R"({"type":"text_delta","text":"Sure."})");
    const std::string call = block(1, R"({"type":"tool_use","id":"t","name":"json_tool_call","input":{}})",
                                   R"({"type":"input_json_delta","partial_json":"{\"a\":1}"})");
    const std::string empty = block(1, R"({"type":"tool_use","id":"t","name":"json_tool_call","input":{}})", "");
    const std::string other = block(2, R"({"type":"tool_use","id":"u","name":"f","input":{}})", "");
    const std::string again = block(3, R"({"type":"tool_use","id":"v","name":"json_tool_call","input":{"a":2}})", "");
    const auto ended = [&](std::string_view reason) {
        return line("message_delta", R"(,"delta":{"stop_reason":")" + std::string(reason) + "\"}") + line("message_stop", "");
    };
    const auto answer = [&](const std::string& bytes, bool json) {
        world w;
        plain_gateway gw(world_of({make("a", "claude", "anthropic", "claude-x")}));
        w.network.reply(200).field("content-type", "text/event-stream").piece(bytes);
        chat_request q("claude", "hi");
        q.reasoning = reasoning_options(reasoning_effort::low);
        if (json) q.response_format = response_format(response_format::kind::json_object);
        auto r = testing::run(collect(gw, w, q));
        BOOST_REQUIRE(r.has_value());
        return std::move(*r);
    };
    auto r = answer(start + prose + call + ended("tool_use"), true);
    BOOST_TEST(r.text() == R"({"a":1})");
    BOOST_TEST((r.choices.at(0).finish == finish_reason::stop));
    r = answer(start + prose + call + prose + other + again + ended("tool_use"), true);
    BOOST_TEST(r.text() == R"({"a":1})");
    BOOST_TEST(r.choices.at(0).answer.content.size() == 2u);
    BOOST_TEST((r.choices.at(0).finish == finish_reason::tool_calls));
    BOOST_TEST(answer(start + prose + empty + ended("tool_use"), true).text() == "{}");
    // Nothing but prose is the answer, and comes even when no reason does.
    BOOST_TEST(answer(start + prose + other + ended("tool_use"), true).text() == "Sure.");
    BOOST_TEST(answer(start + prose + line("message_stop", ""), true).text() == "Sure.");
    BOOST_TEST(answer(start + prose + ended("end_turn"), false).text() == "Sure.");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stream_unit
