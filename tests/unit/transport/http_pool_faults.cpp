// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <vector>

#include <sys/socket.h>

namespace http_pool_faults_unit {

namespace {

using namespace transport_test;

/// Reads a request, writes \p text and hangs up.
asio::awaitable<void> answer_and_close(upstream& peer, std::string text) {
    tcp::socket s = co_await peer.accept();
    const std::string request = co_await read_request(s);
    co_await write(s, text);
}

/// Reads a request, writes \p text and resets the connection.
asio::awaitable<void> answer_and_reset(upstream& peer, std::string text) {
    tcp::socket s = co_await peer.accept();
    const std::string request = co_await read_request(s);
    co_await write(s, text);
    co_await settle();
    s.set_option(asio::socket_base::linger(true, 0));
    s.close();
}

/// Writes \p text and then nothing, until the client closes.
asio::awaitable<void> answer_and_stall(upstream& peer, std::string text, bool& closed) {
    tcp::socket s = co_await peer.accept();
    const std::string request = co_await read_request(s);
    co_await write(s, text);
    closed = co_await sees_close(s);
}

struct fault {
    const char* name;
    const char* text;
    llmx::errc want;
    bool in_body;
    friend std::ostream& operator<<(std::ostream& os, const fault& f) { return os << f.name; }
};

const std::vector<fault> faults = {
    {"nothing", "", llmx::errc::connection_lost, false},
    {"half_header", "HTTP/1.1 200 OK\r\nConte", llmx::errc::truncated, false},
    {"half_body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", llmx::errc::truncated, true},
    {"no_body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", llmx::errc::truncated, true},
    {"half_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123", llmx::errc::truncated, true},
    {"between_chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n", llmx::errc::truncated, true},
    {"no_last_crlf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n0\r\n", llmx::errc::truncated, true},
};

const std::vector<fault> nonsense = {
    {"other_protocol", "220 mail.example.com ESMTP\r\n", llmx::errc::bad_response, false},
    {"binary", "\x16\x03\x01\x02", llmx::errc::bad_response, false},
    {"http2", "HTTP/2 200\r\n\r\n", llmx::errc::bad_response, false},
    {"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n", llmx::errc::bad_response, true},
};

/// Begins an exchange and returns how far it came: 0 not yet, 1 head, 2 over.
asio::awaitable<void> watched_fetch(bench& b, llmx::http_limits limits, llmx::cancellation& stop, outcome& o, int& stage) {
    const llmx::http_request request = request_to(b.peer.where);
    {
        auto reply = co_await b.pool->exchange(request, limits, stop);
        if (reply) {
            stage = 1;
            const auto read = co_await reply->body->read_all(o.body);
            if (!read) o.failure = read.error();
            o.in_body = true;
        } else {
            o.failure = reply.error();
        }
    }
    stage = 2;
}

/// A port without an answer: its queue of connections is full, so the kernel drops
/// further ones without a word.
struct black_hole {
    explicit black_hole(asio::io_context& io) : acceptor(io) {
        acceptor.open(tcp::v4());
        acceptor.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        acceptor.listen(0);
        for (int i = 0; i < 4; ++i) {
            fillers.emplace_back(io, tcp::v4());
            fillers.back().non_blocking(true);
            // Not Asio's: its synchronous connect waits even on a non-blocking socket.
            const tcp::endpoint to = acceptor.local_endpoint();
            static_cast<void>(::connect(fillers.back().native_handle(), to.data(), static_cast<socklen_t>(to.size())));
        }
        where.host = "127.0.0.1";
        where.port = acceptor.local_endpoint().port();
        where.authority = "blackhole.test";
    }
    tcp::acceptor acceptor;
    std::vector<tcp::socket> fillers;
    llmx::origin where;
};

struct lone_owner final : llmx::connection::owner {
    void take_back(llmx::connection& c) noexcept override { delete &c; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool_faults)

BOOST_DATA_TEST_CASE(peer_hangs_up, boost::unit_test::data::make(faults)) {
    bench b;
    b.spawn(answer_and_close(b.peer, sample.text));
    const outcome o = b.get();
    BOOST_TEST((o.failure && o.failure->value() == sample.want), o.text());
    BOOST_TEST(o.in_body == sample.in_body);
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(peer_resets, boost::unit_test::data::make(faults)) {
    bench b;
    b.spawn(answer_and_reset(b.peer, sample.text));
    const outcome o = b.get();
    BOOST_TEST((o.failure && o.failure->value() == sample.want), o.text());
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(peer_talks_nonsense, boost::unit_test::data::make(nonsense)) {
    bench b;
    bool closed = false;
    b.spawn(answer_and_stall(b.peer, sample.text, closed));
    const outcome o = b.get();
    BOOST_TEST((o.failure && o.failure->value() == sample.want), o.text());
    BOOST_TEST(o.in_body == sample.in_body);
    b.io.restart();
    b.io.run();
    BOOST_TEST(closed);
}

BOOST_AUTO_TEST_CASE(until_close_body_that_is_reset_is_truncated) {
    bench b;
    b.spawn(answer_and_reset(b.peer, "HTTP/1.1 200 OK\r\n\r\nsome"));
    BOOST_TEST(b.get().is(llmx::errc::truncated));
}

BOOST_AUTO_TEST_CASE(endless_chunk_header_is_refused) {
    bench b;
    b.spawn(answer_and_close(b.peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(40'000, 'x')));
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::bad_response), o.text());
}

BOOST_AUTO_TEST_CASE(body_beyond_the_limit_is_refused) {
    bench b;
    b.spawn(answer_and_close(b.peer, reply_text(std::string(1001, 'x'))));
    llmx::http_limits limits;
    limits.max_body = 1000;
    BOOST_TEST(b.get(limits).is(llmx::errc::bad_response));
    b.spawn(answer_and_close(b.peer, reply_text(std::string(1000, 'x'))));
    BOOST_TEST(b.get(limits).body.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(early_answer_to_a_large_request_is_read) {
    // The peer answers 413 and hangs up without having read the body.
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        char bytes[1000];
        co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        co_await write(s, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nno!");
        s.shutdown(tcp::socket::shutdown_send);
        // Takes in some of the rest, so that closing does not reset what was sent.
        std::vector<char> rest(1'000'000);
        for (;;) {
            const auto got = co_await s.async_read_some(asio::buffer(rest), asio::as_tuple(asio::use_awaitable));
            if (std::get<0>(got)) break;
        }
    }(b.peer));
    const std::string large(20'000'000, 'x');
    const llmx::http_request r = request_to(b.peer.where, large);
    const llmx::http_limits limits;
    llmx::cancellation stop;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.status == 413);
    BOOST_TEST(o.body == "no!");
}

BOOST_AUTO_TEST_CASE(refused_names_the_host) {
    bench b;
    b.peer.stop_listening();
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::connect_failed));
    BOOST_TEST(o.text().find(b.peer.where.authority) != std::string::npos, o.text());
    BOOST_TEST(o.text().find("refused") != std::string::npos, o.text());
    BOOST_TEST(b.pool->stats().hosts == 0u);
}

BOOST_AUTO_TEST_CASE(unknown_host_is_named) {
    bench b;
    llmx::origin nowhere = b.peer.where;
    nowhere.host = "no-such-host.invalid";
    nowhere.authority = nowhere.host;
    const outcome o = b.run(transport_test::get(*b.pool, nowhere));
    BOOST_TEST(o.is(llmx::errc::connect_failed), o.text());
    BOOST_TEST(o.text().find("no-such-host.invalid") != std::string::npos, o.text());
}

BOOST_AUTO_TEST_CASE(name_is_resolved) {
    bench b;
    b.spawn(serve(b.peer, reply_text("x", "Connection: close\r\n"), 1));
    llmx::origin named = b.peer.where;
    named.host = "localhost";
    const outcome first = b.run(transport_test::get(*b.pool, named));
    BOOST_TEST(first.body == "x", first.text());
    b.spawn(serve(b.peer, reply_text("y", "Connection: close\r\n"), 1));
    const outcome second = b.run(transport_test::get(*b.pool, named));
    BOOST_TEST(second.body == "y", second.text());
}

BOOST_AUTO_TEST_CASE(each_timeout_has_its_name) {
    const auto soon = [] { return llmx::clock::now() + 15ms; };
    bool closed = false;
    { // the connection is not accepted
        bench b;
        black_hole hole(b.io);
        llmx::http_limits limits;
        limits.connect_by = soon();
        outcome o = b.run(transport_test::get(*b.pool, hole.where, limits));
        BOOST_TEST(o.is(llmx::errc::connect_failed), o.text());
        BOOST_TEST(o.text().find("timed out") != std::string::npos, o.text());
        limits.connect_by = llmx::time_point::max();
        limits.deadline = soon();
        o = b.run(transport_test::get(*b.pool, hole.where, limits));
        BOOST_TEST(o.is(llmx::errc::deadline_exceeded), o.text());
        limits.deadline = llmx::time_point::max();
        limits.first_byte_by = soon();
        o = b.run(transport_test::get(*b.pool, hole.where, limits));
        BOOST_TEST(o.is(llmx::errc::first_token_timeout), o.text());
    }
    { // the pool's own connect timeout
        llmx::http_pool_options options;
        options.connect_timeout = 15ms;
        bench b(options);
        black_hole hole(b.io);
        const outcome o = b.run(transport_test::get(*b.pool, hole.where));
        BOOST_TEST(o.is(llmx::errc::connect_failed), o.text());
    }
    { // no reply
        bench b;
        b.spawn(answer_and_stall(b.peer, "", closed));
        llmx::http_limits limits;
        limits.first_byte_by = soon();
        BOOST_TEST(b.get(limits).is(llmx::errc::first_token_timeout));
        b.io.restart();
        b.io.run();
        BOOST_TEST(closed, "the socket is closed with it");
    }
    { // no reply, and the call's deadline is the nearer
        bench b;
        b.spawn(answer_and_stall(b.peer, "HTTP/1.1 2", closed));
        llmx::http_limits limits;
        limits.deadline = soon();
        limits.first_byte_by = limits.deadline + 1s;
        BOOST_TEST(b.get(limits).is(llmx::errc::deadline_exceeded));
    }
    { // a pause in the body
        bench b;
        b.spawn(answer_and_stall(b.peer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", closed));
        llmx::http_limits limits;
        limits.idle = 15ms;
        limits.first_byte_by = llmx::clock::now() + 1s;
        const outcome o = b.get(limits);
        BOOST_TEST(o.is(llmx::errc::idle_timeout), o.text());
        BOOST_TEST(o.in_body);
        BOOST_TEST(o.body == "half");
    }
    { // a body that takes too long in all
        bench b;
        b.spawn(answer_and_stall(b.peer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", closed));
        llmx::http_limits limits;
        limits.deadline = soon();
        limits.idle = 1s;
        const outcome o = b.get(limits);
        BOOST_TEST(o.is(llmx::errc::deadline_exceeded), o.text());
        BOOST_TEST(o.in_body);
    }
    { // a limit for the first real content, moved by the reader
        bench b;
        b.spawn(answer_and_stall(b.peer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", closed));
        const llmx::errc got = b.run([](bench& t) -> asio::awaitable<llmx::errc> {
            const llmx::http_request r = request_to(t.peer.where);
            const llmx::http_limits limits;
            llmx::cancellation stop;
            auto reply = co_await t.pool->exchange(r, limits, stop);
            BOOST_REQUIRE(reply);
            reply->body->read_by(llmx::clock::now() + 15ms);
            auto piece = co_await reply->body->read_some();
            BOOST_TEST((piece && *piece == "half"));
            piece = co_await reply->body->read_some();
            BOOST_REQUIRE(!piece);
            // And the failure stays.
            const auto again = co_await reply->body->read_some();
            BOOST_TEST((!again && again.error().value() == piece.error().value()));
            co_return piece.error().value();
        }(b));
        BOOST_TEST((got == llmx::errc::first_token_timeout));
    }
    { // over before it begins
        bench b;
        llmx::http_limits limits;
        limits.deadline = llmx::clock::now() - 1ms;
        BOOST_TEST(b.get(limits).is(llmx::errc::deadline_exceeded));
        BOOST_TEST(b.pool->stats().connects == 0u);
    }
}

BOOST_AUTO_TEST_CASE(first_byte_limit_ends_with_the_head) {
    // It must not cut off a body that takes longer.
    bench b;
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        const std::string request = co_await read_request(s);
        co_await write(s, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        const asio::any_io_executor ex = co_await asio::this_coro::executor;
        asio::steady_timer t(ex, 40ms);
        co_await t.async_wait(asio::use_awaitable);
        co_await write(s, "body");
    }(b.peer));
    const std::string body = b.run([](bench& t) -> asio::awaitable<std::string> {
        const llmx::http_request r = request_to(t.peer.where);
        llmx::http_limits limits;
        limits.first_byte_by = llmx::clock::now() + 20ms;
        llmx::cancellation stop;
        auto reply = co_await t.pool->exchange(r, limits, stop);
        BOOST_REQUIRE(reply);
        // Nor one whose reader takes its time.
        asio::steady_timer slow(t.io, 30ms);
        co_await slow.async_wait(asio::use_awaitable);
        std::string text;
        const auto read = co_await reply->body->read_all(text);
        BOOST_TEST(read.has_value());
        co_return text;
    }(b));
    BOOST_TEST(body == "body");
}

BOOST_AUTO_TEST_CASE(cancelling_closes_the_socket_at_once) {
    // Before the reply, within its head, within its body.
    const char* const texts[] = {"", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"};
    for (const char* const text : texts) {
        bench b;
        bool closed = false;
        outcome o;
        int stage = 0;
        llmx::cancellation stop;
        b.spawn(answer_and_stall(b.peer, text, closed));
        b.spawn(watched_fetch(b, llmx::http_limits(), stop, o, stage));
        b.run([](bench& t) -> asio::awaitable<bool> {
            while (t.peer.accepted == 0) co_await settle();
            co_await settle();
            co_return true;
        }(b));
        BOOST_TEST(stage < 2);
        stop.cancel();
        b.io.restart();
        b.io.run(); // returns only because both sides are over
        BOOST_TEST(stage == 2);
        BOOST_TEST(o.is(llmx::errc::cancelled), o.text());
        BOOST_TEST(closed);
        BOOST_TEST(b.pool->stats().open == 0u);
    }
}

BOOST_AUTO_TEST_CASE(cancelling_works_while_connecting_and_resolving) {
    bench b;
    black_hole hole(b.io);
    llmx::origin named = hole.where;
    named.host = "localhost";
    for (const llmx::origin* to : {&hole.where, &named}) {
        outcome o;
        llmx::cancellation stop;
        const llmx::http_request r = request_to(*to);
        const llmx::http_limits limits;
        bool over = false;
        b.spawn([](bench& t, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& c,
                   outcome& out, bool& done) -> asio::awaitable<void> {
            out = co_await fetch(*t.pool, q, l, c);
            done = true;
        }(b, r, limits, stop, o, over));
        b.run([]() -> asio::awaitable<bool> {
            co_await settle();
            co_return true;
        }());
        BOOST_TEST(!over);
        stop.cancel();
        b.io.restart();
        b.io.run();
        BOOST_TEST(over);
        BOOST_TEST(o.is(llmx::errc::cancelled), o.text());
        BOOST_TEST(b.pool->stats().open == 0u);
    }
    llmx::cancellation before;
    before.cancel();
    const llmx::http_request r = request_to(b.peer.where);
    const llmx::http_limits limits;
    BOOST_TEST(b.run(fetch(*b.pool, r, limits, before)).is(llmx::errc::cancelled));
}

BOOST_AUTO_TEST_CASE(cancelling_while_the_body_is_held_fails_its_next_read) {
    bench b;
    b.spawn(serve(b.peer, reply_text("body"), 1));
    const llmx::errc got = b.run([](bench& t) -> asio::awaitable<llmx::errc> {
        const llmx::http_request r = request_to(t.peer.where);
        const llmx::http_limits limits;
        llmx::cancellation stop;
        auto reply = co_await t.pool->exchange(r, limits, stop);
        BOOST_REQUIRE(reply);
        stop.cancel();
        const auto piece = co_await reply->body->read_some();
        BOOST_REQUIRE(!piece);
        co_return piece.error().value();
    }(b));
    BOOST_TEST((got == llmx::errc::cancelled));
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_AUTO_TEST_CASE(every_address_is_tried) {
    asio::io_context io(1);
    upstream peer(io);
    black_hole hole(io);
    llmx::deadline_service deadlines(io);
    lone_owner owner;
    const auto try_all = [&](const llmx::origin& to, std::vector<asio::ip::address> addresses, llmx::duration limit) {
        llmx::connection_ptr c(new llmx::connection(io, deadlines, owner));
        const llmx::http_limits limits;
        return llmx::testing::run(io, c->connect(to, addresses, llmx::clock::now() + limit, limits, nullptr));
    };
    const auto good = asio::ip::make_address("127.0.0.1"), refuses = asio::ip::make_address("127.0.0.2");
    BOOST_TEST(!try_all(peer.where, {refuses, good}, 1s).has_error());
    BOOST_TEST(!try_all(peer.where, {good}, 1s).has_error());
    const auto none = try_all(peer.where, {refuses, refuses}, 1s);
    BOOST_TEST((none.has_error() && none.error().value() == llmx::errc::connect_failed));
    const auto nothing = try_all(peer.where, {}, 1s);
    BOOST_TEST((nothing.has_error() && nothing.error().value() == llmx::errc::connect_failed));
    // One that swallows packets leaves time for those after it: here it is followed by one
    // that refuses, whose word is the last.
    const auto last = try_all(hole.where, {good, refuses}, 40ms);
    BOOST_REQUIRE(last.has_error());
    BOOST_TEST(last.error().message().find("refused") != std::string::npos, last.error().message());
    const auto hangs = try_all(hole.where, {refuses, good}, 20ms);
    BOOST_REQUIRE(hangs.has_error());
    BOOST_TEST(hangs.error().message().find("timed out") != std::string::npos, hangs.error().message());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_faults_unit
