// SPDX-License-Identifier: BSL-1.0
// Answers that begin before the request has been written wholly (RFC 9112 section 9.5).
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "tls_peer.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace transport_test;
namespace data = boost::unit_test::data;

/// Far more than the buffers of two sockets hold.
const std::string large(20'000'000, 'x');

/// Reads until the head of a request is there.
asio::awaitable<void> read_head(peer_line& p) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
        const std::string more = co_await p.read_some();
        BOOST_REQUIRE(!more.empty());
        text += more;
    }
}

/// What a peer that reads no more sees in the end.
struct refusal {
    /// Set by the test: the client is done, and what it sent may be read.
    bool over = false;
    bool closed = false;
    std::size_t unread = 0;
};

/// Answers \p text to the head of a request and reads no more of it until the client is done.
asio::awaitable<void> answer_head_only(line_bench& b, std::string text, refusal& r) {
    peer_line p = co_await b.accept_line();
    co_await p.begin();
    co_await read_head(p);
    for (std::size_t at = 0; at < text.size(); at += 10'000) co_await p.send(p.record(text.substr(at, 10'000)));
    while (!r.over) co_await settle();
    for (std::size_t n = 1; n != 0; r.unread += n) {
        const std::string more = co_await p.read_some();
        n = more.size();
    }
    r.closed = true;
}

outcome upload(line_bench& b, llmx::http_limits limits = llmx::http_limits()) {
    const llmx::http_request r = request_to(b.peer.where, large);
    llmx::cancellation stop;
    return b.run(fetch(*b.pool, r, limits, stop));
}

void run_out(bench& b, refusal& r) {
    r.over = true;
    b.io.restart();
    b.io.run();
}

llmx::http_limits soon() {
    llmx::http_limits limits;
    limits.deadline = llmx::clock::now() + 20s;
    return limits;
}

/// Reads a little, answers a little: a large request meets a large answer.
asio::awaitable<void> echo(line_bench& b, std::size_t size) {
    peer_line p = co_await b.accept_line();
    co_await p.begin();
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) text += co_await p.read_some();
    text.erase(0, text.find("\r\n\r\n") + 4);
    co_await p.send(p.record("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n"));
    std::size_t echoed = 0;
    for (;;) {
        co_await p.send(p.record(text));
        echoed += text.size();
        if (echoed == size) break;
        text = co_await p.read_some();
        BOOST_REQUIRE(!text.empty());
    }
    co_await answer_all(p);
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_early_answers)

BOOST_DATA_TEST_CASE(a_refusal_reaches_the_caller_although_the_peer_reads_no_more, data::make(all_lines), over) {
    struct kind {
        std::string text, body;
        int status;
    };
    const std::string long_body(100'000, 'b');
    const kind kinds[] = {
        {"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nno!", "no!", 413},
        {"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n", "no!", 401},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", "", 429},
        {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100000\r\n\r\n" + long_body, long_body, 500},
        {"HTTP/1.1 308 Permanent Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "", 308},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", 200},
    };
    for (const kind& k : kinds) {
        line_bench b(over);
        refusal r;
        b.spawn(answer_head_only(b, k.text, r));
        const outcome o = upload(b, soon());
        BOOST_TEST(!o.failure.has_value(), k.status << ": " << o.text());
        BOOST_TEST(o.status == k.status);
        BOOST_TEST((o.body == k.body), k.status);
        BOOST_TEST(b.pool->stats().open == 0u, "the connection is not used again");
        run_out(b, r);
        BOOST_TEST(r.closed, k.status << ": the client closes it");
        BOOST_TEST(r.unread < large.size(), k.status << ": and stops sending");
    }
}

BOOST_DATA_TEST_CASE(after_a_refusal_the_next_call_is_answered_on_another_connection, data::make(all_lines), over) {
    // Even by a peer that reads the rest after all, and takes the connection to be kept.
    line_bench b(over);
    bool used_again = false;
    b.spawn([](line_bench& t, bool& again) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        co_await read_head(p);
        co_await p.send(p.record("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nno!"));
        peer_line q = co_await t.accept_line();
        co_await q.begin();
        for (std::string more = "x"; !more.empty();) {
            more = co_await p.read_some();
            again = again || more.find("POST ") != std::string::npos;
        }
        co_await answer_all(q);
    }(b, used_again));
    const outcome one = upload(b, soon());
    BOOST_TEST(one.status == 413, one.text());
    const outcome two = b.run(ask(b, "two", soon()));
    BOOST_TEST(two.body == "for two", two.text());
    BOOST_TEST(!used_again);
}

BOOST_DATA_TEST_CASE(an_early_success_does_not_end_the_request, data::make(all_lines), over) {
    line_bench b(over);
    bool whole = false;
    b.spawn([](line_bench& t, bool& all) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) text += co_await p.read_some();
        std::size_t body = text.size() - text.find("\r\n\r\n") - 4;
        co_await p.send(p.record("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
        while (body < large.size()) {
            const std::string more = co_await p.read_some();
            BOOST_REQUIRE(!more.empty());
            body += more.size();
        }
        all = body == large.size();
        co_await p.send(p.record("ok"));
        co_await answer_all(p);
    }(b, whole));
    const outcome one = upload(b, soon());
    BOOST_TEST(one.body == "ok", one.text());
    BOOST_TEST(whole);
    const outcome two = b.run(ask(b, "two", soon()));
    BOOST_TEST(two.body == "for two", two.text());
    BOOST_TEST(b.pool->stats().connects == 1u, "both were complete: the connection is kept");
}

BOOST_DATA_TEST_CASE(a_large_request_and_its_large_answer_do_not_block_each_other, data::make(all_lines), over) {
    line_bench b(over);
    b.spawn(echo(b, large.size()));
    const outcome one = upload(b, soon());
    BOOST_TEST(!one.failure.has_value(), one.text());
    BOOST_TEST((one.body == large));
    const outcome two = b.run(ask(b, "two", soon()));
    BOOST_TEST(two.body == "for two", two.text());
}

BOOST_DATA_TEST_CASE(an_upload_can_be_given_up, data::make(all_lines) * data::make({0, 1, 2}), over, how) {
    // By a cancellation, by a deadline, by the end of the pool: at once, with the write under way.
    line_bench b(over);
    refusal seen;
    b.spawn(answer_head_only(b, "", seen));
    const llmx::http_request r = request_to(b.peer.where, large);
    llmx::http_limits limits;
    if (how == 1) limits.deadline = llmx::clock::now() + 300ms;
    llmx::cancellation stop;
    outcome o;
    bool done = false;
    b.spawn([](line_bench& t, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& s,
               outcome& out, bool& ready) -> asio::awaitable<void> {
        out = co_await fetch(*t.pool, q, l, s);
        ready = true;
    }(b, r, limits, stop, o, done));
    b.run([](line_bench& t) -> asio::awaitable<bool> {
        while (t.peer.accepted == 0) co_await settle();
        co_await settle();
        co_return true;
    }(b));
    BOOST_TEST(!done);
    if (how == 0) stop.cancel();
    if (how == 2) {
        // What is under way goes on without the pool, until it is cancelled.
        b.pool.reset();
        stop.cancel();
    }
    b.run([](bool& ready) -> asio::awaitable<bool> {
        while (!ready) co_await settle();
        co_return true;
    }(done));
    run_out(b, seen);
    BOOST_TEST(done);
    BOOST_TEST(o.is(how == 1 ? llmx::errc::deadline_exceeded : llmx::errc::cancelled), o.text());
    BOOST_TEST(seen.closed);
    BOOST_TEST(seen.unread < large.size());
    if (b.pool) BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(a_peer_that_hangs_up_during_an_upload, data::make(all_lines) * data::make({false, true}), over, kept) {
    // On a kept connection it may have been about to close it: the request is sent once more.
    line_bench b(over);
    b.spawn([](line_bench& t, bool first_answers) -> asio::awaitable<void> {
        {
            peer_line p = co_await t.accept_line();
            co_await p.begin();
            if (first_answers) {
                const std::optional<std::string> marker = co_await p.read_request();
                co_await p.send(p.record(answer_to(*marker)));
            }
            co_await read_head(p);
        }
        if (!first_answers) co_return;
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        const std::optional<std::string> marker = co_await p.read_request();
        BOOST_TEST((marker && *marker == large));
        co_await p.send(p.record(answer_to("two")));
    }(b, kept));
    if (kept) BOOST_TEST(b.run(ask(b, "one")).body == "for one");
    const outcome o = upload(b, soon());
    if (kept) BOOST_TEST(o.body == "for two", o.text());
    else BOOST_TEST(o.is(llmx::errc::connection_lost), o.text());
    BOOST_TEST(b.pool->stats().stale_retries == (kept ? 1u : 0u));
}

BOOST_DATA_TEST_CASE(everything_may_be_dropped_at_any_step_of_an_upload, data::make(all_lines), over) {
    // The context is destroyed after n steps, with whatever is under way then.
    for (int steps = 0; steps < 60; ++steps) {
        llmx::cancellation stop;
        llmx::http_request request;
        const llmx::http_limits limits;
        refusal seen;
        line_bench b(over);
        request = request_to(b.peer.where, large);
        b.spawn(answer_head_only(b, steps % 3 == 0 ? "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n" : "", seen));
        b.spawn([](line_bench& t, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& s) -> asio::awaitable<void> {
            const outcome o = co_await fetch(*t.pool, q, l, s);
            BOOST_TEST((o.status == 413 || o.is(llmx::errc::cancelled)), o.text());
        }(b, request, limits, stop));
        for (int i = 0; i < steps; ++i) b.io.run_one_for(20ms);
        if (steps % 2 == 1) stop.cancel();
        if (steps % 4 == 3) b.io.run_one_for(20ms);
        if (steps % 5 == 1) b.pool.reset();
    }
}

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace early_answers_unit {



} // namespace early_answers_unit
