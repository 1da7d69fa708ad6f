// SPDX-License-Identifier: BSL-1.0
// What a peer sends that no request asked for must never be read as an answer: over plain TCP, over
// TLS 1.2 and over TLS 1.3, wherever the bytes are when the connection is used again.
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "tls_peer.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace {

using namespace transport_test;
namespace data = boost::unit_test::data;

const std::string evil = reply_text("LEFT OVER");

/// Serves the first connection by \p first and the others properly.
using manner = std::function<asio::awaitable<void>(peer_line&)>;
asio::awaitable<void> serve_line(line_bench& b, peer_line p) {
    const bool shaken = co_await p.begin();
    if (!shaken) co_return;
    ++b.handshakes;
    if (p.native() != nullptr) b.resumed += SSL_session_reused(p.native());
    co_await answer_all(p);
}
asio::awaitable<void> serve_lines(line_bench& b, const manner& first) {
    {
        peer_line p = co_await b.accept_line();
        const bool shaken = co_await p.begin();
        BOOST_REQUIRE(shaken);
        ++b.handshakes;
        co_await first(p);
    }
    for (;;) {
        peer_line p = co_await b.accept_line();
        b.spawn(serve_line(b, std::move(p)));
    }
}

/// How what is too much is sent: with the answer in one record, in a record behind it, or later.
enum class form { one_record, one_segment, while_idle };
std::ostream& operator<<(std::ostream& os, form f) {
    return os << (f == form::one_record ? "one record" : f == form::one_segment ? "one segment" : "while idle");
}
constexpr form all_forms[] = {form::one_record, form::one_segment, form::while_idle};

/// Reads a request, answers \p answer, sends \p extra in the given form and goes on answering.
manner too_much(form how, std::string answer, std::string extra, bool& sent) {
    return [how, answer, extra, &sent](peer_line& p) -> asio::awaitable<void> {
        const std::optional<std::string> marker = co_await p.read_request();
        BOOST_REQUIRE(marker.has_value());
        const std::string first = answer.empty() ? answer_to(*marker) : answer;
        if (how == form::one_record) {
            co_await p.send(p.record(first + extra));
        } else if (how == form::one_segment) {
            std::string both = p.record(first);
            both += p.record(extra);
            co_await p.send(both);
        } else {
            co_await p.send(p.record(first));
            co_await settle();
            co_await p.send(p.record(extra));
        }
        co_await p.arrived();
        sent = true;
        co_await answer_all(p);
    };
}

/// Two calls, the second after all of the first's bytes are here; what they came to.
std::pair<outcome, outcome> two_calls(line_bench& b, bool& sent) {
    const outcome one = b.run(ask(b, "one"));
    b.run([](bool& done) -> asio::awaitable<bool> {
        while (!done) co_await settle();
        co_return true;
    }(sent));
    const outcome two = b.run(ask(b, "two"));
    return {one, two};
}

/// The descriptor of this process's socket that is connected to \p port: the pool's end.
int client_descriptor(std::uint16_t port) {
    for (int fd = 3; fd < 1024; ++fd) {
        sockaddr_in to{};
        socklen_t size = sizeof to;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&to), &size) == 0 && to.sin_family == AF_INET && ntohs(to.sin_port) == port)
            return fd;
    }
    return -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_unasked)

BOOST_DATA_TEST_CASE(what_is_sent_too_much_is_no_answer, data::make(all_lines) * data::make(all_forms), over, how) {
    line_bench b(over);
    bool sent = false;
    const manner first = too_much(how, "", evil, sent);
    b.spawn(serve_lines(b, first));
    const auto [one, two] = two_calls(b, sent);
    BOOST_TEST(one.body == "for one", one.text());
    BOOST_TEST(two.body == "for two", two.text());
    BOOST_TEST(b.pool->stats().connects == 2u);
    BOOST_TEST(b.pool->stats().unasked == 1u);
    BOOST_TEST(b.pool->stats().reuses == 0u);
    BOOST_TEST(b.pool->stats().stale_retries == 0u, "seen before it was used");
    BOOST_TEST(b.pool->stats().open == 1u);
}

BOOST_DATA_TEST_CASE(as_little_as_a_part_of_a_record_is_too_much, data::make(all_lines) * data::make({false, true}), over, idle) {
    // Its rest would come behind the next request. Five bytes are the header of a TLS record.
    for (const std::size_t part : {1u, 2u, 4u, 5u, 6u, 20u, 40u}) {
        line_bench b(over);
        bool sent = false, used_again = false;
        const manner first = [&](peer_line& p) -> asio::awaitable<void> {
            const std::optional<std::string> marker = co_await p.read_request();
            std::string bytes = p.record(answer_to(*marker));
            const std::string more = p.record(evil);
            if (idle) {
                co_await p.send(bytes);
                co_await settle();
                bytes.clear();
            }
            co_await p.send(bytes + more.substr(0, part));
            co_await p.arrived();
            sent = true;
            const std::optional<std::string> again = co_await p.read_request();
            used_again = again.has_value();
            co_await p.send(more.substr(part));
        };
        b.spawn(serve_lines(b, first));
        const auto [one, two] = two_calls(b, sent);
        BOOST_TEST(one.body == "for one", part << " bytes: " << one.text());
        BOOST_TEST(two.body == "for two", part << " bytes: " << two.body << two.text());
        BOOST_TEST(!used_again, part << " bytes");
        BOOST_TEST(b.pool->stats().unasked == 1u, part << " bytes");
    }
}

BOOST_DATA_TEST_CASE(whatever_the_answer_was_and_whatever_is_behind_it, data::make(all_lines) * data::make(all_forms), over, how) {
    struct kind {
        const char* method;
        std::string answer, body;
    };
    const kind kinds[] = {
        {"POST", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
        {"POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok"},
        {"POST", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", ""},
        {"POST", "HTTP/1.1 204 No Content\r\n\r\n", ""},
        {"POST", "HTTP/1.1 304 Not Modified\r\n\r\n", ""},
        {"POST", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\nno", "no"},
        {"POST", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"},
        {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", ""},
        {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
        {"GET", "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok", "ok"},
    };
    // Also what is no answer at all, and the body that a HEAD or a 204 must not have.
    for (const std::string& extra : {evil, std::string("HTTP/1.1 100 Continue\r\n\r\n"), std::string("HTTP/1.1 408 Request Timeout\r\n"
        "Content-Length: 0\r\n\r\n"),
                                     std::string("\r\n"), std::string("LEFT OVER"), std::string("9\r\nLEFT OVER\r\n0\r\n\r\n")})
        for (const kind& k : kinds) {
            line_bench b(over);
            bool sent = false;
            const manner first = too_much(how, k.answer, extra, sent);
            b.spawn(serve_lines(b, first));
            llmx::http_request r = request_to(b.peer.where, k.method == std::string_view("POST") ? "one" : "");
            r.method = k.method;
            const llmx::http_limits limits;
            llmx::cancellation stop;
            const outcome one = b.run(fetch(*b.pool, r, limits, stop));
            BOOST_TEST(!one.failure.has_value(), one.text());
            BOOST_TEST(one.body == k.body);
            b.run([](bool& done) -> asio::awaitable<bool> {
                while (!done) co_await settle();
                co_return true;
            }(sent));
            const outcome two = b.run(ask(b, "two"));
            BOOST_TEST(two.body == "for two", k.answer << extra << ": " << two.body << two.text());
            BOOST_TEST(b.pool->stats().unasked == 1u, k.answer << extra);
        }
}

BOOST_DATA_TEST_CASE(the_last_answer_of_a_connection_is_the_last, data::make(all_lines), over) {
    for (const char* const text : {
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nConnection: close\r\n\r\n",
             "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
         }) {
        line_bench b(over);
        bool sent = false;
        // The peer does not close: it is the client that must.
        const manner first = too_much(form::one_segment, text, evil, sent);
        b.spawn(serve_lines(b, first));
        const outcome one = b.run(ask(b, "one"));
        BOOST_TEST(one.body == "ok", text << one.text());
        BOOST_TEST(b.pool->stats().open == 0u, text);
        const outcome two = b.run(ask(b, "two"));
        BOOST_TEST(two.body == "for two", text << two.text());
    }
}

/// When the extra answer comes to a connection for which another call waits: with its answer,
/// before it is given back, or between that and the waiter's turn.
enum class moment { with_the_answer, before_hand_over, after_hand_over };
std::ostream& operator<<(std::ostream& os, moment m) {
    return os << (m == moment::with_the_answer ? "with the answer" : m == moment::before_hand_over ? "before it is given back" : "after it was given");
}
constexpr moment all_moments[] = {moment::with_the_answer, moment::before_hand_over, moment::after_hand_over};

BOOST_DATA_TEST_CASE(a_waiter_gets_no_connection_with_something_unread, data::make(all_lines) * data::make(all_moments), over, when) {
    llmx::http_pool_options options;
    options.max_per_host = 1;
    options.max_waiting_per_host = 2;
    line_bench b(over, options);
    peer_line* served = nullptr;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        served = &p;
        const std::optional<std::string> marker = co_await p.read_request();
        std::string bytes = p.record(answer_to(*marker));
        if (when == moment::with_the_answer) bytes += p.record(evil);
        co_await p.send(bytes);
        co_await answer_all(p);
    };
    b.spawn(serve_lines(b, first));
    outcome others[3];
    int over_with = 0;
    const auto other = [](bench& t, std::string marker, outcome& o, int& done) -> asio::awaitable<void> {
        o = co_await ask(t, std::move(marker));
        ++done;
    };
    b.run([](line_bench& t, moment m, peer_line*& p, const auto& call, outcome* o, int& done) -> asio::awaitable<bool> {
        const llmx::http_request r = request_to(t.peer.where, "one");
        const llmx::http_limits limits;
        llmx::cancellation stop;
        auto reply = co_await t.pool->exchange(r, limits, stop);
        BOOST_REQUIRE(reply);
        std::string body;
        const auto read = co_await reply->body->read_all(body);
        BOOST_REQUIRE(read);
        BOOST_TEST(body == "for one");
        t.spawn(call(t, "two", o[0], done));
        while (t.pool->stats().waiting < 1) co_await settle();
        t.spawn(call(t, "three", o[1], done));
        while (t.pool->stats().waiting < 2) co_await settle();
        if (m == moment::before_hand_over) {
            const std::string bytes = p->record(evil);
            co_await p->send(bytes);
            co_await p->arrived();
        }
        co_await p->arrived();
        reply->body.reset();
        if (m == moment::after_hand_over) {
            // At once, within the same turn of the loop.
            const std::string bytes = p->record(evil);
            asio::write(p->socket, asio::buffer(bytes));
            while (p->on_their_way() != 0) {}
        }
        // It takes the free place in line: the call that was given the connection must not need one again.
        t.spawn(call(t, "four", o[2], done));
        while (done < 3) co_await settle();
        co_return true;
    }(b, when, served, other, others, over_with));
    BOOST_TEST(others[0].body == "for two", others[0].body << others[0].text());
    BOOST_TEST(others[1].body == "for three", others[1].body << others[1].text());
    BOOST_TEST(others[2].body == "for four", others[2].body << others[2].text());
    BOOST_TEST(b.peer.accepted == 2);
    BOOST_TEST(b.pool->stats().unasked == 1u);
    BOOST_TEST(b.pool->stats().stale_retries == 0u);
    BOOST_TEST(b.pool->stats().open == 1u);
}

BOOST_DATA_TEST_CASE(an_end_while_idle_is_seen_before_use, data::make(all_lines) * data::make({0, 1, 2}), over, how) {
    // By TLS's goodbye, by the end of the stream, by a reset.
    line_bench b(over);
    bool sent = false;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        co_await settle();
        if (how == 0 && p.native() != nullptr) co_await p.send(p.goodbye());
        else if (how < 2) p.socket.shutdown(tcp::socket::shutdown_send);
        else p.socket.set_option(asio::socket_base::linger(true, 0));
        if (how == 2) p.socket.close();
        else co_await p.arrived();
        sent = true;
        if (how < 2) co_await p.read_some();
    };
    b.spawn(serve_lines(b, first));
    const auto [one, two] = two_calls(b, sent);
    BOOST_TEST(one.body == "for one", one.text());
    BOOST_TEST(two.body == "for two", two.text());
    BOOST_TEST(b.pool->stats().connects == 2u);
    BOOST_TEST(b.pool->stats().unasked == 0u);
    BOOST_TEST(b.pool->stats().stale_retries == 0u);
}

BOOST_DATA_TEST_CASE(messages_of_tls_do_not_end_a_connection, data::make({form::one_segment, form::while_idle}) * data::make({false, true}), how, keys) {
    // Session tickets, or new keys.
    line_bench b(line::tls_1_3);
    bool sent = false;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        for (;;) {
            const std::optional<std::string> marker = co_await p.read_request();
            if (!marker) co_return;
            std::string bytes = p.record(answer_to(*marker));
            if (how == form::while_idle) {
                co_await p.send(bytes);
                co_await settle();
                bytes.clear();
            }
            if (keys) {
                bytes += p.key_update();
            } else {
                bytes += p.ticket();
                bytes += p.ticket();
            }
            co_await p.send(bytes);
            co_await p.arrived();
            sent = true;
        }
    };
    b.spawn(serve_lines(b, first));
    for (int i = 0; i < 5; ++i) {
        sent = false;
        const auto [one, two] = two_calls(b, sent);
        BOOST_TEST(one.body == "for one", one.text());
        BOOST_TEST(two.body == "for two", two.text());
    }
    BOOST_TEST(b.pool->stats().connects == 1u);
    BOOST_TEST(b.pool->stats().reuses == 9u);
    BOOST_TEST(b.pool->stats().unasked == 0u);
    BOOST_TEST(b.handshakes == 1);
}

BOOST_AUTO_TEST_CASE(a_ticket_that_comes_while_idle_shortens_the_next_handshake) {
    line_bench b(line::tls_1_3);
    bool sent = false;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        co_await settle();
        co_await p.send(p.ticket());
        co_await p.arrived();
        sent = true;
        // Then busy, so that the next call needs another connection.
        const std::optional<std::string> again = co_await p.read_request();
        co_await p.send(p.record("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
        const std::string end = co_await p.read_some();
    };
    // The server takes one connection at a time here: `serve_lines` waits for the first to end.
    b.spawn([](line_bench& t, const manner& m) -> asio::awaitable<void> {
        peer_line one = co_await t.accept_line();
        t.spawn([](const manner& n, peer_line p) -> asio::awaitable<void> {
            const bool shaken = co_await p.begin();
            BOOST_REQUIRE(shaken);
            co_await n(p);
        }(m, std::move(one)));
        peer_line second = co_await t.accept_line();
        co_await serve_line(t, std::move(second));
    }(b, first));
    const outcome one = b.run(ask(b, "one"));
    BOOST_TEST(one.body == "for one", one.text());
    b.run([](line_bench& t, bool& done) -> asio::awaitable<bool> {
        while (!done) co_await settle();
        const llmx::http_request r = request_to(t.peer.where, "two");
        const llmx::http_limits limits;
        llmx::cancellation stop;
        const auto held = co_await t.pool->exchange(r, limits, stop);
        BOOST_REQUIRE(held);
        const outcome three = co_await ask(t, "three");
        BOOST_TEST(three.body == "for three", three.text());
        co_return true;
    }(b, sent));
    BOOST_TEST(b.pool->stats().reuses == 1u, "the ticket did not end the connection");
    BOOST_TEST(b.handshakes == 1);
    BOOST_TEST(b.resumed == 1, "and was used");
}

BOOST_AUTO_TEST_CASE(data_behind_tickets_is_too_much) {
    for (const bool cut : {false, true}) {
        line_bench b(line::tls_1_3);
        bool sent = false;
        const manner first = [&](peer_line& p) -> asio::awaitable<void> {
            const std::optional<std::string> marker = co_await p.read_request();
            co_await p.send(p.record(answer_to(*marker)));
            co_await settle();
            std::string bytes = p.ticket();
            bytes += p.ticket();
            // The beginning of a record may be anything's: it must not be taken for a ticket's.
            if (cut) bytes += p.ticket().substr(0, 5);
            else bytes += p.record(evil);
            co_await p.send(bytes);
            co_await p.arrived();
            sent = true;
            co_await answer_all(p);
        };
        b.spawn(serve_lines(b, first));
        const auto [one, two] = two_calls(b, sent);
        BOOST_TEST(one.body == "for one", one.text());
        BOOST_TEST(two.body == "for two", two.text());
        BOOST_TEST(b.pool->stats().unasked == 1u);
    }
}

BOOST_AUTO_TEST_CASE(tickets_without_end_are_not_read_without_end) {
    line_bench b(line::tls_1_3);
    bool sent = false;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        co_await settle();
        std::string bytes;
        while (bytes.size() < 100'000) bytes += p.ticket();
        // More than is read in one look must be there before the next call.
        b.spawn([](peer_line& q, std::string text) -> asio::awaitable<void> { co_await q.send(std::move(text)); }(p, bytes));
        co_await settle();
        while (p.on_their_way() > 20'000) co_await settle();
        sent = true;
        co_await answer_all(p);
    };
    b.spawn(serve_lines(b, first));
    const auto [one, two] = two_calls(b, sent);
    BOOST_TEST(one.body == "for one", one.text());
    BOOST_TEST(two.body == "for two", two.text());
    BOOST_TEST(b.pool->stats().connects == 2u);
    BOOST_TEST(b.pool->stats().unasked == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_connection_whose_peer_sends_first_is_refused) {
    // Over TLS 1.2 the peer sends the last message of the handshake, and this one sends more behind it.
    line_bench b(line::tls_1_2);
    b.spawn([](line_bench& t) -> asio::awaitable<void> {
        peer_line p = co_await t.accept_line();
        co_await p.begin(evil);
        const std::string end = co_await p.read_some();
        BOOST_TEST(end.empty(), "no request was sent");
    }(b));
    const outcome o = b.run(ask(b, "one"));
    BOOST_TEST(o.is(llmx::errc::bad_response), o.body);
    BOOST_TEST(o.text().find(b.peer.where.authority) != std::string::npos, o.text());
    BOOST_TEST(o.text().find("before it was sent a request") != std::string::npos, o.text());
    BOOST_TEST(b.pool->stats().open == 0u);
    BOOST_TEST(b.pool->stats().unasked == 1u);
    b.io.restart();
    b.io.run();
}

BOOST_DATA_TEST_CASE(what_comes_before_the_first_byte_of_a_request_is_no_answer, data::make(all_lines), over) {
    // The socket takes nothing when the request is to be written, and then an answer comes.
    line_bench b(over);
    peer_line* served = nullptr;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        served = &p;
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        while (served != nullptr) co_await settle();
    };
    b.spawn(serve_lines(b, first));
    BOOST_TEST(b.run(ask(b, "one")).body == "for one");
    const int fd = client_descriptor(b.peer.where.port);
    BOOST_REQUIRE(fd > 0);
    const std::string junk(65536, 'j');
    for (std::size_t n = junk.size(); n > 0;)
        if (::send(fd, junk.data(), n, MSG_DONTWAIT) < 0) n /= 2;
    const outcome two = b.run([](line_bench& t, peer_line*& p) -> asio::awaitable<outcome> {
        outcome o;
        bool done = false;
        t.spawn([](line_bench& u, outcome& to, bool& ready) -> asio::awaitable<void> {
            to = co_await ask(u, "two");
            ready = true;
        }(t, o, done));
        co_await settle();
        const std::string bytes = p->record(evil);
        co_await p->send(bytes);
        p = nullptr;
        while (!done) co_await settle();
        co_return o;
    }(b, served));
    BOOST_TEST(two.body == "for two", two.body << two.text());
    BOOST_TEST(b.pool->stats().unasked == 1u);
    BOOST_TEST(b.pool->stats().stale_retries == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_asks_for_another_handshake_confuses_nothing) {
    line_bench b(line::tls_1_2);
    bool sent = false;
    const manner first = [&](peer_line& p) -> asio::awaitable<void> {
        const std::optional<std::string> marker = co_await p.read_request();
        co_await p.send(p.record(answer_to(*marker)));
        co_await settle();
        BOOST_REQUIRE(SSL_renegotiate(p.native()) == 1);
        SSL_do_handshake(p.native());
        co_await p.send(p.pending());
        co_await p.arrived();
        sent = true;
        co_await answer_all(p);
    };
    b.spawn(serve_lines(b, first));
    const auto [one, two] = two_calls(b, sent);
    BOOST_TEST(one.body == "for one", one.text());
    BOOST_TEST(two.body == "for two", two.text());
}

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace unasked_unit {



} // namespace unasked_unit
