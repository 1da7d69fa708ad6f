// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include <llmx/transport/connection_rules.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>

#if !defined(LLMX_NO_TLS)
#include "tls_peer.hpp"

#include <fstream>
#endif

namespace connection_rules_unit {

namespace {

using namespace transport_test;

std::shared_ptr<llmx::connection_rules> public_only(std::vector<std::string> hosts = {}) {
    auto r = std::make_shared<llmx::connection_rules>();
    r->public_only = true;
    r->allowed_hosts = std::move(hosts);
    return r;
}

outcome get_by(bench& b, std::shared_ptr<const llmx::connection_rules> rules) {
    llmx::http_request r = request_to(b.peer.where);
    r.rules = std::move(rules);
    const llmx::http_limits limits;
    llmx::cancellation stop;
    return b.run(fetch(*b.pool, r, limits, stop));
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_connection_rules)

BOOST_AUTO_TEST_CASE(addresses_of_the_public_internet) {
    for (const char* const a : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "100.63.255.255", "100.128.0.0", "198.17.0.1",
                                "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "2002:808:808::1", "::ffff:8.8.8.8",
                                "2001:200::1", "3fff:1000::1"})
        BOOST_TEST(llmx::is_public_address(asio::ip::make_address(a)), a);
    for (const char* const a :
         {"0.0.0.0", "10.0.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
          "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "240.0.0.1",
          "255.255.255.255",
          "168.63.129.16", "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
          "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "100::1"})
        BOOST_TEST(!llmx::is_public_address(asio::ip::make_address(a)), a);
}

BOOST_AUTO_TEST_CASE(callers_reach_no_private_address) {
    bench b;
    for (const char* const host : {"127.0.0.1", "localhost"}) {
        b.peer.where.host = host;
        const outcome o = get_by(b, public_only());
        BOOST_TEST(o.is(llmx::errc::invalid_request), o.text());
        BOOST_TEST(o.failure->param() == "api_base");
        BOOST_TEST(o.text().find("user_url_allowed_hosts") != std::string::npos, o.text());
    }
    BOOST_TEST(b.peer.accepted == 0);
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_AUTO_TEST_CASE(hosts_of_the_list_are_reached) {
    bench b;
    const std::string port = std::to_string(b.peer.where.port);
    b.spawn(serve(b.peer, reply_text("x"), 2));
    BOOST_TEST(get_by(b, public_only({"127.0.0.1:" + port})).body == "x");
    BOOST_TEST(get_by(b, public_only({"127.0.0.1:1", "10.0.0.0/8"})).is(llmx::errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(no_kept_connection_of_other_rules_is_used) {
    bench b;
    b.spawn(serve(b.peer, reply_text("x"), 3));
    BOOST_TEST(b.get().body == "x");
    BOOST_TEST(b.pool->stats().idle == 1u);
    // The operator's own connection to that address is there, and stays apart.
    BOOST_TEST(get_by(b, public_only()).is(llmx::errc::invalid_request));
    BOOST_TEST(b.get().body == "x");
    BOOST_TEST(b.pool->stats().reuses == 1u);
    BOOST_TEST(b.peer.accepted == 1);
}

BOOST_AUTO_TEST_CASE(connections_of_the_same_rules_are_kept) {
    bench b;
    const auto rules = std::make_shared<llmx::connection_rules>();
    b.spawn(serve(b.peer, reply_text("x"), 2));
    BOOST_TEST(get_by(b, rules).body == "x");
    BOOST_TEST(get_by(b, rules).body == "x");
    BOOST_TEST(b.peer.accepted == 1);
    b.spawn(serve(b.peer, reply_text("y"), 1));
    BOOST_TEST(get_by(b, std::make_shared<llmx::connection_rules>()).body == "y");
    BOOST_TEST(b.pool->stats().hosts == 2u);
}

BOOST_AUTO_TEST_CASE(a_redirection_is_an_answer) {
    bench b;
    b.spawn(serve(b.peer, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n", 1));
    const outcome o = get_by(b, public_only({"127.0.0.1"}));
    BOOST_TEST(o.status == 302, o.text());
    BOOST_TEST(b.pool->stats().connects == 1u);
}

BOOST_AUTO_TEST_CASE(a_proxy_of_ones_own) {
    bench b;
    const auto rules = std::make_shared<llmx::connection_rules>();
    rules->proxies.emplace().http = llmx::http_proxy(b.peer.where);
    llmx::origin far;
    far.host = "upstream.invalid";
    far.port = 80;
    far.authority = far.host;
    std::string seen;
    b.spawn([](upstream& peer, std::string& request) -> asio::awaitable<void> {
        tcp::socket s = co_await peer.accept();
        request = co_await transport_test::read_request(s);
        co_await write(s, reply_text("by proxy"));
    }(b.peer, seen));
    llmx::http_request r = request_to(far);
    r.rules = rules;
    const llmx::http_limits limits;
    llmx::cancellation stop;
    const outcome o = b.run(fetch(*b.pool, r, limits, stop));
    BOOST_TEST(o.body == "by proxy", o.text());
    BOOST_TEST(seen.starts_with("POST http://upstream.invalid/v1/chat "), seen);
    // What the proxy resolves cannot be checked.
    auto both = std::make_shared<llmx::connection_rules>(*rules);
    both->public_only = true;
    r.rules = both;
    llmx::cancellation again;
    const outcome refused = b.run(fetch(*b.pool, r, limits, again));
    BOOST_TEST(refused.is(llmx::errc::invalid_request), refused.text());
    BOOST_TEST(b.peer.accepted == 1);
}

BOOST_AUTO_TEST_CASE(rules_hold_for_upgrades_too) {
    bench b;
    llmx::http_request r = request_to(b.peer.where, std::string_view());
    r.rules = public_only();
    const llmx::http_limits limits;
    llmx::cancellation stop;
    const auto opened = b.run([](llmx::http_pool& pool, const llmx::http_request& q, const llmx::http_limits& l, llmx::cancellation& s)
                                  -> asio::awaitable<llmx::result<llmx::tunnel_response>> {
        auto answer = co_await pool.open_tunnel(q, l, s);
        co_return answer;
    }(*b.pool, r, limits, stop));
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().value() == llmx::errc::invalid_request), opened.error().message());
    BOOST_TEST(b.peer.accepted == 0);
}

#if !defined(LLMX_NO_TLS)

namespace {

/// A file with the certificate of \p me and its key.
struct key_file {
    explicit key_file(const identity& me) : path(me.file.string() + ".key") {
        std::FILE* const f = std::fopen(path.c_str(), "w");
        PEM_write_X509(f, me.certificate.get());
        PEM_write_PrivateKey(f, me.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(f);
    }
    key_file(const key_file&) = delete;
    key_file& operator=(const key_file&) = delete;
    ~key_file() { std::filesystem::remove(path); }
    const std::string path;
};

std::string digest_of(const identity& me) {
    unsigned char* bytes = nullptr;
    const int size = i2d_PUBKEY(me.key.get(), &bytes);
    const std::string key(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    const auto digest = llmx::sha256_of(key);
    return "sha256/" + llmx::base64_encode(llmx::bytes_of(*digest));
}

std::shared_ptr<llmx::connection_rules> rules_with(llmx::tls_options tls) {
    auto r = std::make_shared<llmx::connection_rules>();
    if (tls.ca_file == "own") tls.ca_file = tls_bench::me.file;
    r->tls = std::make_shared<llmx::tls_client>(std::move(tls));
    return r;
}

/// Answers each request on each connection with the name in the client's certificate, or "none".
asio::awaitable<void> name_client(tls_bench& b, int requests) {
    tcp::socket plain = co_await b.peer.accept();
    tls_stream s(std::move(plain), b.server);
    const auto shaken = co_await s.async_handshake(ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
    if (std::get<0>(shaken)) co_return;
    b.resumed += SSL_session_reused(s.native_handle());
    std::string name = "none";
    if (X509* const shown = SSL_get0_peer_certificate(s.native_handle())) {
        char text[64] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, text, sizeof text);
        name = text;
    }
    for (int i = 0; i < requests; ++i) {
        std::string request(4096, '\0');
        const auto got = co_await s.async_read_some(asio::buffer(request), asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(got)) co_return;
        const std::string answer = reply_text(name);
        co_await asio::async_write(s, asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_client_shows_its_certificate) {
    for (const bool separate : {false, true}) {
        tls_bench b(trusting());
        const identity client;
        const key_file file(client);
        SSL_CTX_load_verify_file(b.server.native_handle(), client.file.c_str());
        b.server.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
        llmx::tls_options mine = trusting();
        mine.certificate_file = separate ? client.file.string() : file.path;
        if (separate) mine.key_file = file.path;
        b.spawn(name_client(b, 1));
        const outcome o = get_by(b, rules_with(mine));
        BOOST_TEST(o.body == "llmx test", o.text());
        b.spawn(name_client(b, 1));
        BOOST_TEST(b.get().failure.has_value());
    }
}

BOOST_AUTO_TEST_CASE(identities_do_not_share_connections) {
    tls_bench b(trusting());
    const identity client;
    const key_file file(client);
    SSL_CTX_load_verify_file(b.server.native_handle(), client.file.c_str());
    b.server.set_verify_mode(ssl::verify_peer);
    llmx::tls_options mine = trusting();
    mine.certificate_file = file.path;
    const auto rules = rules_with(mine);
    b.spawn(name_client(b, 2));
    BOOST_TEST(get_by(b, rules).body == "llmx test");
    b.spawn(name_client(b, 2));
    BOOST_TEST(b.get().body == "none");
    BOOST_TEST(get_by(b, rules).body == "llmx test");
    BOOST_TEST(b.get().body == "none");
    BOOST_TEST(b.peer.accepted == 2);
    BOOST_TEST(b.resumed == 0);
}

BOOST_AUTO_TEST_CASE(a_wrong_certificate_is_reported) {
    tls_bench b(trusting());
    llmx::tls_options mine = trusting();
    mine.certificate_file = "/nowhere/client.pem";
    const outcome missing = get_by(b, rules_with(mine));
    BOOST_TEST(missing.is(llmx::errc::bad_configuration), missing.text());
    BOOST_TEST(missing.text().find("/nowhere/client.pem") != std::string::npos, missing.text());
    const identity client, other;
    const key_file file(other);
    mine.certificate_file = client.file;
    mine.key_file = file.path;
    const outcome unfit = get_by(b, rules_with(mine));
    BOOST_TEST(unfit.is(llmx::errc::bad_configuration), unfit.text());
    BOOST_TEST(unfit.text().find("fit") != std::string::npos, unfit.text());
}

BOOST_AUTO_TEST_CASE(pinned_keys) {
    const identity other;
    const auto pin = [](std::string_view host, const std::string& text) { return *llmx::parse_tls_pin(host, text); };
    tls_bench b(trusting());
    const auto asked = [&](llmx::tls_options o) {
        b.spawn(name_client(b, 1));
        return get_by(b, rules_with(std::move(o)));
    };
    llmx::tls_options o = trusting();
    o.pins = {pin("LocalHost", digest_of(other)), pin("localhost", digest_of(tls_bench::me))};
    const outcome good = asked(o);
    BOOST_TEST(good.body == "none", good.text());
    o.pins = {pin("*", digest_of(other))};
    const outcome bad = asked(o);
    BOOST_TEST(bad.is(llmx::errc::connect_failed), bad.text());
    BOOST_TEST(bad.text().find(digest_of(tls_bench::me)) != std::string::npos, bad.text());
    BOOST_TEST(bad.text().find("pinned") != std::string::npos, bad.text());
    // A pin holds without verification as well.
    llmx::tls_options careless;
    careless.insecure_skip_verify = true;
    careless.pins = o.pins;
    BOOST_TEST(asked(careless).is(llmx::errc::connect_failed));
    careless.pins = {pin("localhost", digest_of(tls_bench::me))};
    BOOST_TEST(asked(careless).body == "none");
    // Other hosts are not restricted.
    o.pins = {pin("other.example", digest_of(other))};
    BOOST_TEST(asked(o).body == "none");
}

BOOST_AUTO_TEST_CASE(no_session_of_an_unpinned_key_is_resumed) {
    const identity other;
    tls_bench b(trusting());
    SSL_CTX_set_max_proto_version(b.server.native_handle(), TLS1_2_VERSION);
    llmx::tls_options o = trusting();
    o.pins = {*llmx::parse_tls_pin("*", digest_of(other))};
    const auto rules = rules_with(o);
    llmx::http_request r = request_to(b.peer.where);
    r.rules = rules;
    for (int i = 0; i < 3; ++i) {
        b.spawn(name_client(b, 1));
        BOOST_TEST(get_by(b, rules).is(llmx::errc::connect_failed));
    }
    BOOST_TEST(b.resumed == 0);
}

BOOST_AUTO_TEST_CASE(forms_of_pins) {
    const std::string text = digest_of(tls_bench::me);
    const auto one = llmx::parse_tls_pin("A.Example", text);
    BOOST_REQUIRE(one);
    BOOST_TEST(one->host == "a.example");
    std::string hex;
    for (const unsigned char c : one->digest) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", c);
        hex += digits;
    }
    for (const std::string& same : {"sha256//" + text.substr(7), hex}) {
        const auto other = llmx::parse_tls_pin("*", same);
        BOOST_REQUIRE(other);
        BOOST_TEST((other->digest == one->digest));
    }
    for (const std::string& wrong : {std::string(), std::string("sha256/"), std::string("sha256/AAAA"), text + "=", hex + "0", hex.substr(1) + "g",
                                     "sha1/" + text})
        BOOST_TEST(!llmx::parse_tls_pin("*", wrong), wrong);
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace connection_rules_unit
