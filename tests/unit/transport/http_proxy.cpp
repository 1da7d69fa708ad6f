// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include <llmx/transport/http_proxy.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#if !defined(LLMX_NO_TLS)
#include "tls_peer.hpp"
#endif

namespace http_proxy_unit {

namespace {

using namespace transport_test;

const std::string credentials = "user:pa ss";
const std::string authorization = "Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n";

llmx::variable_lookup variables_of(std::map<std::string, std::string> all) {
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto at = all.find(std::string(name));
        return at == all.end() ? std::nullopt : std::optional<std::string>(at->second);
    };
}

/// A pool whose origins, with and without TLS, are behind \p b's peer.
void use_as_proxy(bench& b, std::string user_and_password = std::string(), std::vector<std::string> no_proxy = {},
                  llmx::http_pool_options o = llmx::http_pool_options()) {
    llmx::origin at = b.peer.where;
    at.tls = false;
    at.host = "127.0.0.1";
    at.authority = "127.0.0.1:" + std::to_string(at.port);
    o.proxies.http = llmx::http_proxy(at, llmx::secret(std::move(user_and_password)));
    o.proxies.https = o.proxies.http;
    o.proxies.no_proxy = std::move(no_proxy);
    b.pool = std::make_unique<llmx::http_pool>(b.io, std::move(o));
}

llmx::origin origin_of(std::string host, std::uint16_t port, bool tls) {
    llmx::origin o;
    o.authority = host + ":" + std::to_string(port);
    o.host = std::move(host);
    o.port = port;
    o.tls = tls;
    return o;
}

/// Answers each request with \p text and keeps the requests in \p seen.
asio::awaitable<void> answer(upstream& peer, std::string text, std::vector<std::string>& seen) {
    tcp::socket s = co_await peer.accept();
    for (;;) {
        std::string request = co_await transport_test::read_request(s);
        if (request.empty()) co_return;
        seen.push_back(std::move(request));
        co_await write(s, text);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_proxy)

BOOST_AUTO_TEST_CASE(a_plain_request_names_the_whole_url) {
    bench b;
    use_as_proxy(b, credentials);
    std::vector<std::string> seen;
    b.spawn(answer(b.peer, reply_text("hello"), seen));
    const llmx::origin to = origin_of("models.invalid", 8080, false);
    for (int i = 0; i < 2; ++i) {
        const outcome o = b.run(transport_test::get(*b.pool, to));
        BOOST_TEST(o.body == "hello", o.text());
    }
    BOOST_REQUIRE(seen.size() == 2u);
    for (const std::string& request : seen) {
        BOOST_TEST(request.starts_with("POST http://models.invalid:8080/v1/chat HTTP/1.1\r\nHost: models.invalid:8080\r\n"), request);
        BOOST_TEST(request.find(authorization) != std::string::npos, request);
    }
    BOOST_TEST(b.peer.accepted == 1, "the connection to the proxy is kept");
}

BOOST_AUTO_TEST_CASE(without_credentials_none_are_sent) {
    bench b;
    use_as_proxy(b);
    std::vector<std::string> seen;
    b.spawn(answer(b.peer, reply_text("x"), seen));
    BOOST_TEST(b.run(transport_test::get(*b.pool, origin_of("models.invalid", 80, false))).status == 200);
    BOOST_REQUIRE(seen.size() == 1u);
    BOOST_TEST(seen[0].find("Authorization") == std::string::npos, seen[0]);
}

BOOST_AUTO_TEST_CASE(a_plain_request_that_the_proxy_refuses_is_no_answer_of_the_provider) {
    bench b;
    use_as_proxy(b, credentials);
    std::vector<std::string> seen;
    b.spawn(answer(b.peer, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 4\r\n\r\nwho?", seen));
    const outcome o = b.run(transport_test::get(*b.pool, origin_of("models.invalid", 80, false)));
    BOOST_TEST(o.is(llmx::errc::connect_failed));
    BOOST_TEST(o.text().find("proxy " + b.peer.where.authority) != std::string::npos, o.text());
    BOOST_TEST(o.text().find("407") != std::string::npos, o.text());
    BOOST_TEST(o.text().find("pa ss") == std::string::npos, o.text());
    BOOST_TEST(o.text().find("dXNlc") == std::string::npos, o.text());
}

BOOST_AUTO_TEST_CASE(a_407_without_a_challenge_is_the_answer_of_the_origin) {
    bench b;
    use_as_proxy(b, credentials);
    std::vector<std::string> seen;
    b.spawn(answer(b.peer, "HTTP/1.1 407 Who\r\nContent-Length: 4\r\n\r\nwho?", seen));
    const outcome o = b.run(transport_test::get(*b.pool, origin_of("models.invalid", 80, false)));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.status == 407);
    BOOST_TEST(o.body == "who?");
}

BOOST_AUTO_TEST_CASE(origins_named_by_no_proxy_are_reached_directly) {
    bench b;
    upstream direct(b.io);
    use_as_proxy(b, credentials, {"127.0.0.1:" + std::to_string(direct.where.port)});
    std::vector<std::string> at_proxy, at_origin;
    b.spawn(answer(b.peer, reply_text("proxied"), at_proxy));
    b.spawn(answer(direct, reply_text("direct"), at_origin));
    BOOST_TEST(b.run(transport_test::get(*b.pool, direct.where)).body == "direct");
    BOOST_TEST(b.run(transport_test::get(*b.pool, origin_of("127.0.0.1", 9, false))).body == "proxied");
    BOOST_REQUIRE(at_origin.size() == 1u);
    BOOST_TEST(at_origin[0].starts_with("POST /v1/chat HTTP/1.1\r\n"), at_origin[0]);
    BOOST_TEST(at_origin[0].find("Proxy-") == std::string::npos, at_origin[0]);
    BOOST_TEST(at_proxy.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_does_not_listen_is_named) {
    bench b;
    use_as_proxy(b, credentials);
    b.peer.stop_listening();
    const outcome o = b.run(transport_test::get(*b.pool, origin_of("models.invalid", 80, false)));
    BOOST_TEST(o.is(llmx::errc::connect_failed));
    BOOST_TEST(o.text().find("proxy " + b.peer.where.authority) != std::string::npos, o.text());
}

#if !defined(LLMX_NO_TLS)

namespace {

/// A proxy that is the origin as well: it answers CONNECT with \p head and goes on in TLS when that is a 2xx.
asio::awaitable<void> tunnel(tls_bench& b, std::string head, std::vector<std::string>& seen, int requests) {
    tcp::socket plain = co_await b.peer.accept();
    seen.push_back(co_await transport_test::read_request(plain));
    co_await write(plain, head);
    if (!head.starts_with("HTTP/1.1 2")) {
        (void)co_await sees_close(plain);
        co_return;
    }
    tls_stream s(std::move(plain), b.server);
    const auto shaken = co_await s.async_handshake(ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    if (std::get<0>(shaken)) co_return;
    ++b.handshakes;
    std::string text;
    for (int i = 0; i < requests;) {
        char bytes[4096];
        const auto got = co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(got)) co_return;
        text.append(bytes, std::get<1>(got));
        if (!text.ends_with("{}")) continue;
        seen.push_back(std::exchange(text, std::string()));
        const std::string answer_text = reply_text("through");
        co_await asio::async_write(s, asio::buffer(answer_text), asio::as_tuple(asio::use_awaitable));
        ++i;
    }
    (void)co_await s.async_read_some(asio::buffer(text), asio::as_tuple(asio::use_awaitable));
}

struct proxied : tls_bench {
    explicit proxied(std::string user_and_password = credentials, llmx::http_pool_options o = llmx::http_pool_options())
        : tls_bench(trusting()), to(origin_of("localhost", 4443, true)) {
        o.tls = with(trusting()).tls;
        use_as_proxy(*this, std::move(user_and_password), {}, std::move(o));
    }
    outcome ask(llmx::http_limits limits = llmx::http_limits()) { return run(transport_test::get(*pool, to, limits)); }
    void check_refusal(const outcome& o) const {
        BOOST_TEST(o.is(llmx::errc::connect_failed));
        BOOST_TEST(o.text().find(proxy_name()) != std::string::npos, o.text());
        BOOST_TEST(o.text().find("pa ss") == std::string::npos, o.text());
        BOOST_TEST(o.text().find("dXNlc") == std::string::npos, o.text());
    }
    [[nodiscard]] std::string proxy_name() const { return "proxy 127.0.0.1:" + std::to_string(peer.where.port); }
    llmx::origin to;
    std::vector<std::string> seen;
};

} // namespace

BOOST_AUTO_TEST_CASE(tls_goes_through_a_tunnel_which_is_kept) {
    proxied b;
    b.spawn(tunnel(b, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n", b.seen, 2));
    BOOST_TEST(b.ask().body == "through");
    const outcome again = b.ask();
    BOOST_TEST(again.body == "through", again.text());
    BOOST_TEST(b.peer.accepted == 1);
    BOOST_TEST(b.handshakes == 1);
    BOOST_TEST(b.pool->stats().reuses == 1u);
    BOOST_TEST(b.sni == "localhost");
    BOOST_REQUIRE(b.seen.size() == 3u);
    BOOST_TEST(b.seen[0] == "CONNECT localhost:4443 HTTP/1.1\r\nHost: localhost:4443\r\n" + authorization + "\r\n");
    for (std::size_t i = 1; i < 3; ++i) {
        BOOST_TEST(b.seen[i].starts_with("POST /v1/chat HTTP/1.1\r\nHost: localhost:4443\r\n"), b.seen[i]);
        BOOST_TEST(b.seen[i].find("Proxy-") == std::string::npos, b.seen[i]);
    }
}

BOOST_AUTO_TEST_CASE(a_refused_tunnel_names_the_proxy_and_the_status) {
    for (const std::string status : {"407", "502", "302"}) {
        proxied b;
        // Its body is not read, however long it is.
        b.spawn(tunnel(b, "HTTP/1.1 " + status + " No\r\nContent-Length: 99999999\r\n\r\nsecret words", b.seen, 1));
        const outcome o = b.ask();
        b.check_refusal(o);
        BOOST_TEST(o.text().find("status " + status) != std::string::npos, o.text());
        BOOST_TEST(o.text().find("localhost:4443") != std::string::npos, o.text());
        BOOST_TEST(b.pool->stats().open == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_407_without_credentials_reports_that_some_are_needed) {
    proxied b{std::string()};
    b.spawn(tunnel(b, "HTTP/1.1 407 No\r\n\r\n", b.seen, 1));
    const outcome o = b.ask();
    BOOST_TEST(o.text().find("asks for credentials") != std::string::npos, o.text());
}

BOOST_AUTO_TEST_CASE(a_proxy_that_closes_in_the_middle_of_its_answer_is_named) {
    for (const std::string_view text : {"", "HTTP/1.1 200 Conn", "HTTP/1.1 200 OK\r\nVia: x\r\n"}) {
        proxied b;
        b.spawn([](proxied& t, std::string_view part) -> asio::awaitable<void> {
            tcp::socket s = co_await t.peer.accept();
            (void)co_await transport_test::read_request(s);
            co_await write(s, part);
        }(b, text));
        const outcome o = b.ask();
        b.check_refusal(o);
        BOOST_TEST(o.text().find("closed the connection") != std::string::npos, o.text());
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_to_a_connect_is_refused) {
    const std::string long_head = "HTTP/1.1 200 OK\r\nVia: " + std::string(70'000, 'x') + "\r\n\r\n";
    for (const std::string& text : {std::string("SSH-2.0-x\r\n\r\n"), long_head, std::string("HTTP/1.1 200 OK\r\n\r\nearly")}) {
        proxied b;
        b.spawn([](proxied& t, std::string all) -> asio::awaitable<void> {
            tcp::socket s = co_await t.peer.accept();
            (void)co_await transport_test::read_request(s);
            co_await write(s, all);
            (void)co_await sees_close(s);
        }(b, text));
        b.check_refusal(b.ask());
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_that_does_not_answer_meets_the_connect_timeout) {
    llmx::http_pool_options o;
    o.connect_timeout = 30ms;
    proxied b(credentials, std::move(o));
    bool closed = false;
    b.spawn([](proxied& t, bool& saw) -> asio::awaitable<void> {
        tcp::socket s = co_await t.peer.accept();
        (void)co_await transport_test::read_request(s);
        saw = co_await sees_close(s);
    }(b, closed));
    const outcome got = b.ask();
    b.check_refusal(got);
    BOOST_TEST(got.text().find("timed out") != std::string::npos, got.text());
    b.io.restart();
    b.io.run_one();
    b.io.poll();
    BOOST_TEST(closed);
}

BOOST_AUTO_TEST_CASE(cancelling_while_the_proxy_is_asked_closes_the_connection) {
    proxied b;
    llmx::cancellation stop;
    b.spawn([](proxied& t, llmx::cancellation& c) -> asio::awaitable<void> {
        tcp::socket s = co_await t.peer.accept();
        (void)co_await transport_test::read_request(s);
        c.cancel();
        (void)co_await sees_close(s);
    }(b, stop));
    const llmx::http_request r = request_to(b.to);
    const llmx::http_limits limits;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(o.is(llmx::errc::cancelled));
}

#endif

BOOST_AUTO_TEST_CASE(entries_of_no_proxy_name_hosts_domains_ports_addresses_and_networks) {
    const auto direct = [](std::string entry, std::string host, std::uint16_t port = 443) {
        llmx::proxy_settings s;
        s.https = llmx::http_proxy(origin_of("proxy.invalid", 3128, false));
        s.no_proxy = {"unrelated.invalid", std::move(entry)};
        return s.proxy_for(origin_of(std::move(host), port, true)) == nullptr;
    };
    BOOST_TEST(direct("*", "a.invalid"));
    BOOST_TEST(direct("a.invalid", "a.invalid"));
    BOOST_TEST(direct("A.Invalid", "x.a.iNVALID"));
    BOOST_TEST(direct(".a.invalid", "a.invalid"));
    BOOST_TEST(direct("*.a.invalid", "x.a.invalid"));
    BOOST_TEST(!direct("a.invalid", "ba.invalid"));
    BOOST_TEST(!direct("x.a.invalid", "a.invalid"));
    BOOST_TEST(direct("a.invalid:443", "a.invalid"));
    BOOST_TEST(!direct("a.invalid:444", "a.invalid"));
    BOOST_TEST(!direct("a.invalid:x", "a.invalid"));
    BOOST_TEST(direct("10.0.0.0/8", "10.1.2.3"));
    BOOST_TEST(!direct("10.0.0.0/8", "11.1.2.3"));
    BOOST_TEST(!direct("10.0.0.0/99", "10.1.2.3"));
    BOOST_TEST(!direct("10.0.0.0/8", "a.invalid"));
    BOOST_TEST(direct("fd00::/8", "fd12::1"));
    BOOST_TEST(!direct("fd00::/8", "10.1.2.3"));
    BOOST_TEST(direct("::1", "::1"));
    BOOST_TEST(direct("[::1]", "::1"));
    BOOST_TEST(!direct("", "a.invalid"));
    BOOST_TEST(!direct(".", "a.invalid"));
}

BOOST_AUTO_TEST_CASE(proxies_are_read_from_the_environment) {
    const auto some = llmx::proxies_from_environment(variables_of({{"https_proxy", "http://user:pa%20ss@one.invalid:3128/"},
                                                                   {"HTTPS_PROXY", "http://two.invalid"},
                                                                   {"HTTP_PROXY", "three.invalid:99"},
                                                                   {"NO_PROXY", "a.invalid, b.invalid,,*.c"}}));
    BOOST_REQUIRE(some);
    BOOST_REQUIRE((some->http && some->https));
    BOOST_TEST(some->https->where.authority == "one.invalid:3128");
    BOOST_TEST(some->https->credentials.reveal() == credentials);
    BOOST_TEST(some->http->where.host == "three.invalid");
    BOOST_TEST(some->http->where.port == 99);
    BOOST_TEST(some->http->credentials.empty());
    BOOST_TEST((some->no_proxy == std::vector<std::string>{"a.invalid", "b.invalid", "*.c"}));

    BOOST_TEST(llmx::describe(*some) == "upstream connections without TLS go through the proxy http://three.invalid:99, with TLS go through the "
                                        "proxy http://one.invalid:3128 (with credentials); directly to a.invalid, b.invalid, *.c");
    BOOST_TEST(llmx::describe(llmx::proxy_settings()).empty());

    const auto all = llmx::proxies_from_environment(variables_of({{"ALL_PROXY", "http://all.invalid"}, {"https_proxy", ""}}));
    BOOST_REQUIRE(all);
    BOOST_TEST((all->http && all->http->where.host == "all.invalid"));
    BOOST_TEST(!all->https, "an empty variable means none");

    const auto cgi = llmx::proxies_from_environment(variables_of({{"HTTP_PROXY", "http://evil.invalid"}, {"REQUEST_METHOD", "GET"}}));
    BOOST_REQUIRE(cgi);
    BOOST_TEST(!cgi->http);
    const auto lower = llmx::proxies_from_environment(variables_of({{"http_proxy", "http://own.invalid"}, {"REQUEST_METHOD", "GET"}}));
    BOOST_REQUIRE(lower);
    BOOST_TEST(lower->http.has_value());
    BOOST_TEST(!llmx::proxies_from_environment(llmx::variable_lookup())->http);
}

BOOST_AUTO_TEST_CASE(a_malformed_proxy_is_reported_without_its_password) {
    for (const std::string text : {"socks5://u:hidden@h:1", "https://u:hidden@h", "http://u:hidden@", "http://u:hidden@h:0",
                                   "http://u:hidden%zz@h", "http://u:hidden@h/path", "http://u%3a:hidden@h"}) {
        const auto got = llmx::proxies_from_environment(variables_of({{"https_proxy", text}}));
        BOOST_REQUIRE(!got);
        BOOST_TEST((got.error().value() == llmx::errc::bad_configuration));
        BOOST_TEST(got.error().message().starts_with("https_proxy: "), got.error().message());
        BOOST_TEST(got.error().message().find("hidden") == std::string::npos, got.error().message());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_proxy_unit
