// SPDX-License-Identifier: BSL-1.0
// Request bodies that are pulled while they are sent.
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "tls_peer.hpp"

#include <llmx/testing/scripted_transport.hpp>
#include <llmx/transport/body_source.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace body_source_test {

using namespace transport_test;
namespace data = boost::unit_test::data;

/// Gives blocks one by one, each in memory of its own that is overwritten by the next; then ends,
/// fails, throws or waits.
class blocks final : public llmx::body_source {
public:
    explicit blocks(asio::io_context& io) : timer(io) {}
    std::vector<std::string> all;
    std::optional<std::uint64_t> announced;
    std::optional<llmx::error> failure;
    bool throws = false;
    /// Waits in front of this block until it is cancelled.
    std::size_t hang_at = static_cast<std::size_t>(-1);
    /// Goes round the context before each block.
    bool slow = false;
    std::size_t pulls = 0, next = 0;
    bool pulling = false, was_cancelled = false;

    asio::awaitable<llmx::result<std::string_view>> read_some() override {
        BOOST_TEST(!pulling);
        ++pulls;
        pulling = true;
        const std::unique_ptr<bool, void (*)(bool*)> over(&pulling, [](bool* p) { *p = false; });
        if (slow) co_await settle();
        if (next == hang_at) {
            timer.expires_at(asio::steady_timer::time_point::max());
            const auto woken = co_await timer.async_wait(asio::as_tuple(asio::deferred));
            was_cancelled = std::get<0>(woken) == asio::error::operation_aborted;
            co_return llmx::error(llmx::errc::cancelled, "the wait of the source ended");
        }
        if (throws && next == all.size()) throw std::runtime_error("no such disk");
        if (failure && next == all.size()) co_return *failure;
        if (next == all.size()) co_return std::string_view();
        current = all[next++];
        co_return std::string_view(current);
    }
    std::optional<std::uint64_t> size() const noexcept override { return announced; }
    void announce() {
        announced = 0;
        for (const std::string& b : all) *announced += b.size();
    }

private:
    std::string current;
    asio::steady_timer timer;
};

/// What the peer saw of one request.
struct seen_request {
    std::string head, body;
    /// The message ended as its head announced.
    bool whole = false;
};

/// Reads one request, whichever way its body ends.
asio::awaitable<seen_request> read_message(peer_line& p) {
    seen_request r;
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
        const std::string more = co_await p.read_some();
        if (more.empty()) co_return r;
        text += more;
    }
    r.head = text.substr(0, text.find("\r\n\r\n") + 4);
    text.erase(0, r.head.size());
    if (const auto at = r.head.find("Content-Length: "); at != std::string::npos) {
        const std::size_t length = std::stoul(r.head.substr(at + 16));
        while (text.size() < length) {
            const std::string more = co_await p.read_some();
            if (more.empty()) break;
            text += more;
        }
        r.whole = text.size() == length;
        r.body = std::move(text);
        co_return r;
    }
    BOOST_REQUIRE(r.head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    for (;;) {
        std::size_t end;
        while ((end = text.find("\r\n")) == std::string::npos) {
            const std::string more = co_await p.read_some();
            if (more.empty()) co_return r;
            text += more;
        }
        const std::size_t length = std::stoul(text.substr(0, end), nullptr, 16);
        while (text.size() < end + 2 + length + 2) {
            const std::string more = co_await p.read_some();
            if (more.empty()) co_return r;
            text += more;
        }
        BOOST_REQUIRE(text.substr(end + 2 + length, 2) == "\r\n");
        r.body += text.substr(end + 2, length);
        text.erase(0, end + 4 + length);
        if (length == 0) break;
    }
    r.whole = text.empty();
    co_return r;
}

/// Answers \p requests of them on one connection, then reads on to its end.
asio::awaitable<void> take(line_bench& b, std::vector<seen_request>& seen, int requests, bool& closed) {
    peer_line p = co_await b.accept_line();
    co_await p.begin();
    for (int i = 0; i < requests; ++i) {
        seen.push_back(co_await read_message(p));
        if (seen.back().whole) co_await p.send(p.record(answer_to(std::to_string(i))));
    }
    // The end of a connection is read once: Asio waits for a second one in vain.
    if (seen.back().whole) {
        const std::string rest = co_await p.read_some();
        BOOST_TEST(rest.empty());
    }
    closed = true;
}

struct pulled_bench : line_bench {
    explicit pulled_bench(line l) : line_bench(l), source(io) {
        request = request_to(peer.where, "");
        request.source = &source;
    }
    outcome fetch(llmx::http_limits limits = llmx::http_limits()) {
        if (limits.deadline == llmx::time_point::max()) limits.deadline = llmx::clock::now() + 20s;
        return run(transport_test::fetch(*pool, request, limits, stop));
    }
    void run_until(const bool& reached) {
        run([](const bool& r) -> asio::awaitable<bool> {
            while (!r) co_await settle();
            co_return true;
        }(reached));
    }
    void serve(int requests) { spawn(take(*this, seen, requests, closed)); }
    blocks source;
    llmx::http_request request;
    llmx::cancellation stop;
    std::vector<seen_request> seen;
    bool closed = false;
};

std::vector<std::string> some_blocks(std::size_t n, std::size_t size) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < n; ++i) all.emplace_back(size, static_cast<char>('a' + i % 26));
    return all;
}
std::string joined(const std::vector<std::string>& all) {
    std::string s;
    for (const std::string& b : all) s += b;
    return s;
}

} // namespace body_source_test

using namespace body_source_test;

BOOST_AUTO_TEST_SUITE(transport_body_source)

BOOST_DATA_TEST_CASE(a_source_is_sent_behind_the_pieces, data::make(all_lines) * data::make({false, true}) * data::make({0, 1, 2}), over, sized, pieces) {
    for (const bool slow : {false, true}) {
        pulled_bench b(over);
        b.serve(2);
        std::string expected;
        if (pieces == 1) b.request.body.append("{\"a\":");
        const std::string large(100'000, 'p');
        if (pieces == 2) b.request.body.append(large);
        for (const std::string_view piece : b.request.body) expected += piece;
        b.source.all = some_blocks(300, 16'001);
        b.source.all.emplace_back("x");
        b.source.slow = slow;
        if (sized) b.source.announce();
        expected += joined(b.source.all);
        const outcome o = b.fetch();
        BOOST_TEST(o.body == "for 0", o.text());
        BOOST_REQUIRE(b.seen.size() == 1u);
        BOOST_TEST(b.seen[0].whole);
        BOOST_TEST((b.seen[0].body == expected));
        const bool length = b.seen[0].head.find("Content-Length: " + std::to_string(expected.size()) + "\r\n") != std::string::npos;
        BOOST_TEST(length == sized);
        BOOST_TEST(b.source.pulls == (302u));
        // The connection is kept for the next request.
        blocks again(b.io);
        again.all = some_blocks(2, 3);
        b.request.source = &again;
        b.request.body.clear();
        const outcome two = b.fetch();
        BOOST_TEST(two.body == "for 1", two.text());
        BOOST_TEST(b.seen[1].body == "aaabbb");
        BOOST_TEST(b.pool->stats().connects == 1u);
    }
}

BOOST_DATA_TEST_CASE(an_empty_source_is_a_body_without_bytes, data::make({false, true}) * data::make({false, true}), sized, piece) {
    pulled_bench b(line::plain);
    b.serve(1);
    if (sized) b.source.announce();
    if (piece) b.request.body.append("abc");
    BOOST_TEST(b.fetch().body == "for 0");
    BOOST_TEST(b.seen[0].whole);
    BOOST_TEST(b.seen[0].body == (piece ? "abc" : ""));
    BOOST_TEST(b.pool->stats().idle == 1u);
}

BOOST_DATA_TEST_CASE(nothing_is_pulled_before_the_connection_is_there, data::make(all_lines), over) {
    pulled_bench b(over);
    b.peer.stop_listening();
    b.source.all = some_blocks(1, 1);
    BOOST_TEST(b.fetch().is(llmx::errc::connect_failed));
    BOOST_TEST(b.source.pulls == 0u);
}

BOOST_DATA_TEST_CASE(a_source_that_fails_ends_the_exchange_and_the_connection,
                     data::make(all_lines) * data::make({false, true}) * data::make({false, true}),
                     over, sized, throws) {
    for (const bool slow : {false, true}) {
        pulled_bench b(over);
        b.serve(1);
        b.source.all = some_blocks(3, 70'000);
        b.source.slow = slow;
        if (sized) b.source.announced = 300'000;
        if (throws) b.source.throws = true;
        else b.source.failure = llmx::error(llmx::errc::request_timeout, "the client was slow");
        const outcome o = b.fetch();
        BOOST_TEST(o.is(throws ? llmx::errc::internal : llmx::errc::request_timeout), o.text());
        BOOST_TEST(o.text().find(throws ? "no such disk" : "the client was slow") != std::string::npos, o.text());
        b.run_until(b.closed);
        BOOST_TEST(!b.seen[0].whole, "no clean end of the upload");
        BOOST_TEST(b.pool->stats().open == 0u);
    }
}

BOOST_DATA_TEST_CASE(a_source_must_keep_to_its_length, data::make(all_lines) * data::make({-1, 1, 20'000}), over, off) {
    pulled_bench b(over);
    b.serve(1);
    b.source.all = some_blocks(4, 10'000);
    b.source.announce();
    *b.source.announced = static_cast<std::uint64_t>(40'000 - off);
    const outcome o = b.fetch();
    BOOST_TEST(o.is(llmx::errc::internal), o.text());
    BOOST_TEST(o.text().find(off < 0 ? "fewer" : "more") != std::string::npos, o.text());
    b.run_until(b.closed);
    if (off != 20'000) BOOST_TEST(!b.seen[0].whole);
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(an_early_refusal_reaches_the_caller_and_ends_the_pull, data::make(all_lines) * data::make({false, true}), over, hangs) {
    pulled_bench b(over);
    // More than two sockets buffer; or a source that waits.
    b.source.all = some_blocks(3'000, 10'000);
    b.source.announce();
    if (hangs) b.source.hang_at = 2;
    bool gone = false;
    b.spawn([](line_bench& t, bool waits, bool& done) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos || (waits && text.size() < 20'000)) text += co_await p.read_some();
        co_await p.send(p.record("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!"));
        for (std::string more = "x"; !more.empty();) more = co_await p.read_some();
        done = true;
    }(b, hangs, gone));
    const outcome o = b.fetch();
    BOOST_TEST(o.status == 413, o.text());
    BOOST_TEST(o.body == "no!");
    BOOST_TEST(!b.source.pulling);
    BOOST_TEST(b.source.was_cancelled == hangs);
    BOOST_TEST(b.source.next < b.source.all.size());
    const std::size_t pulls = b.source.pulls;
    BOOST_TEST(b.pool->stats().open == 0u, "the connection is not used again");
    b.run_until(gone);
    BOOST_TEST(b.source.pulls == pulls);
}

BOOST_DATA_TEST_CASE(an_early_success_does_not_end_the_upload, data::make(all_lines) * data::make({false, true}), over, sized) {
    // An echo: what comes is sent back at once.
    pulled_bench b(over);
    b.source.all = some_blocks(1'000, 10'000);
    b.source.slow = true;
    if (sized) b.source.announce();
    const std::string all = joined(b.source.all);
    b.spawn([](line_bench& t, std::size_t size, bool with_length) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) text += co_await p.read_some();
        text.erase(0, text.find("\r\n\r\n") + 4);
        co_await p.send(p.record("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        std::size_t echoed = 0;
        while (echoed < size) {
            if (text.empty()) text = co_await p.read_some();
            BOOST_REQUIRE(!text.empty());
            // With chunks the framing is sent back too: all that matters here is that it comes.
            echoed += text.size();
            char length[16];
            const auto digits = std::to_chars(length, length + 16, text.size(), 16);
            co_await p.send(p.record(std::string(length, digits.ptr) + "\r\n" + text + "\r\n"));
            text.clear();
        }
        if (!with_length)
            while (text.find("0\r\n\r\n") == std::string::npos) text += co_await p.read_some();
        co_await p.send(p.record("0\r\n\r\n"));
        co_await answer_all(p);
    }(b, all.size(), sized));
    const outcome o = b.fetch();
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.status == 200);
    if (sized) BOOST_TEST((o.body == all));
    else BOOST_TEST(o.body.size() >= all.size());
    BOOST_TEST(!b.source.pulling);
}

BOOST_DATA_TEST_CASE(a_body_released_during_the_upload_leaves_no_pull, data::make(all_lines) * data::make({0, 1}), over, reads) {
    pulled_bench b(over);
    b.source.all = some_blocks(1'000, 10'000);
    b.source.slow = true;
    b.spawn([](line_bench& t) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) text += co_await p.read_some();
        co_await p.send(p.record("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789"));
        for (std::string more = "x"; !more.empty();) more = co_await p.read_some();
    }(b));
    auto source = std::make_unique<blocks>(b.io);
    std::swap(source->all, b.source.all);
    source->slow = true;
    b.request.source = source.get();
    const std::size_t pulls = b.run([](pulled_bench& t, blocks& s, int n) -> asio::awaitable<std::size_t> {
        llmx::http_limits limits;
        limits.deadline = llmx::clock::now() + 20s;
        auto reply = co_await t.pool->exchange(t.request, limits, t.stop);
        BOOST_REQUIRE(reply);
        BOOST_TEST(!s.pulling);
        const std::size_t before = s.pulls;
        co_await settle();
        BOOST_TEST(s.pulls == before, "nothing is pulled while no one reads");
        if (n == 1) {
            const auto some = co_await reply->body->read_some();
            BOOST_TEST(*some == "0123456789");
            BOOST_TEST(!s.pulling);
        }
        co_return s.pulls;
    }(b, *source, reads));
    BOOST_TEST(source->pulls == pulls);
    source.reset();
    b.run([]() -> asio::awaitable<bool> {
        for (int i = 0; i < 50; ++i) co_await settle();
        co_return true;
    }());
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(a_pull_and_a_write_end_with_the_call, data::make(all_lines) * data::make({false, true}) * data::make({0, 1, 2}), over, hangs, how) {
    // By a cancellation, by a deadline, by the limit for the first byte.
    pulled_bench b(over);
    b.source.all = some_blocks(3'000, 10'000);
    if (hangs) b.source.hang_at = 1;
    llmx::http_limits limits;
    if (how == 1) limits.deadline = llmx::clock::now() + 200ms;
    if (how == 2) limits.first_byte_by = llmx::clock::now() + 200ms;
    bool reading = false, gone = false, go = false;
    b.spawn([](line_bench& t, bool& begun, bool& may, bool& done) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) text += co_await p.read_some();
        begun = true;
        while (!may) co_await settle();
        for (std::string more = "x"; !more.empty();) more = co_await p.read_some();
        done = true;
    }(b, reading, go, gone));
    if (how == 0)
        b.spawn([](pulled_bench& t, bool& begun) -> asio::awaitable<void> {
            while (!begun) co_await settle();
            co_await settle();
            t.stop.cancel();
        }(b, reading));
    const outcome o = b.fetch(limits);
    BOOST_TEST(o.is(how == 0   ? llmx::errc::cancelled
                    : how == 1 ? llmx::errc::deadline_exceeded
                               : llmx::errc::first_token_timeout),
               o.text());
    BOOST_TEST(!b.source.pulling);
    BOOST_TEST(b.source.was_cancelled == hangs);
    go = true;
    b.run_until(gone);
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_DATA_TEST_CASE(a_request_is_not_repeated_once_something_was_pulled, data::make(all_lines), over) {
    pulled_bench b(over);
    b.spawn([](line_bench& t) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        (void)co_await p.read_some(); // and hangs up in the middle of the next
    }(b));
    BOOST_TEST(b.run(ask(b, "one")).body == "for one");
    b.source.all = some_blocks(3'000, 10'000);
    const outcome o = b.fetch();
    BOOST_TEST(o.is(llmx::errc::connection_lost), o.text());
    BOOST_TEST(b.source.pulls != 0u);
    BOOST_TEST(b.pool->stats().connects == 1u);
    BOOST_TEST(b.pool->stats().stale_retries == 0u);
}

BOOST_DATA_TEST_CASE(a_kept_connection_that_ended_costs_no_pull, data::make(all_lines), over) {
    pulled_bench b(over);
    b.spawn([](line_bench& t) -> asio::awaitable<void> {
        {
            peer_line p = co_await t.accept_line();
            co_await p.begin();
            const std::optional<std::string> marker = co_await p.read_request();
            co_await p.send(p.record(answer_to(*marker)));
        }
        peer_line p = co_await t.accept_line();
        co_await p.begin();
        const seen_request r = co_await read_message(p);
        BOOST_TEST(r.body == "aaa");
        co_await p.send(p.record(answer_to("two")));
    }(b));
    BOOST_TEST(b.run(ask(b, "one")).body == "for one");
    b.run([]() -> asio::awaitable<bool> {
        co_await settle();
        co_return true;
    }());
    b.source.all = some_blocks(1, 3);
    const outcome o = b.fetch();
    BOOST_TEST(o.body == "for two", o.text());
}

BOOST_DATA_TEST_CASE(everything_may_be_dropped_at_any_step_of_a_pulled_upload, data::make(all_lines), over) {
    for (int steps = 0; steps < 80; ++steps) {
        pulled_bench b(over);
        b.source.all = some_blocks(3'000, 10'000);
        b.source.slow = steps % 2 == 0;
        if (steps % 3 == 0) b.source.hang_at = 2;
        b.spawn([](line_bench& t, int n) -> asio::awaitable<void> {
            peer_line p = co_await t.accept_line();
            co_await p.begin();
            std::string text;
            while (text.find("\r\n\r\n") == std::string::npos) {
                const std::string more = co_await p.read_some();
                if (more.empty()) co_return;
                text += more;
            }
            if (n % 4 == 0) co_await p.send(p.record("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"));
            if (n % 4 == 1) co_await p.send(p.record("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n012"));
            for (std::string more = "x"; !more.empty();) more = co_await p.read_some();
        }(b, steps));
        b.spawn([](pulled_bench& t) -> asio::awaitable<void> {
            const llmx::http_limits limits;
            (void)co_await fetch(*t.pool, t.request, limits, t.stop);
        }(b));
        for (int i = 0; i < steps * 4; ++i) b.io.run_one_for(1ms);
        if (steps % 2 == 1) b.stop.cancel();
        if (steps % 4 == 3) b.io.run_one_for(1ms);
        if (steps % 5 == 1) b.pool.reset();
    }
}

BOOST_AUTO_TEST_CASE(the_script_records_what_it_pulled) {
    asio::io_context io(1);
    llmx::testing::scripted_transport net;
    net.reply(200, "all");
    net.reply(413, "early").pull_at_most(4);
    net.reply(200, "failed");
    net.reply(200, "short");
    llmx::origin to;
    llmx::cancellation stop;
    const auto send = [&](blocks& source) {
        llmx::http_request r = request_to(to, "{");
        r.source = &source;
        const llmx::http_limits limits;
        return llmx::testing::run(io, fetch(net, r, limits, stop));
    };
    blocks chunked(io);
    chunked.all = some_blocks(2, 3);
    BOOST_TEST(send(chunked).body == "all");
    BOOST_TEST(net.requests()[0].body == "{aaabbb");
    BOOST_TEST(net.requests()[0].pulls == 3u);
    BOOST_TEST(!net.requests()[0].length.has_value());
    blocks sized(io);
    sized.all = some_blocks(3, 3);
    sized.announce();
    BOOST_TEST(send(sized).status == 413);
    BOOST_TEST(net.requests()[1].body == "{aaabbb");
    BOOST_TEST(*net.requests()[1].length == 10u);
    blocks bad(io);
    bad.failure = llmx::error(llmx::errc::request_timeout);
    BOOST_TEST(send(bad).is(llmx::errc::request_timeout));
    blocks few(io);
    few.announced = 7;
    BOOST_TEST(send(few).is(llmx::errc::internal));
}

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace body_source_unit {



} // namespace body_source_unit
