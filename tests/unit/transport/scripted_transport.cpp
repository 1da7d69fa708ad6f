// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include "../../support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace scripted_transport_unit {

namespace {

using namespace transport_test;
using llmx::testing::manual_runtime;
using llmx::testing::scripted_transport;

struct world {
    world() { net.use_clock(runtime.clock()); }
    scripted_transport net;
    manual_runtime runtime{net};
    llmx::cancellation stop;
    llmx::origin to = [] {
        llmx::origin o;
        o.host = o.authority = "api.test";
        o.port = 443;
        o.tls = true;
        return o;
    }();
    outcome fetch(const llmx::http_limits& limits = llmx::http_limits(), std::string target = "/v1/chat") {
        llmx::http_request r = request_to(to, "{\"a\":");
        r.body.append("1}");
        r.target = std::move(target);
        return llmx::testing::run(transport_test::fetch(net, r, limits, stop));
    }
};

asio::awaitable<std::vector<std::string>> pieces_of(scripted_transport& net, const llmx::http_request& r, llmx::cancellation& stop) {
    std::vector<std::string> pieces;
    const llmx::http_limits limits;
    auto reply = co_await net.exchange(r, limits, stop);
    BOOST_REQUIRE(reply);
    for (;;) {
        const auto piece = co_await reply->body->read_some();
        BOOST_REQUIRE(piece);
        if (piece->empty()) co_return pieces;
        pieces.emplace_back(*piece);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_scripted)

BOOST_AUTO_TEST_CASE(replies_in_order_and_records) {
    world w;
    w.net.reply(200, "first").field("Content-Type", "text/plain");
    w.net.reply(429, "second").field("Retry-After", "3");
    BOOST_TEST(w.net.unused() == 2u);
    BOOST_TEST(w.fetch().body == "first");
    const outcome o = w.fetch();
    BOOST_TEST(o.status == 429);
    BOOST_TEST(o.body == "second");
    BOOST_TEST(w.net.unused() == 0u);
    const outcome none = w.fetch();
    BOOST_TEST(none.is(llmx::errc::connect_failed));
    BOOST_TEST(none.text().find("POST /v1/chat") != std::string::npos, none.text());
    BOOST_REQUIRE(w.net.requests().size() == 3u);
    const auto& r = w.net.requests().front();
    BOOST_TEST(r.method == "POST");
    BOOST_TEST(r.target == "/v1/chat");
    BOOST_TEST(r.fields == "Content-Type: application/json\r\n");
    BOOST_TEST(r.body == "{\"a\":1}");
    BOOST_TEST((r.to == w.to));
    w.net.clear();
    BOOST_TEST(w.net.requests().empty());
    BOOST_TEST(w.net.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(replies_by_path_and_repeatedly) {
    world w;
    w.net.reply(200, "models").when_path("/v1/models");
    w.net.reply(200, "chat").when_path("/v1/chat").times(2);
    w.net.reply_always(503, "down");
    BOOST_TEST(w.fetch().body == "chat");
    BOOST_TEST(w.fetch(llmx::http_limits(), "/v1/models?x").body == "models");
    BOOST_TEST(w.fetch().body == "chat");
    BOOST_TEST(w.fetch().status == 503);
    BOOST_TEST(w.fetch(llmx::http_limits(), "/v1/models").status == 503);
}

BOOST_AUTO_TEST_CASE(fails_at_the_nth_call) {
    world w;
    w.net.reply_always(200, "ok");
    w.net.fail_call(2, llmx::error(llmx::errc::connection_lost));
    BOOST_TEST(w.fetch().body == "ok");
    BOOST_TEST(w.fetch().is(llmx::errc::connection_lost));
    BOOST_TEST(w.fetch().body == "ok");
    w.net.fail(llmx::error(llmx::errc::connect_failed, "refused"));
    BOOST_TEST(w.fetch().text() == "refused");
}

BOOST_AUTO_TEST_CASE(body_comes_in_its_pieces) {
    world w;
    w.net.reply().split("abcdefg", 3);
    w.net.reply().piece("x").piece("").piece("yz");
    const llmx::http_request r = request_to(w.to);
    BOOST_TEST(llmx::testing::run(pieces_of(w.net, r, w.stop)) == (std::vector<std::string>{"abc", "def", "g"}), boost::test_tools::per_element());
    BOOST_TEST(llmx::testing::run(pieces_of(w.net, r, w.stop)) == (std::vector<std::string>{"x", "yz"}), boost::test_tools::per_element());
    BOOST_TEST(w.net.closed_early() == 0u);
}

BOOST_AUTO_TEST_CASE(cuts_after_any_byte) {
    for (std::size_t n = 0; n <= 7; ++n) {
        world w;
        w.net.reply().split("abcdefg", 3).cut_after(n);
        const outcome o = w.fetch();
        BOOST_TEST(o.is(llmx::errc::truncated), "cut after " << n);
        BOOST_TEST(o.body == std::string("abcdefg").substr(0, n));
        BOOST_TEST(w.net.closed_early() == 1u);
    }
    world w;
    w.net.reply(200, "whole").cut_after(6);
    BOOST_TEST(w.fetch().body == "whole");
}

BOOST_AUTO_TEST_CASE(stall_ends_by_cancellation) {
    for (const bool in_body : {false, true}) {
        asio::io_context io(1);
        world w;
        if (in_body) w.net.reply(200, "abc").stall_after(2);
        else w.net.reply(200, "abc").stall();
        const llmx::http_request r = request_to(w.to);
        const llmx::http_limits limits;
        outcome o;
        bool over = false;
        asio::co_spawn(io, [](world& t, const llmx::http_request& q, const llmx::http_limits& l, outcome& out, bool& done) -> asio::awaitable<void> {
            out = co_await transport_test::fetch(t.net, q, l, t.stop);
            done = true;
        }(w, r, limits, o, over), asio::detached);
        io.poll();
        BOOST_TEST(!over);
        w.runtime.advance(100h);
        io.poll();
        BOOST_TEST(!over, "no limit was set");
        BOOST_TEST(w.runtime.clock().waiting() == 1u);
        w.stop.cancel();
        io.poll();
        BOOST_TEST(over);
        BOOST_TEST(o.is(llmx::errc::cancelled), o.text());
        BOOST_TEST(o.body == (in_body ? "ab" : ""));
        BOOST_TEST(w.net.open_bodies() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(stall_ends_by_the_manual_clock) {
    struct row {
        bool in_body;
        int deadline, first, idle; // minutes; 0 is none
        llmx::errc want;
    };
    const row rows[] = {
        {false, 5, 0, 0, llmx::errc::deadline_exceeded}, {false, 5, 3, 0, llmx::errc::first_token_timeout},
        {false, 3, 5, 1, llmx::errc::deadline_exceeded}, {true, 5, 3, 0, llmx::errc::deadline_exceeded},
        {true, 5, 0, 2, llmx::errc::idle_timeout},       {true, 2, 0, 5, llmx::errc::deadline_exceeded},
    };
    for (const row& each : rows) {
        asio::io_context io(1);
        world w;
        if (each.in_body) w.net.reply(200, "abc").stall_after(2);
        else w.net.reply().stall();
        const auto now = w.runtime.now();
        llmx::http_limits limits;
        if (each.deadline != 0) limits.deadline = now + each.deadline * 1min;
        if (each.first != 0) limits.first_byte_by = now + each.first * 1min;
        if (each.idle != 0) limits.idle = each.idle * 1min;
        const llmx::http_request r = request_to(w.to);
        outcome o;
        bool over = false;
        asio::co_spawn(io, [](world& t, const llmx::http_request& q, const llmx::http_limits& l, outcome& out, bool& done) -> asio::awaitable<void> {
            out = co_await transport_test::fetch(t.net, q, l, t.stop);
            done = true;
        }(w, r, limits, o, over), asio::detached);
        io.poll();
        w.runtime.advance(1min);
        io.poll();
        BOOST_TEST(!over);
        w.runtime.advance(5min);
        io.poll();
        BOOST_TEST_REQUIRE(over);
        BOOST_TEST(o.is(each.want), o.text());
    }
}

BOOST_AUTO_TEST_CASE(scripted_time_passes) {
    world w;
    w.net.reply(200, "").takes(2s).split("abcd", 1).piece_takes(1s);
    const auto begin = w.runtime.now();
    BOOST_TEST(w.fetch().body == "abcd");
    BOOST_TEST((w.runtime.now() - begin == 6s));
    w.net.reply(200, "x").takes(10s);
    llmx::http_limits limits;
    limits.first_byte_by = w.runtime.now() + 9s;
    BOOST_TEST(w.fetch(limits).is(llmx::errc::first_token_timeout));
    BOOST_TEST((w.runtime.now() == limits.first_byte_by), "it took no longer than the limit");
}

BOOST_AUTO_TEST_CASE(sleeps_take_no_time_and_are_recorded) {
    world w;
    const auto begin = w.runtime.now();
    const auto unix_begin = w.runtime.unix_seconds();
    BOOST_TEST(!llmx::testing::run(w.runtime.sleep_until(begin + 3s, w.stop)).has_error());
    BOOST_TEST(!llmx::testing::run(w.runtime.sleep_until(begin, w.stop)).has_error());
    BOOST_TEST((w.runtime.now() == begin + 3s));
    BOOST_TEST(w.runtime.unix_seconds() == unix_begin + 3);
    BOOST_TEST((w.runtime.sleeps() == std::vector<llmx::duration>{3s, 0s}));
    w.stop.cancel();
    BOOST_TEST(llmx::testing::run(w.runtime.sleep_until(begin + 9s, w.stop)).has_error());
    BOOST_TEST((w.runtime.now() == begin + 3s));
}

BOOST_AUTO_TEST_CASE(sleeps_can_be_held) {
    asio::io_context io(1);
    world w;
    w.runtime.hold_sleeps(true);
    int woken = 0, failed = 0;
    const auto sleeper = [](world& t, llmx::duration d, int& ok, int& bad) -> asio::awaitable<void> {
        const auto r = co_await t.runtime.sleep_until(t.runtime.now() + d, t.stop);
        ++(r ? ok : bad);
    };
    asio::co_spawn(io, sleeper(w, 1s, woken, failed), asio::detached);
    asio::co_spawn(io, sleeper(w, 2s, woken, failed), asio::detached);
    asio::co_spawn(io, sleeper(w, 3s, woken, failed), asio::detached);
    io.poll();
    BOOST_TEST(w.runtime.clock().waiting() == 3u);
    w.runtime.advance(1s);
    io.poll();
    BOOST_TEST(woken == 1);
    w.runtime.advance(999ms);
    io.poll();
    BOOST_TEST(woken == 1);
    w.runtime.advance(1ms);
    io.poll();
    BOOST_TEST(woken == 2);
    w.stop.cancel();
    io.run();
    BOOST_TEST(failed == 1);
}

BOOST_AUTO_TEST_CASE(randomness_is_seeded) {
    scripted_transport net;
    manual_runtime a(net, asio::any_io_executor(), 7), b(net, asio::any_io_executor(), 7), c(net, asio::any_io_executor(), 8);
    const auto first = a.random();
    BOOST_TEST(first == b.random());
    BOOST_TEST(first != c.random());
}

BOOST_AUTO_TEST_CASE(run_gives_value_exception_or_complaint) {
    BOOST_TEST(llmx::testing::run([]() -> asio::awaitable<int> { co_return 5; }()) == 5);
    BOOST_CHECK_THROW(llmx::testing::run([]() -> asio::awaitable<int> {
        throw std::runtime_error("inside");
        co_return 1;
    }()), std::runtime_error);
    asio::io_context io(1);
    BOOST_CHECK_THROW(llmx::testing::run(io, [](asio::io_context& c) -> asio::awaitable<int> {
        c.stop();
        co_await settle();
        co_return 1;
    }(io)), std::logic_error);
}

#if !defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)

BOOST_AUTO_TEST_CASE(replay_allocates_nothing) {
    world w;
    w.net.record(false);
    w.net.reply_always(200, "{}").field("Content-Type", "application/json");
    const llmx::http_request r = request_to(w.to);
    std::string body;
    const std::size_t used = llmx::testing::run([](world& t, const llmx::http_request& q, std::string& text) -> asio::awaitable<std::size_t> {
        const llmx::http_limits limits;
        std::size_t before = 0;
        for (int i = 0; i < 100; ++i) {
            if (i == 10) before = llmx_test::allocations();
            text.clear();
            auto reply = co_await t.net.exchange(q, limits, t.stop);
            const auto read = co_await reply->body->read_all(text);
            BOOST_REQUIRE(read);
        }
        co_return llmx_test::allocations() - before;
    }(w, r, body));
    BOOST_TEST(used == 0u);
    BOOST_TEST(body == "{}");
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace scripted_transport_unit
