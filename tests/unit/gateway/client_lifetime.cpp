// SPDX-License-Identifier: BSL-1.0
// A client, its calls, its streams and its context may end in any order.
#include <unit/gateway/client_fixture.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <stdexcept>

namespace client_lifetime_unit {

using namespace client_test;

namespace {

/// One chat in a coroutine of the program.
asio::awaitable<result<chat_reply>> ask(client<openai>& ai) {
    call_context context;
    const chat_request request("m", "hi");
    auto r = co_await ai.chat(context, request);
    co_return std::move(r);
}

/// What a program's coroutine saw of a stream.
struct stream_seen {
    bool opened = false;
    int events = 0;
    std::optional<error> failure;
    bool done = false;
};
asio::awaitable<void> follow(client<openai>& ai, stream_seen& seen) {
    call_context context;
    const chat_request request("m", "hi");
    auto opened = co_await ai.stream(context, request);
    if (opened.has_error()) {
        seen.failure = opened.error();
    } else {
        seen.opened = true;
        while (co_await opened->read_more())
            while (opened->try_next() != nullptr) ++seen.events;
        seen.failure = opened->failure();
    }
    seen.done = true;
}

asio::awaitable<void> open_into(client<openai>& ai, call_context& context, std::optional<chat_stream>& to) {
    const chat_request request("m", "hi");
    auto opened = co_await ai.stream(context, request);
    if (opened) to.emplace(std::move(*opened));
}

/// A stream that has begun; its provider stays silent.
struct open_stream : program {
    call_context context;
    std::optional<chat_stream> stream;
    socket_ptr connection;
    open_stream() {
        asio::co_spawn(io, open_into(*ai, context, stream), asio::detached);
        connection = request_arrives();
        write(connection, stream_begins);
        run_until([this] { return stream.has_value(); });
        BOOST_TEST_REQUIRE(testing::run(io, stream->read_more()));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(client_lifetime)

BOOST_FIXTURE_TEST_CASE(a_pending_async_chat_is_cancelled, program) {
    completion first, second;
    ai->async_chat(chat_request("m", "hi"), first.handler());
    ai->async_chat(chat_request("m", "hi"), second.handler());
    const socket_ptr a = request_arrives(), b = request_arrives();
    ai.reset();
    BOOST_TEST(first.times == 0, "handlers are called by the context");
    run();
    for (const completion* c : {&first, &second}) {
        BOOST_TEST(c->times == 1);
        BOOST_TEST(c->is(errc::cancelled), c->text());
    }
    BOOST_TEST(is_closed(a));
    BOOST_TEST(is_closed(b));
}

// Before a byte of it has moved, too: the call is looking up a name, or has not begun.
BOOST_FIXTURE_TEST_CASE(a_call_that_has_hardly_begun_is_cancelled, program) {
    for (const std::size_t steps : {std::size_t(0), std::size_t(1), std::size_t(2)}) {
        origin where = peer.where;
        where.host = "localhost";
        auto own = std::make_unique<client<openai>>(io, at(where));
        completion c;
        own->async_chat(chat_request("m", "hi"), c.handler());
        io.restart();
        for (std::size_t i = 0; i < steps; ++i) io.poll_one();
        own.reset();
        run();
        BOOST_TEST(c.times == 1);
        BOOST_TEST(c.is(errc::cancelled), c.text());
    }
}

BOOST_FIXTURE_TEST_CASE(a_pending_chat_of_a_coroutine_is_cancelled, program) {
    completion c;
    asio::co_spawn(io, ask(*ai), c.handler());
    const socket_ptr connection = request_arrives();
    ai.reset();
    run();
    BOOST_TEST(c.times == 1);
    BOOST_TEST(c.is(errc::cancelled), c.text());
    BOOST_TEST(is_closed(connection));
}

BOOST_AUTO_TEST_CASE(a_call_inside_the_process_is_cancelled) {
    asio::io_context io(1);
    auto ai = std::make_unique<client<mock>>(io, "echo?latency_ms=3000000");
    completion c;
    ai->async_chat(chat_request(ai->model(), "hi"), c.handler());
    io.poll();
    ai.reset();
    io.restart();
    io.run();
    BOOST_TEST(c.times == 1);
    BOOST_TEST(c.is(errc::cancelled), c.text());
}

// An awaitable runs nothing before it is awaited, which may be late.
BOOST_FIXTURE_TEST_CASE(an_awaitable_made_before_and_awaited_after, program) {
    call_context context;
    const chat_request request("m", "hi");
    auto late = ai->chat(context, request);
    auto late_stream = ai->stream(context, request);
    ai.reset();
    const auto r = testing::run(io, std::move(late));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled), r.error().message());
    const auto s = testing::run(io, std::move(late_stream));
    BOOST_REQUIRE(s.has_error());
    BOOST_TEST((s.error().value() == errc::cancelled), s.error().message());
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_has_not_begun_is_cancelled, program) {
    stream_seen seen;
    asio::co_spawn(io, follow(*ai, seen), asio::detached);
    const socket_ptr connection = request_arrives();
    ai.reset();
    run();
    BOOST_TEST(seen.done);
    BOOST_TEST(!seen.opened);
    BOOST_REQUIRE(seen.failure.has_value());
    BOOST_TEST((seen.failure->value() == errc::cancelled), seen.failure->message());
    BOOST_TEST(is_closed(connection));
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_is_being_read_is_cancelled, program) {
    stream_seen seen;
    asio::co_spawn(io, follow(*ai, seen), asio::detached);
    const socket_ptr connection = request_arrives();
    write(connection, stream_begins);
    run_until([&] { return seen.events != 0; });
    ai.reset();
    run();
    BOOST_TEST(seen.done);
    BOOST_REQUIRE(seen.failure.has_value());
    BOOST_TEST((seen.failure->value() == errc::cancelled), seen.failure->message());
    BOOST_TEST(is_closed(connection));
}

BOOST_FIXTURE_TEST_CASE(a_stream_outlives_its_client, open_stream) {
    ai.reset();
    BOOST_TEST(is_closed(connection));
    BOOST_TEST(!testing::run(io, stream->read_more()));
    BOOST_REQUIRE(stream->failure().has_value());
    BOOST_TEST((stream->failure()->value() == errc::cancelled), stream->failure()->message());
    stream.reset();
    run();
}

BOOST_FIXTURE_TEST_CASE(a_client_and_then_its_stream_end_unread, open_stream) {
    ai.reset();
    stream.reset();
    BOOST_TEST(is_closed(connection));
}

BOOST_FIXTURE_TEST_CASE(a_stream_is_destroyed_while_it_is_read, open_stream) {
    int ended = 0;
    asio::co_spawn(io, stream->read_more(), [&](const std::exception_ptr& e, bool more) {
        if (!e && !more) ++ended;
    });
    io.restart();
    io.poll();
    stream.reset();
    run();
    BOOST_TEST(ended == 1);
    BOOST_TEST(is_closed(connection));
    // The client is none the worse for it.
    completion c;
    ai->async_chat(chat_request("m", "hi"), c.handler());
    const socket_ptr next = request_arrives();
    write(next, transport_test::reply_text(whole_answer));
    run();
    BOOST_TEST(c.text() == "reply: Hello");
}

BOOST_FIXTURE_TEST_CASE(a_stream_is_moved_while_it_is_read, open_stream) {
    int pieces = 0;
    asio::co_spawn(io, stream->read_more(), [&](const std::exception_ptr& e, bool more) {
        if (!e && more) ++pieces;
    });
    io.restart();
    io.poll();
    chat_stream moved = std::move(*stream);
    stream.reset();
    write(connection, word);
    run_until([&] { return pieces != 0; });
    const chat_event* e = moved.try_next();
    BOOST_REQUIRE(e != nullptr);
    BOOST_TEST(e->text == "Hel");
}

// A stream over which another is assigned lets go of what it had.
BOOST_FIXTURE_TEST_CASE(a_stream_is_assigned_over, open_stream) {
    std::optional<chat_stream> other;
    asio::co_spawn(io, open_into(*ai, context, other), asio::detached);
    const socket_ptr second = request_arrives();
    write(second, stream_begins);
    run_until([&] { return other.has_value(); });
    *stream = std::move(*other);
    BOOST_TEST(is_closed(connection));
    BOOST_TEST(testing::run(io, stream->read_more()));
}

BOOST_FIXTURE_TEST_CASE(a_client_is_destroyed_by_its_own_completion, program) {
    completion other;
    int times = 0;
    ai->async_chat(chat_request("m", "hi"), [&](const result<chat_reply>& r) {
        BOOST_TEST(r.has_value());
        ++times;
        ai.reset();
    });
    const socket_ptr first = request_arrives();
    ai->async_chat(chat_request("m", "hi"), other.handler());
    const socket_ptr second = request_arrives();
    write(first, transport_test::reply_text(whole_answer));
    run();
    BOOST_TEST(times == 1);
    BOOST_TEST(other.times == 1);
    BOOST_TEST(other.is(errc::cancelled), other.text());
    BOOST_TEST(is_closed(first));
    BOOST_TEST(is_closed(second));
}

BOOST_FIXTURE_TEST_CASE(a_client_with_a_pending_call_is_assigned_over, program) {
    completion before, after;
    ai->async_chat(chat_request("m", "hi"), before.handler());
    const socket_ptr first = request_arrives();
    client<openai> other(io, at(peer.where));
    *ai = std::move(other);
    run();
    BOOST_TEST(before.times == 1);
    BOOST_TEST(before.is(errc::cancelled), before.text());
    BOOST_TEST(is_closed(first));
    ai->async_chat(chat_request("m", "hi"), after.handler());
    const socket_ptr second = request_arrives();
    write(second, transport_test::reply_text(whole_answer));
    run();
    BOOST_TEST(after.text() == "reply: Hello");
}

// The context of the caller is linked to the call, not part of it.
BOOST_FIXTURE_TEST_CASE(a_context_ends_before_its_call, program) {
    const chat_request request("m", "hi");
    for (const bool answered : {true, false}) {
        auto context = std::make_unique<call_context>();
        completion c;
        asio::co_spawn(io, ai->chat(*context, request), c.handler());
        const socket_ptr connection = request_arrives();
        context.reset();
        if (answered) write(connection, transport_test::reply_text(whole_answer));
        else ai.reset();
        run();
        BOOST_TEST(c.times == 1);
        BOOST_TEST(c.text() == (answered ? "reply: Hello" : error(errc::cancelled).message()));
        connection->close();
    }
}

BOOST_AUTO_TEST_CASE(everything_ends_in_the_order_of_a_scope) {
    std::optional<socket_ptr> connection;
    {
        program p;
        call_context context;
        chat_request request("m", "hi");
        asio::co_spawn(p.io, p.ai->chat(context, request), asio::detached);
        connection = p.request_arrives();
        (*connection)->close();
    }
    BOOST_TEST(connection.has_value());
}

// The end of a client is not the caller's cancellation: the context goes on to the next.
BOOST_FIXTURE_TEST_CASE(a_context_outlives_its_client, program) {
    call_context context;
    const chat_request request("m", "hi");
    completion first, second;
    asio::co_spawn(io, ai->chat(context, request), first.handler());
    const socket_ptr a = request_arrives();
    ai = std::make_unique<client<openai>>(io, at(peer.where));
    run();
    BOOST_TEST(first.is(errc::cancelled), first.text());
    BOOST_TEST(!context.cancellation.cancelled());
    asio::co_spawn(io, ai->chat(context, request), second.handler());
    const socket_ptr b = request_arrives();
    write(b, transport_test::reply_text(whole_answer));
    run();
    BOOST_TEST(second.text() == "reply: Hello");
    BOOST_TEST(context.report.tokens.output_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(a_context_cancels_its_call, program) {
    call_context context;
    const chat_request request("m", "hi");
    completion c;
    asio::co_spawn(io, ai->chat(context, request), c.handler());
    const socket_ptr connection = request_arrives();
    context.cancellation.cancel();
    run();
    BOOST_TEST(c.is(errc::cancelled), c.text());
    BOOST_TEST(is_closed(connection));
    BOOST_TEST(context.report.provider == "openai");
    BOOST_TEST(context.request_id.size() == 32u);
}

BOOST_AUTO_TEST_CASE(a_moved_from_client_says_so) {
    asio::io_context io(1);
    client<mock> ai(io, "echo");
    client<mock> other = std::move(ai);
    BOOST_TEST(testing::run(io, other.chat("hi")).value().text() == "hi");
    const auto r = testing::run(ai.chat("hi")); // NOLINT: that is what is tested
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().message().find("moved") != std::string::npos, r.error().message());
    call_context context;
    const chat_request request("m", "hi");
    BOOST_TEST(testing::run(ai.chat(context, request)).has_error());
    BOOST_TEST(testing::run(ai.stream(context, request)).has_error());
    BOOST_CHECK_THROW(ai.async_chat(request, [](const result<chat_reply>&) {}), call_failed);
    BOOST_CHECK_THROW((void)ai.get_executor(), call_failed);
    BOOST_TEST(ai.model().empty());
    ai = std::move(other);
    BOOST_TEST(testing::run(io, ai.chat("hi")).value().text() == "hi");
}

// A completion that asks again at once, for ever, does not keep the context from ending.
struct asks_again {
    client<mock>* ai;
    int* times;
    void operator()(const result<chat_reply>&) const {
        ++*times;
        ai->async_chat(chat_request("echo", "hi"), asks_again(*this));
    }
};
BOOST_AUTO_TEST_CASE(a_completion_that_asks_again) {
    int times = 0;
    std::optional<client<mock>> ai;
    {
        asio::io_context io(1);
        ai.emplace(io, "echo");
        ai->async_chat(chat_request("echo", "hi"), asks_again{&*ai, &times});
        while (times < 3) io.run_one();
    }
    BOOST_TEST(times == 3);
}

BOOST_AUTO_TEST_CASE(a_pending_call_completes_a_future) {
    program p;
    std::future<result<chat_reply>> later = p.ai->async_chat(chat_request("m", "hi"), asio::use_future);
    const socket_ptr connection = p.request_arrives();
    p.ai.reset();
    p.run();
    const auto r = later.get();
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled));
}

BOOST_AUTO_TEST_SUITE(context_first)

// The context ends before the client does, with calls in every state.
BOOST_AUTO_TEST_CASE(pending_calls_and_a_kept_connection) {
    auto p = std::make_unique<program>();
    auto ai = std::move(p->ai);
    completion kept, pending, of_a_coroutine;
    ai->async_chat(chat_request("m", "hi"), kept.handler());
    const socket_ptr first = p->request_arrives();
    p->write(first, transport_test::reply_text(whole_answer));
    p->run();
    BOOST_TEST(kept.text() == "reply: Hello");
    ai->async_chat(chat_request("m", "hi"), pending.handler());
    asio::co_spawn(p->io, ask(*ai), of_a_coroutine.handler());
    ai->async_chat(chat_request("m", "hi"), kept.handler());
    p->io.restart();
    p->io.poll();
    first->close();
    p.reset();
    BOOST_TEST(pending.times == 0);
    const auto r = testing::run(ai->chat("hi"));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().message().find("io_context") != std::string::npos, r.error().message());
    BOOST_CHECK_THROW(ai->async_chat(chat_request("m", "hi"), pending.handler()), call_failed);
}

BOOST_AUTO_TEST_CASE(an_open_stream) {
    auto p = std::make_unique<open_stream>();
    auto ai = std::move(p->ai);
    chat_stream stream = std::move(*p->stream);
    p->connection->close();
    p.reset();
    asio::io_context another(1);
    BOOST_TEST(!testing::run(another, stream.read_more()));
    BOOST_REQUIRE(stream.failure().has_value());
    BOOST_TEST((stream.failure()->value() == errc::cancelled), stream.failure()->message());
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_being_read_and_a_client_that_is_gone) {
    auto p = std::make_unique<open_stream>();
    chat_stream stream = std::move(*p->stream);
    asio::co_spawn(p->io, stream.read_more(), asio::detached);
    p->io.restart();
    p->io.poll();
    p->ai.reset();
    p->connection->close();
    p.reset();
    BOOST_REQUIRE(stream.failure().has_value());
    BOOST_TEST((stream.failure()->value() == errc::cancelled), stream.failure()->message());
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_with_a_call_pending) {
    auto p = std::make_unique<program>();
    completion c;
    p->ai->async_chat(chat_request("m", "hi"), c.handler());
    const socket_ptr connection = p->request_arrives();
    p->ai.reset();
    connection->close();
    p.reset();
    BOOST_TEST(c.times == 0);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

} // namespace client_lifetime_unit
