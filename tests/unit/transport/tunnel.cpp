// SPDX-License-Identifier: BSL-1.0
// Connections to an upstream that change to another protocol.
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "tls_peer.hpp"

#include <llmx/transport/tunnel.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace tunnel_test {

using namespace transport_test;
namespace data = boost::unit_test::data;

inline constexpr std::string_view switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

/// What the peer does behind its answer.
enum class then : char { echo, end, reset, wait };

asio::awaitable<void> serve(line_bench& b, std::string answer, then what, std::string& head, bool& closed) {
    peer_line p = co_await b.accept_line();
    co_await p.begin();
    while (head.find("\r\n\r\n") == std::string::npos) {
        const std::string more = co_await p.read_some();
        if (more.empty()) co_return;
        head += more;
    }
    if (answer.empty()) {
        (void)co_await p.read_some();
        closed = true;
        co_return;
    }
    co_await p.send(p.record(answer));
    if (what == then::end && p.native() != nullptr) {
        const std::string last = p.goodbye();
        co_await p.send(last);
    }
    if (what == then::end) p.socket.shutdown(tcp::socket::shutdown_send);
    if (what == then::reset) {
        p.socket.set_option(asio::socket_base::linger(true, 0));
        p.socket.close(); // a destructor would not reset
        co_return;
    }
    for (;;) {
        const std::string more = co_await p.read_some();
        if (more.empty()) break;
        if (what == then::echo) co_await p.send(p.record(more));
    }
    closed = true;
}

struct tunnel_bench : line_bench {
    explicit tunnel_bench(line l, std::string answer = std::string(switching), then what = then::echo) : line_bench(l) {
        request = request_to(peer.where, "");
        request.method = "GET";
        request.add_field("Connection", "Upgrade");
        request.add_field("Upgrade", "x");
        spawn(serve(*this, std::move(answer), what, head, closed));
    }
    llmx::result<llmx::tunnel_response> open(llmx::http_limits limits = llmx::http_limits()) {
        if (limits.deadline == llmx::time_point::max()) limits.deadline = llmx::clock::now() + 20s;
        return run(pool->open_tunnel(request, limits, stop));
    }
    std::string read(llmx::tunnel& t, std::size_t n) {
        return run([](llmx::tunnel& from, std::size_t size) -> asio::awaitable<std::string> {
            std::string all;
            while (all.size() < size) {
                const auto some = co_await from.read_some();
                BOOST_REQUIRE_MESSAGE(some, some.error().message());
                if (some->empty()) break;
                all += *some;
            }
            co_return all;
        }(t, n));
    }
    llmx::result<std::string_view> read_some(llmx::tunnel& t) { return run(t.read_some()); }
    void until_closed() {
        run([](const bool& c) -> asio::awaitable<bool> {
            while (!c) co_await settle();
            co_return true;
        }(closed));
    }
    llmx::http_request request;
    llmx::cancellation stop;
    std::string head;
    bool closed = false;
};

} // namespace tunnel_test

using namespace tunnel_test;

BOOST_AUTO_TEST_SUITE(transport_tunnel)

BOOST_DATA_TEST_CASE(bytes_pass_as_they_are, data::make(all_lines), over) {
    tunnel_bench b(over, std::string(switching) + "what came early");
    {
        auto answer = b.open();
        BOOST_REQUIRE_MESSAGE(answer, answer.error().message());
        BOOST_TEST(answer->status == 101);
        BOOST_TEST(llmx::find_field(answer->fields, "upgrade") == "x");
        BOOST_TEST(!answer->body);
        BOOST_REQUIRE(answer->tunnel);
        BOOST_TEST(b.head.find("Content-Length") == std::string::npos);
        BOOST_TEST(b.read(*answer->tunnel, 15) == "what came early");
        const std::string large(3'000'000, 'x');
        b.spawn([](llmx::tunnel& t, std::string_view text) -> asio::awaitable<void> {
            const auto written = co_await t.write(text);
            BOOST_TEST(written.has_value());
        }(*answer->tunnel, large));
        BOOST_TEST((b.read(*answer->tunnel, large.size()) == large));
        BOOST_TEST(b.pool->stats().open == 0u, "the pool has no part in it");
    }
    b.until_closed();
    BOOST_TEST(b.pool->stats().idle == 0u);
}

BOOST_DATA_TEST_CASE(a_tunnel_is_never_a_kept_connection, data::make(all_lines), over) {
    line_bench kept(over);
    kept.spawn([](line_bench& t) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        co_await answer_all(p);
    }(kept));
    BOOST_TEST(kept.run(ask(kept, "one")).body == "for one");
    std::string head;
    bool closed = false;
    kept.spawn(serve(kept, std::string(switching), then::echo, head, closed));
    llmx::http_request q = request_to(kept.peer.where, "");
    q.method = "GET";
    llmx::cancellation stop;
    const llmx::http_limits limits;
    auto answer = kept.run(kept.pool->open_tunnel(q, limits, stop));
    BOOST_REQUIRE(answer);
    BOOST_TEST(kept.peer.accepted == 2);
    BOOST_TEST(kept.pool->stats().idle == 1u);
}

BOOST_DATA_TEST_CASE(a_refusal_has_a_body, data::make(all_lines), over) {
    tunnel_bench b(over, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nkey?");
    {
        auto answer = b.open();
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->status == 401);
        BOOST_TEST(!answer->tunnel);
        std::string text;
        BOOST_TEST(b.run(answer->body->read_all(text)).has_value());
        BOOST_TEST(text == "key?");
    }
    b.until_closed();
    BOOST_TEST(b.pool->stats().idle == 0u);
}

BOOST_DATA_TEST_CASE(the_peer_may_end_its_direction, data::make(all_lines), over) {
    tunnel_bench b(over, std::string(switching) + "abc", then::end);
    auto answer = b.open();
    BOOST_REQUIRE(answer && answer->tunnel);
    BOOST_TEST(b.read(*answer->tunnel, 99) == "abc");
    for (int i = 0; i < 2; ++i) {
        const auto end = b.read_some(*answer->tunnel);
        BOOST_TEST((end && end->empty()));
    }
    BOOST_TEST(b.run(answer->tunnel->write("still")).has_value());
    answer->tunnel->finish_writing();
    if (over == line::plain) b.until_closed();
}

BOOST_DATA_TEST_CASE(a_break_is_no_end, data::make(all_lines), over) {
    tunnel_bench b(over, std::string(switching), then::reset);
    auto answer = b.open();
    if (!answer) return; // the reset may overtake the answer
    const auto end = b.read_some(*answer->tunnel);
    BOOST_TEST((!end && end.error().value() == llmx::errc::truncated));
    const auto again = b.read_some(*answer->tunnel);
    BOOST_TEST(!again.has_value());
}

BOOST_DATA_TEST_CASE(limits_and_cancellation_close_it, data::make(all_lines) * data::make({0, 1, 2, 3}), over, how) {
    tunnel_bench b(over, std::string(switching), then::wait);
    llmx::http_limits limits;
    if (how == 0) limits.deadline = llmx::clock::now() + 300ms;
    if (how == 1) limits.idle = 50ms;
    auto answer = b.open(limits);
    BOOST_REQUIRE_MESSAGE(answer, answer.error().message());
    if (how >= 2)
        b.spawn([](tunnel_bench& t, llmx::tunnel& open, bool close) -> asio::awaitable<void> {
            co_await settle();
            if (close) open.close();
            else t.stop.cancel();
        }(b, *answer->tunnel, how == 3));
    const llmx::errc expected[] = {llmx::errc::deadline_exceeded, llmx::errc::idle_timeout, llmx::errc::cancelled, llmx::errc::cancelled};
    const auto read = b.read_some(*answer->tunnel);
    BOOST_TEST((!read && read.error().value() == expected[how]));
    const auto written = b.run(answer->tunnel->write("x"));
    BOOST_TEST((!written && written.error().value() == expected[how]));
    b.until_closed();
}

BOOST_DATA_TEST_CASE(opening_is_bounded, data::make(all_lines) * data::make({0, 1, 2, 3}), over, how) {
    tunnel_bench b(over, std::string());
    llmx::http_limits limits;
    if (how == 0) limits.deadline = llmx::clock::now() + 100ms;
    if (how == 1) limits.first_byte_by = llmx::clock::now() + 100ms;
    if (how == 2)
        b.spawn([](tunnel_bench& t) -> asio::awaitable<void> {
            while (t.head.empty()) co_await settle();
            t.stop.cancel();
        }(b));
    if (how == 3) b.stop.cancel();
    const auto answer = b.open(limits);
    const llmx::errc expected[] = {llmx::errc::deadline_exceeded, llmx::errc::first_token_timeout, llmx::errc::cancelled, llmx::errc::cancelled};
    BOOST_TEST((!answer && answer.error().value() == expected[how]));
    if (how != 3) b.until_closed();
}

BOOST_AUTO_TEST_CASE(an_exchange_takes_no_101) {
    tunnel_bench b(line::plain);
    BOOST_TEST(b.run(get(*b.pool, b.peer.where)).is(llmx::errc::bad_response));
}

BOOST_DATA_TEST_CASE(everything_may_be_dropped_at_any_step_of_a_tunnel, data::make(all_lines), over) {
    for (int steps = 0; steps < 60; ++steps) {
        tunnel_bench b(over);
        b.spawn([](tunnel_bench& t) -> asio::awaitable<void> {
            const llmx::http_limits limits;
            auto answer = co_await t.pool->open_tunnel(t.request, limits, t.stop);
            if (!answer) co_return;
            const std::string large(5'000'000, 'x');
            const auto written = co_await answer->tunnel->write(large);
            if (written) (void)co_await answer->tunnel->read_some();
        }(b));
        for (int i = 0; i < steps; ++i) b.io.run_one_for(10ms);
        if (steps % 2 == 1) b.stop.cancel();
        if (steps % 4 == 3) b.io.run_one_for(10ms);
        if (steps % 5 == 1) b.pool.reset();
    }
}

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace tunnel_unit {



} // namespace tunnel_unit
