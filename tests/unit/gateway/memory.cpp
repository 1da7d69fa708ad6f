// SPDX-License-Identifier: BSL-1.0
// What a call takes from its memory budget in the gateway: translated copies and streams.
#include <llmx/service/read_request.hpp>

#include <unit/gateway/fixture.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace memory_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, timeout>;

std::string claude_request(std::size_t size) {
    return R"({"model":"gpt","max_tokens":9,"messages":[{"role":"user","content":")" + std::string(size, 'q') + "\"}]}";
}
std::string openai_answer(std::size_t size) {
    return R"({"id":"c1","object":"chat.completion","created":7,"model":"gpt-x","choices":[{"index":0,"message":{"role":"assistant","content":")" +
           std::string(size, 'a') +
           R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})";
}

template <class Dialect> void set_body(call& c, std::string_view body) {
    const auto head = Dialect::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    c.in.codec = &codec_of<Dialect>;
    c.in.body = body;
    c.model = head->model;
    c.in.stream = head->stream;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
}

/// A stream read to its end; the error that ended it, if any, and the most that was held.
struct drained {
    std::optional<error> failure;
    std::size_t bytes = 0, most = 0;
};
boost::asio::awaitable<void> drain(reply_stream& s, const memory_budget& budget, drained& d) {
    for (;;) {
        const auto piece = co_await s.read_some();
        d.most = std::max(d.most, budget.in_use());
        if (!piece) {
            d.failure = piece.error();
            co_return;
        }
        if (piece->empty()) co_return;
        d.bytes += piece->size();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_memory)

BOOST_AUTO_TEST_CASE(a_small_call_takes_nothing) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    memory_budget none(0);
    w.network.reply(200, openai_answer(2000));
    const std::string body = claude_request(2000);
    call c(w.runtime, w.context, &none);
    set_body<anthropic_messages>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    BOOST_TEST(c.memory.size() >= 2 * body.size());
}

BOOST_AUTO_TEST_CASE(translated_requests_and_answers_are_counted) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    memory_budget budget(4'000'000);
    const std::string body = claude_request(400'000), answer = openai_answer(300'000);
    {
        w.network.reply(200, answer);
        call c(w.runtime, w.context, &budget);
        set_body<anthropic_messages>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
        BOOST_TEST(budget.in_use() >= 2 * body.size() + 2 * answer.size());
        BOOST_TEST(budget.in_use() <= 3 * body.size() + 4 * answer.size());
    }
    BOOST_TEST(budget.in_use() == 0u);
    { // The same language on both sides: nothing is copied.
        w.network.reply(200, answer);
        const std::string same = R"({"model":"gpt","messages":[{"role":"user","content":")" + std::string(400'000, 'q') + "\"}]}";
        call c(w.runtime, w.context, &budget);
        set_body<openai_chat>(c, same);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(budget.in_use() == 0u); // the scripted network counts nothing
    }
    for (const auto& [left, sent] : {std::pair<std::size_t, std::size_t>(500'000, 0), {1'600'000, 1}}) {
        BOOST_REQUIRE(budget.try_take(budget.limit() - left));
        const std::size_t before = w.network.requests().size();
        w.network.reply(200, answer);
        {
            call c(w.runtime, w.context, &budget);
            set_body<anthropic_messages>(c, body);
            const auto r = testing::run(gw.execute(c));
            BOOST_REQUIRE(!r.has_value());
            BOOST_TEST((r.error().value() == errc::shed));
            BOOST_TEST((r.error().retry_after() == std::chrono::seconds(1)));
            BOOST_TEST(r.error().provider().empty());
            BOOST_TEST(w.network.requests().size() - before == sent);
        }
        budget.give_back(budget.limit() - left);
        BOOST_TEST(budget.in_use() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_request_that_a_concurrent_attempt_decoded_is_counted_once_and_as_long_as_it_exists) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    memory_budget budget(4'000'000);
    const std::string body = claude_request(100'000);
    {
        call c(w.runtime, w.context, &budget);
        set_body<anthropic_messages>(c, body);
        {
            call second(c);
            BOOST_REQUIRE(read_request<chat>(second).has_value());
        }
        BOOST_REQUIRE(c.in.canonical.owns());
        BOOST_TEST(budget.in_use() == body.size());
        for (const int attempt : {1, 2}) {
            call beside(c);
            w.network.reply(200, openai_answer(20));
            const auto r = testing::run(gw.execute(beside));
            BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
            // Beside it the attempt holds its own text and the answer.
            BOOST_TEST(beside.memory.size() >= body.size(), attempt);
            BOOST_TEST(budget.in_use() == body.size() + beside.memory.size(), attempt);
        }
        BOOST_TEST(budget.in_use() == body.size());
    }
    BOOST_TEST(budget.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_stream_keeps_back_is_counted) {
    const std::string comment = ":" + std::string(9'000, ' ') + "\n\n";
    for (const bool fits : {true, false}) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
        memory_budget budget(fits ? 4'000'000 : 200'000);
        auto& script = w.network.reply(200);
        script.field("content-type", "text/event-stream");
        for (int i = 0; i < 50; ++i) script.piece(comment); // no content yet
        for (const auto& piece : openai_stream) script.piece(piece);
        {
            call c(w.runtime, w.context, &budget);
            const std::string body = R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi"}]})";
            set_body<openai_chat>(c, body);
            auto r = testing::run(gw.execute(c));
            BOOST_TEST(r.has_value() == fits);
            if (fits) {
                BOOST_TEST(budget.in_use() >= 450'000u);
                drained d;
                testing::run(drain(*r->stream, budget, d));
                BOOST_TEST(!d.failure.has_value());
                BOOST_TEST(d.bytes > 450'000u);
                BOOST_TEST(budget.in_use() < 50'000u); // what was kept back has been given out
            } else {
                BOOST_TEST((r.error().value() == errc::shed));
            }
        }
        BOOST_TEST(budget.in_use() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(an_event_that_does_not_end_is_counted) {
    const std::string half(10'000, 'x');
    for (const bool fits : {true, false}) {
        world w;
        plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
        memory_budget budget(fits ? 8'000'000 : 600'000);
        auto& script = w.network.reply(200);
        script.field("content-type", "text/event-stream");
        script.piece(openai_stream[0]);
        script.piece(openai_stream[1]);
        script.piece(R"(data: {"id":"c1","choices":[{"index":0,"delta":{"content":")");
        for (int i = 0; i < 100; ++i) script.piece(half);
        script.piece("\"}}]}\n\n");
        script.piece(openai_stream[2]);
        {
            call c(w.runtime, w.context, &budget);
            const std::string body = R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi"}]})";
            set_body<openai_chat>(c, body);
            auto r = testing::run(gw.execute(c));
            BOOST_REQUIRE(r.has_value());
            drained d;
            testing::run(drain(*r->stream, budget, d));
            BOOST_TEST(d.failure.has_value() != fits);
            if (fits) BOOST_TEST(d.most >= 2'000'000u);
            else BOOST_TEST((d.failure->value() == errc::shed));
            BOOST_TEST(d.most <= budget.limit());
        }
        BOOST_TEST(budget.in_use() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_long_stream_of_small_events_holds_little) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    memory_budget none(0);
    auto& script = w.network.reply(200);
    script.field("content-type", "text/event-stream");
    script.piece(openai_stream[0]);
    // Cut anywhere, also in the blank line between two events.
    std::string all;
    for (int i = 0; i < 3000; ++i)
        all += R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,)"
            R"("delta":{"content":"Hel"},"finish_reason":null}]})" "\n\n";
    for (std::size_t at = 0, n = 1; at < all.size(); at += n, n = 1 + (n * 7 + at) % 4001) script.piece(all.substr(at, n));
    script.piece(openai_stream[2]);
    call c(w.runtime, w.context, &none);
    const std::string body = R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi"}]})";
    set_body<openai_chat>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    drained d;
    testing::run(drain(*r->stream, none, d));
    BOOST_TEST(!d.failure.has_value());
    BOOST_TEST(d.bytes > 400'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace memory_unit
