// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#if !defined(LLMX_NO_TLS)
#include "tls_peer.hpp"

#include <random>
#endif

#include <boost/test/unit_test.hpp>

namespace tls_unit {

#if defined(LLMX_NO_TLS)

BOOST_AUTO_TEST_SUITE(transport_tls)

BOOST_AUTO_TEST_CASE(https_is_refused_with_a_reason) {
    using namespace transport_test;
    bench b;
    llmx::origin to = b.peer.where;
    to.tls = true;
    const outcome o = b.run(transport_test::get(*b.pool, to));
    BOOST_TEST(o.is(llmx::errc::bad_configuration));
    BOOST_TEST(o.text().find("LLMX_NO_TLS") != std::string::npos, o.text());
}

BOOST_AUTO_TEST_SUITE_END()

#else

namespace {

using namespace transport_test;

asio::awaitable<std::string> read_request(tls_stream& s) {
    std::string text;
    std::vector<char> bytes(65536);
    for (;;) {
        const auto got = co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(got)) co_return std::string();
        text.append(bytes.data(), std::get<1>(got));
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        std::size_t length = 0;
        if (const auto at = text.find("Content-Length: "); at < end)
            std::from_chars(text.data() + at + 16, text.data() + end, length);
        if (text.size() >= end + 4 + length) co_return text;
    }
}

/// Takes one connection and answers \p requests requests; an empty \p text echoes the body.
asio::awaitable<void> serve_tls(tls_bench& b, std::string text, int requests, bool goodbye = true) {
    tcp::socket plain = co_await b.peer.accept();
    tls_stream s(std::move(plain), b.server);
    const auto shaken = co_await s.async_handshake(ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    if (std::get<0>(shaken)) co_return;
    ++b.handshakes;
    b.resumed += SSL_session_reused(s.native_handle());
    for (int i = 0; i < requests; ++i) {
        const std::string request = co_await read_request(s);
        if (request.empty()) co_return;
        const std::string answer = text.empty() ? reply_text(request.substr(request.find("\r\n\r\n") + 4)) : text;
        co_await asio::async_write(s, asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
    }
    if (goodbye) co_await s.async_shutdown(asio::as_tuple(asio::use_awaitable));
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_tls)

BOOST_AUTO_TEST_CASE(trusted_peer) {
    tls_bench b(trusting());
    b.spawn(serve_tls(b, reply_text("hello"), 2));
    BOOST_TEST(b.get().body == "hello");
    BOOST_TEST(b.sni == "localhost");
    BOOST_TEST(b.alpn == std::string("\x08http/1.1"));
    const outcome again = b.get();
    BOOST_TEST(again.body == "hello", again.text());
    BOOST_TEST(b.handshakes == 1, "the connection was kept");
}

BOOST_AUTO_TEST_CASE(large_bodies_in_pieces) {
    tls_bench b(trusting());
    b.spawn(serve_tls(b, "", 1));
    std::string large(3'000'000, '\0');
    std::mt19937_64 random(1);
    for (char& c : large) c = static_cast<char>(random());
    llmx::http_request r = request_to(b.peer.where, std::string_view(large).substr(0, 1000));
    r.body.append(std::string_view(large).substr(1000, 1));
    r.body.append(std::string_view(large).substr(1001));
    const llmx::http_limits limits;
    llmx::cancellation stop;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST((o.body == large));
}

BOOST_AUTO_TEST_CASE(second_handshake_is_shorter) {
    // A host is remembered as long as it has a connection: one stays busy meanwhile.
    const std::string text = reply_text("x", "Connection: close\r\n");
    tls_bench c(trusting());
    c.spawn(serve_tls(c, reply_text("kept"), 1, false));
    const llmx::http_request r = request_to(c.peer.where);
    const llmx::http_limits limits;
    llmx::cancellation stop;
    auto held = c.run([](llmx::http_pool& pool, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& s)
            -> asio::awaitable<llmx::result<llmx::http_response>> {
        auto reply = co_await pool.exchange(q, l, s);
        co_return reply;
    }(*c.pool, r, limits, stop));
    BOOST_REQUIRE(held);
    c.spawn(serve_tls(c, text, 1));
    BOOST_TEST(c.get().body == "x");
    BOOST_TEST(c.handshakes == 2);
    BOOST_TEST(c.resumed == 1);
}

BOOST_AUTO_TEST_CASE(unknown_authority_is_refused) {
    tls_bench b{llmx::tls_options()};
    b.spawn(serve_tls(b, reply_text("x"), 1));
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::connect_failed));
    BOOST_TEST(o.text().find("verify") != std::string::npos, o.text());
    BOOST_TEST(o.text().find("self-signed") != std::string::npos, o.text());
    BOOST_TEST(o.text().find(b.peer.where.authority) != std::string::npos, o.text());
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_AUTO_TEST_CASE(another_name_is_refused) {
    tls_bench b(trusting());
    b.peer.where.host = "127.0.0.1";
    b.spawn(serve_tls(b, reply_text("x"), 1));
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::connect_failed), o.text());
    BOOST_TEST(o.text().find("IP address mismatch") != std::string::npos, o.text());
}

BOOST_AUTO_TEST_CASE(another_dns_name_is_refused) {
    // Straight at the handshake, so that the name need not be known to a resolver.
    tls_bench b(trusting());
    llmx::tls_options options = trusting();
    options.ca_file = tls_bench::me.file;
    llmx::tls_client client(options);
    struct lone_owner final : llmx::connection::owner {
        void take_back(llmx::connection& c) noexcept override { delete &c; }
    } owner;
    llmx::deadline_service deadlines(b.io);
    llmx::detail::tls_session session;
    for (const bool right : {true, false}) {
        b.spawn(serve_tls(b, reply_text("x"), 1));
        b.peer.where.host = right ? "localhost" : "other.example.com";
        llmx::connection_ptr c(new llmx::connection(b.io, deadlines, owner));
        c->session = &session;
        const std::vector<asio::ip::address> addresses(1, asio::ip::address(asio::ip::address_v4::loopback()));
        const llmx::http_limits limits;
        const auto done = b.run(c->connect(b.peer.where, addresses, llmx::clock::now() + 5s, limits, *client.context()));
        BOOST_TEST(done.has_value() == right);
        if (!right) BOOST_TEST(done.error().message().find("hostname mismatch") != std::string::npos, done.error().message());
    }
}

BOOST_AUTO_TEST_CASE(verification_can_be_switched_off) {
    llmx::tls_options careless;
    careless.insecure_skip_verify = true;
    tls_bench b(careless);
    b.peer.where.host = "127.0.0.1";
    b.spawn(serve_tls(b, reply_text("x"), 1));
    const outcome o = b.get();
    BOOST_TEST(o.body == "x", o.text());
    BOOST_TEST(b.sni.empty(), "no literal address in SNI");
}

BOOST_AUTO_TEST_CASE(old_protocols_are_refused) {
    tls_bench b(trusting());
    SSL_CTX* const native = b.server.native_handle();
    SSL_CTX_set_cipher_list(native, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(native, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(native, TLS1_1_VERSION);
    b.spawn(serve_tls(b, reply_text("x"), 1));
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::connect_failed), o.text());
}

BOOST_AUTO_TEST_CASE(tls_1_2_is_spoken) {
    tls_bench b(trusting());
    SSL_CTX_set_max_proto_version(b.server.native_handle(), TLS1_2_VERSION);
    b.spawn(serve_tls(b, reply_text("x"), 1));
    const outcome o = b.get();
    BOOST_TEST(o.body == "x", o.text());
}

BOOST_AUTO_TEST_CASE(peer_without_tls) {
    tls_bench b(trusting());
    b.spawn([](upstream& peer) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        co_await write(s, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        co_await sees_close(s);
    }(b.peer));
    BOOST_TEST(b.get().is(llmx::errc::connect_failed));
}

BOOST_AUTO_TEST_CASE(handshake_has_a_limit_and_can_be_cancelled) {
    for (const bool cancel : {false, true}) {
        tls_bench b(trusting());
        bool closed = false;
        b.spawn([](upstream& peer, bool& over) -> asio::awaitable<void> {
            tcp::socket s = co_await peer.accept();
            // The client's hello comes, and is never answered.
            while (!co_await sees_close(s)) {}
            over = true;
        }(b.peer, closed));
        const llmx::http_request r = request_to(b.peer.where);
        llmx::http_limits limits;
        if (!cancel) limits.connect_by = llmx::clock::now() + 20ms;
        llmx::cancellation stop;
        outcome o;
        b.spawn([](tls_bench& t, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& s, outcome& out) -> asio::awaitable<void> {
            out = co_await fetch(*t.pool, q, l, s);
        }(b, r, limits, stop, o));
        if (cancel) {
            b.run([](upstream& peer) -> asio::awaitable<bool> {
                while (peer.accepted == 0) co_await settle();
                co_await settle();
                co_return true;
            }(b.peer));
            stop.cancel();
        }
        b.io.restart();
        b.io.run();
        BOOST_TEST(o.is(cancel ? llmx::errc::cancelled : llmx::errc::connect_failed), o.text());
        BOOST_TEST(closed);
    }
}

BOOST_AUTO_TEST_CASE(end_without_goodbye_is_truncated) {
    // RFC 8446 section 6.1: without close_notify, an end of file may be an attacker's.
    for (const bool goodbye : {true, false}) {
        tls_bench b(trusting());
        b.spawn(serve_tls(b, "HTTP/1.1 200 OK\r\n\r\nuntil the end", 1, goodbye));
        const outcome o = b.get();
        if (goodbye) BOOST_TEST(o.body == "until the end", o.text());
        else BOOST_TEST(o.is(llmx::errc::truncated), o.text());
    }
}

BOOST_AUTO_TEST_CASE(missing_authorities_are_a_bad_configuration) {
    llmx::tls_options options;
    options.ca_file = "/nonexistent/ca.pem";
    tls_bench b(options);
    const outcome o = b.get();
    BOOST_TEST(o.is(llmx::errc::bad_configuration), o.text());
    BOOST_TEST(o.text().find("/nonexistent/ca.pem") != std::string::npos, o.text());
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace tls_unit
