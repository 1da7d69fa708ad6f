// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace http_pool_unit {

namespace {

using namespace transport_test;

asio::awaitable<void> serve_and_note(upstream& peer, std::string& seen) {
    tcp::socket s = co_await peer.accept();
    seen = co_await read_request(s);
    co_await write(s, reply_text("done"));
}

asio::awaitable<llmx::result<llmx::http_response>> head_of(llmx::http_pool& pool, const llmx::http_request& request,
                                                          const llmx::http_limits& limits, llmx::cancellation& stop) {
    auto r = co_await pool.exchange(request, limits, stop);
    co_return r;
}

/// Answers every request of every connection, forever.
asio::awaitable<void> serve_connection(tcp::socket s, std::string text) {
    for (;;) {
        const std::string request = co_await read_request(s);
        if (request.empty()) co_return;
        co_await write(s, text);
    }
}
asio::awaitable<void> serve_all(upstream& peer, std::string text) {
    const asio::any_io_executor ex = co_await asio::this_coro::executor;
    for (;;) {
        tcp::socket s = co_await peer.accept();
        asio::co_spawn(ex, serve_connection(std::move(s), text), asio::detached);
    }
}

/// Serves, and reports in \p closed that the client closed the connection after it.
asio::awaitable<void> serve_then_watch(upstream& peer, std::string text, bool& closed) {
    tcp::socket s = co_await peer.accept();
    const std::string request = co_await read_request(s);
    co_await write(s, text);
    closed = co_await sees_close(s);
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool)

BOOST_AUTO_TEST_CASE(request_goes_out_as_it_should) {
    bench b;
    std::string seen;
    b.spawn(serve_and_note(b.peer, seen));
    llmx::http_request r = request_to(b.peer.where, "{\"a\":");
    r.body.append("1");
    r.body.append("}");
    r.target = "/v1/x?y=z";
    llmx::cancellation stop;
    const llmx::http_limits limits;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.status == 200);
    BOOST_TEST(o.body == "done");
    BOOST_TEST(seen == "POST /v1/x?y=z HTTP/1.1\r\nHost: " + b.peer.where.authority +
                           "\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(get_has_no_length) {
    bench b;
    std::string seen;
    b.spawn(serve_and_note(b.peer, seen));
    llmx::http_request r = request_to(b.peer.where, "");
    r.method = "GET";
    r.fields.clear();
    r.target.clear();
    llmx::cancellation stop;
    const llmx::http_limits limits;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(seen == "GET / HTTP/1.1\r\nHost: " + b.peer.where.authority + "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(target_cannot_smuggle) {
    bench b;
    for (const char* bad : {"/a b", "/a\r\nX: y", "/a\x7f"}) {
        llmx::http_request r = request_to(b.peer.where);
        r.target = bad;
        llmx::cancellation stop;
        const llmx::http_limits limits;
        BOOST_TEST(b.run(fetch(*b.pool, r, limits, stop)).is(llmx::errc::invalid_request));
    }
    BOOST_TEST(b.pool->stats().connects == 0u);
}

BOOST_AUTO_TEST_CASE(large_request_and_large_reply) {
    bench b;
    std::string seen;
    const std::string large(5'000'000, 'r');
    b.spawn([](upstream& peer, std::string& got) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        got = co_await read_request(s);
        const std::string text = reply_text(got.substr(got.find("\r\n\r\n") + 4));
        co_await write(s, text);
    }(b.peer, seen));
    const llmx::http_request r = request_to(b.peer.where, large);
    llmx::cancellation stop;
    const llmx::http_limits limits;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST((o.body == large));
}

BOOST_AUTO_TEST_CASE(body_in_pieces_has_one_view_per_read) {
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        const std::string request = co_await read_request(s);
        co_await write(s, "HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        co_await settle();
        co_await write(s, "2\r\nde\r\n1\r\nf\r\n0\r\n\r\n");
        co_await settle();
    }(b.peer));
    const std::vector<std::string> pieces = b.run([](bench& t) -> asio::awaitable<std::vector<std::string>> {
        const llmx::http_request r = request_to(t.peer.where);
        const llmx::http_limits limits;
        llmx::cancellation stop;
        std::vector<std::string> got;
        auto reply = co_await t.pool->exchange(r, limits, stop);
        BOOST_REQUIRE(reply);
        BOOST_TEST(llmx::find_field(reply->fields, "x-a") == "1");
        for (;;) {
            const auto piece = co_await reply->body->read_some();
            BOOST_REQUIRE(piece);
            if (piece->empty()) break;
            got.emplace_back(*piece);
        }
        BOOST_TEST(llmx::find_field(reply->fields, "x-a") == "1", "fields live as long as the body");
        // The end stays the end.
        const auto again = co_await reply->body->read_some();
        BOOST_TEST((again && again->empty()));
        co_return got;
    }(b));
    BOOST_TEST(pieces == (std::vector<std::string>{"abc", "def"}), boost::test_tools::per_element());
    BOOST_TEST(b.pool->stats().idle == 1u);
}

BOOST_AUTO_TEST_CASE(chunked_reply_in_single_bytes) {
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        const std::string request = co_await read_request(s);
        const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n";
        for (const char c : text) {
            co_await write(s, std::string_view(&c, 1));
            co_await settle();
        }
    }(b.peer));
    const outcome o = b.get();
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.body == "abcde");
}

BOOST_AUTO_TEST_CASE(reply_until_close) {
    bench b;
    b.spawn(serve(b.peer, "HTTP/1.1 200 OK\r\n\r\neverything", 1));
    const outcome o = b.get();
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.body == "everything");
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_AUTO_TEST_CASE(connection_is_used_again) {
    bench b;
    b.spawn(serve(b.peer, reply_text("x"), 3));
    for (int i = 0; i < 3; ++i) BOOST_TEST(!b.get().failure.has_value());
    BOOST_TEST(b.peer.accepted == 1);
    BOOST_TEST(b.pool->stats().reuses == 2u);
    BOOST_TEST(b.pool->stats().connects == 1u);
}

BOOST_AUTO_TEST_CASE(connection_is_not_used_again) {
    // By the peer's choice, after an unread body, and after unsolicited bytes.
    const std::string close = reply_text("x", "Connection: close\r\n");
    const std::string extra = reply_text("x") + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for (const std::string& text : {close, extra}) {
        bench b;
        b.spawn(serve(b.peer, text, 1));
        BOOST_TEST(b.get().body == "x");
        BOOST_TEST(b.pool->stats().open == 0u);
    }
    bench b;
    bool closed = false;
    b.spawn(serve_then_watch(b.peer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", closed));
    {
        const llmx::http_request r = request_to(b.peer.where);
        const llmx::http_limits limits;
        llmx::cancellation stop;
        auto reply = b.run(head_of(*b.pool, r, limits, stop));
        BOOST_REQUIRE(reply);
    }
    BOOST_TEST(b.pool->stats().open == 0u);
    b.io.restart();
    b.io.run();
    BOOST_TEST(closed, "letting go of an unread body closes the connection");
}

BOOST_AUTO_TEST_CASE(late_bytes_on_an_idle_connection) {
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        std::string request = co_await read_request(s);
        co_await write(s, reply_text("one"));
        co_await settle();
        co_await write(s, reply_text("evil"));
        tcp::socket second = co_await peer.accept();
        request = co_await read_request(second);
        co_await write(second, reply_text("two"));
    }(b.peer));
    BOOST_TEST(b.get().body == "one");
    // Until it has come.
    b.run([](asio::io_context& io) -> asio::awaitable<bool> {
        asio::steady_timer t(io, 3ms);
        co_await t.async_wait(asio::use_awaitable);
        co_return true;
    }(b.io));
    BOOST_TEST(b.get().body == "two");
    BOOST_TEST(b.pool->stats().stale_retries == 0u, "seen before it was used");
}

BOOST_AUTO_TEST_CASE(stale_connection_is_replaced_once) {
    // The peer takes the second request on the kept connection and hangs up on it.
    for (const bool twice : {false, true}) {
        bench b;
        b.spawn([](upstream& peer, bool again) -> asio::awaitable<void> {
            tcp::socket s = co_await peer.accept();
            std::string request = co_await read_request(s);
            co_await write(s, reply_text("one"));
            request = co_await read_request(s);
            s.close();
            tcp::socket second = co_await peer.accept();
            request = co_await read_request(second);
            if (again) co_return;
            co_await write(second, reply_text("two"));
        }(b.peer, twice));
        BOOST_TEST(b.get().body == "one");
        const outcome o = b.get();
        if (twice) BOOST_TEST(o.is(llmx::errc::connection_lost), o.text());
        else BOOST_TEST(o.body == "two", o.text());
        BOOST_TEST(b.peer.accepted == 2);
        BOOST_TEST(b.pool->stats().stale_retries == 1u);
        BOOST_TEST(b.pool->stats().open == (twice ? 0u : 1u));
    }
}

BOOST_AUTO_TEST_CASE(what_the_peer_has_worked_on_is_not_sent_again) {
    llmx::http_pool_options options;
    options.stale_within = std::chrono::milliseconds(1);
    bench b(options);
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        std::string request = co_await read_request(s);
        co_await write(s, reply_text("one"));
        request = co_await read_request(s);
        asio::steady_timer work(s.get_executor(), 2ms);
        co_await work.async_wait(asio::use_awaitable);
    }(b.peer));
    BOOST_TEST(b.get().body == "one");
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::connection_lost), o.text());
    BOOST_TEST(b.peer.accepted == 1);
    BOOST_TEST(b.pool->stats().stale_retries == 0u);
}

BOOST_AUTO_TEST_CASE(new_connection_is_not_tried_again) {
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        const std::string request = co_await read_request(s);
    }(b.peer));
    BOOST_TEST(b.get().is(llmx::errc::connection_lost));
    BOOST_TEST(b.peer.accepted == 1);
}

BOOST_AUTO_TEST_CASE(begun_reply_is_not_tried_again) {
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        std::string request = co_await read_request(s);
        co_await write(s, reply_text("one"));
        request = co_await read_request(s);
        co_await write(s, "H");
    }(b.peer));
    BOOST_TEST(b.get().body == "one");
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::truncated), o.text());
    BOOST_TEST(!o.in_body);
    BOOST_TEST(b.peer.accepted == 1);
}

BOOST_AUTO_TEST_CASE(full_host_queues_in_order) {
    llmx::http_pool_options options;
    options.max_per_host = 2;
    options.max_waiting_per_host = 3;
    bench b(options);
    b.spawn(serve_all(b.peer, reply_text("x")));
    std::vector<int> order;
    std::vector<llmx::errc> failures;
    const auto client = [](bench& t, int n, std::vector<int>& done, std::vector<llmx::errc>& failed) -> asio::awaitable<void> {
        const outcome o = co_await transport_test::get(*t.pool, t.peer.where);
        if (o.failure) failed.push_back(o.failure->value());
        else done.push_back(n);
        if (done.size() + failed.size() == 6) t.peer.stop_listening();
    };
    for (int i = 0; i < 6; ++i) b.spawn(client(b, i, order, failures));
    b.run([](bench& t, std::vector<int>& done, std::vector<llmx::errc>& failed) -> asio::awaitable<bool> {
        while (done.size() + failed.size() < 6) {
            BOOST_TEST_REQUIRE(t.pool->stats().open <= 2u);
            co_await settle();
        }
        co_return true;
    }(b, order, failures));
    BOOST_TEST(failures.size() == 1u);
    BOOST_TEST((failures.front() == llmx::errc::shed));
    BOOST_TEST(order == (std::vector<int>{0, 1, 2, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(b.peer.accepted == 2);
    BOOST_TEST(b.pool->stats().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(queue_passes_places_on) {
    // The first connection fails and so cannot be handed over: the place goes to the waiter,
    // and again when that one is cancelled or out of time.
    llmx::http_pool_options options;
    options.max_per_host = 1;
    bench b(options);
    struct state {
        outcome first, second, third, fourth;
        int done = 0;
    } st;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        {
            tcp::socket s = co_await peer.accept();
            const std::string request = co_await read_request(s);
            // By now the others are in line; one of them runs out of time while we hold on.
            const asio::any_io_executor ex = co_await asio::this_coro::executor;
            asio::steady_timer t(ex, 30ms);
            co_await t.async_wait(asio::use_awaitable);
        }
        tcp::socket s = co_await peer.accept();
        const std::string request = co_await read_request(s);
        co_await write(s, reply_text("fourth"));
    }(b.peer));
    llmx::cancellation stop;
    const auto client = [](bench& t, llmx::http_limits limits, llmx::cancellation& c, outcome& o, int& done) -> asio::awaitable<void> {
        const llmx::http_request r = request_to(t.peer.where);
        o = co_await fetch(*t.pool, r, limits, c);
        ++done;
    };
    llmx::http_limits none, brief;
    brief.deadline = llmx::clock::now() + 10ms;
    llmx::cancellation never;
    b.spawn(client(b, none, never, st.first, st.done));
    b.spawn(client(b, brief, never, st.second, st.done));
    b.spawn(client(b, none, stop, st.third, st.done));
    b.spawn(client(b, none, never, st.fourth, st.done));
    b.run([](bench& t, llmx::cancellation& c, int& done) -> asio::awaitable<bool> {
        while (t.pool->stats().waiting < 3) co_await settle();
        c.cancel();
        while (done < 4) {
            const asio::any_io_executor ex = co_await asio::this_coro::executor;
            asio::steady_timer t2(ex, 1ms);
            co_await t2.async_wait(asio::use_awaitable);
        }
        co_return true;
    }(b, stop, st.done));
    BOOST_TEST(st.first.is(llmx::errc::connection_lost), st.first.text());
    BOOST_TEST(st.second.is(llmx::errc::deadline_exceeded), st.second.text());
    BOOST_TEST(st.third.is(llmx::errc::cancelled), st.third.text());
    BOOST_TEST(st.fourth.body == "fourth", st.fourth.text());
    BOOST_TEST(b.pool->stats().open == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_cancelled_waiter_was_given_is_not_lost) {
    // It gets a place, or a connection, and is cancelled before it runs on.
    for (const bool whole : {false, true}) {
        llmx::http_pool_options options;
        options.max_per_host = 1;
        bench b(options);
        b.spawn(serve_all(b.peer, reply_text("x")));
        outcome cancelled;
        llmx::cancellation stop;
        const outcome last = b.run([](bench& t, bool all, llmx::cancellation& c, outcome& second) -> asio::awaitable<outcome> {
            const llmx::http_request r = request_to(t.peer.where);
            llmx::http_limits limits;
            llmx::cancellation never;
            auto first = co_await t.pool->exchange(r, limits, never);
            BOOST_REQUIRE(first);
            const auto waiter = [](bench& w, llmx::cancellation& s, outcome& o) -> asio::awaitable<void> {
                const llmx::http_request q = request_to(w.peer.where);
                const llmx::http_limits none;
                o = co_await fetch(*w.pool, q, none, s);
            };
            asio::co_spawn(t.io, waiter(t, c, second), asio::detached);
            while (t.pool->stats().waiting == 0) co_await settle();
            std::string body;
            if (all) co_await first->body->read_all(body);
            first->body.reset();
            c.cancel();
            limits.deadline = llmx::clock::now() + 1s;
            outcome o = co_await fetch(*t.pool, r, limits, never);
            co_return o;
        }(b, whole, stop, cancelled));
        BOOST_TEST(cancelled.is(llmx::errc::cancelled), cancelled.text());
        BOOST_TEST(last.body == "x", last.text());
        BOOST_TEST(b.peer.accepted == (whole ? 1 : 2));
    }
}

BOOST_AUTO_TEST_CASE(idle_connections_are_bounded_and_swept) {
    llmx::http_pool_options options;
    options.max_idle_per_host = 2;
    options.max_idle = 3;
    options.idle_timeout = 10ms;
    bench b(options);
    upstream other(b.io);
    b.spawn(serve_all(b.peer, reply_text("x")));
    b.spawn(serve_all(other, reply_text("y")));
    int done = 0;
    const auto client = [](llmx::http_pool& pool, const llmx::origin& to, int& n) -> asio::awaitable<void> {
        const outcome o = co_await transport_test::get(pool, to);
        BOOST_TEST(!o.failure.has_value(), o.text());
        ++n;
    };
    for (int i = 0; i < 4; ++i) b.spawn(client(*b.pool, b.peer.where, done));
    for (int i = 0; i < 4; ++i) b.spawn(client(*b.pool, other.where, done));
    b.run([](bench& t, int& n) -> asio::awaitable<bool> {
        while (n < 8) co_await settle();
        BOOST_TEST(t.pool->stats().idle <= 3u);
        BOOST_TEST(t.pool->stats().idle >= 1u);
        asio::steady_timer timer(t.io, 40ms);
        co_await timer.async_wait(asio::use_awaitable);
        co_return true;
    }(b, done));
    BOOST_TEST(b.pool->stats().idle == 0u);
    BOOST_TEST(b.pool->stats().open == 0u);
    BOOST_TEST(b.pool->stats().hosts == 0u, "nothing is remembered of hosts without connections");
}

BOOST_AUTO_TEST_CASE(idle_connections_do_not_keep_run_going) {
    // A regression shows as a test that takes a minute.
    bench b;
    b.spawn(serve(b.peer, reply_text("x"), 1));
    llmx::http_limits limits;
    limits.deadline = llmx::clock::now() + 1h;
    BOOST_TEST(b.get(limits).body == "x");
    b.io.restart();
    b.io.run();
    BOOST_TEST(b.pool->stats().idle == 1u);
}

BOOST_AUTO_TEST_CASE(body_may_outlive_the_pool) {
    bench b;
    b.spawn(serve(b.peer, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", 1));
    const llmx::http_request r = request_to(b.peer.where);
    const llmx::http_limits limits;
    llmx::cancellation stop;
    auto reply = b.run(head_of(*b.pool, r, limits, stop));
    BOOST_REQUIRE(reply);
    b.pool.reset();
    std::string body;
    BOOST_TEST(!b.run([](llmx::http_body& from, std::string& to) -> asio::awaitable<llmx::result<void>> {
                    auto read = co_await from.read_all(to);
                    co_return read;
                }(*reply->body, body)).has_error());
    BOOST_TEST(body == "body");
}

BOOST_AUTO_TEST_CASE(everything_may_be_dropped_at_any_step) {
    // The context is destroyed after n steps, with whatever is under way then.
    for (int steps = 0; steps < 60; ++steps) {
        llmx::http_pool_options options;
        options.max_per_host = 1;
        llmx::origin by_name;
        llmx::cancellation stop;
        llmx::http_request request, named;
        const llmx::http_limits limits;
        bench b(options);
        by_name = b.peer.where;
        by_name.host = "localhost";
        request = request_to(b.peer.where);
        named = request_to(by_name);
        const auto client = [](bench& t, const llmx::http_request& r, const llmx::http_limits& l, llmx::cancellation& c) -> asio::awaitable<void> {
            for (int i = 0; i < 3; ++i) {
                const outcome o = co_await fetch(*t.pool, r, l, c);
                BOOST_TEST(!o.failure.has_value(), o.text());
            }
        };
        b.spawn(serve_all(b.peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"));
        b.spawn(client(b, request, limits, stop));
        b.spawn(client(b, request, limits, stop));
        b.spawn(client(b, named, limits, stop));
        for (int i = 0; i < steps; ++i) b.io.run_one_for(50ms);
        if (steps % 2 == 1) b.pool.reset();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_unit
