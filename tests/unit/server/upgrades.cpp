// SPDX-License-Identifier: BSL-1.0
// Connections that change from HTTP to another protocol, on both sides.
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "../../support/tls_identity.hpp"
#include "support.hpp"

#include <llmx/server/relay.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/testing/run.hpp>

#include <boost/asio/ssl.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <atomic>
#include <list>
#include <string>
#include <thread>

using namespace llmx;
using namespace server_test;

namespace upgrade_test {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace http = beast::http;
using asio::ip::tcp;

/// Speaks WebSocket and sends each message back; "bye" closes in order, "drop" does not.
/// "/deny" is answered 401.
class echo_upstream {
public:
    explicit echo_upstream(bool tls) : tls_(tls), context_(asio::ssl::context::tls_server), acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        SSL_CTX_use_certificate(context_.native_handle(), me.certificate.get());
        SSL_CTX_use_PrivateKey(context_.native_handle(), me.key.get());
        where.host = tls ? "localhost" : "127.0.0.1";
        where.port = acceptor_.local_endpoint().port();
        where.tls = tls;
        where.authority = where.host + ":" + std::to_string(where.port);
        thread_ = std::thread([this] { accept(); });
    }
    ~echo_upstream() {
        over_ = true;
        asio::io_context io;
        tcp::socket wake(io);
        boost::system::error_code ignored;
        wake.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
        for (std::thread& t : sessions_) t.join();
    }
    origin where;
    std::atomic<int> ended{0};
    inline static llmx_test::identity me;

private:
    void accept() {
        for (;;) {
            tcp::socket s(io_);
            boost::system::error_code ec;
            acceptor_.accept(s, ec);
            if (ec || over_) return;
            sessions_.emplace_back([this, t = std::move(s)]() mutable {
                try {
                    if (tls_) {
                        websocket::stream<asio::ssl::stream<tcp::socket>> ws(std::move(t), context_);
                        ws.next_layer().handshake(asio::ssl::stream_base::server);
                        serve(ws);
                    } else {
                        websocket::stream<tcp::socket> ws(std::move(t));
                        serve(ws);
                    }
                } catch (const std::exception&) {
                }
                ++ended;
            });
        }
    }
    template <class Stream> void serve(Stream& ws) {
        beast::flat_buffer buffer;
        http::request<http::string_body> q;
        http::read(ws.next_layer(), buffer, q);
        if (q.target() == "/deny") {
            http::response<http::string_body> r(http::status::unauthorized, 11);
            r.set(http::field::content_type, "application/json");
            r.body() = R"({"error":"no key"})";
            r.prepare_payload();
            http::write(ws.next_layer(), r);
            return;
        }
        ws.read_message_max(64 * 1024 * 1024);
        ws.accept(q);
        for (;;) {
            beast::flat_buffer message;
            ws.read(message);
            const std::string text = beast::buffers_to_string(message.data());
            if (text == "bye") {
                ws.close(websocket::close_code::normal);
                return;
            }
            if (text == "drop") {
                beast::get_lowest_layer(ws).close();
                return;
            }
            ws.text(ws.got_text());
            ws.write(message.data());
        }
    }
    bool tls_;
    asio::io_context io_;
    asio::ssl::context context_;
    tcp::acceptor acceptor_;
    std::atomic<bool> over_{false};
    std::list<std::thread> sessions_;
    std::thread thread_;
};

inline std::atomic<const origin*> upstream_of_endpoint{nullptr};
inline std::atomic<int> relays_over{0}, last_relay_error{0}, sockets_taken{0};
inline std::atomic<std::int64_t> idle_ms{600'000};

struct upgrade_endpoint {
    static constexpr std::string_view usage = "/ws";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/ws" || path == "/deny" || path == "/raw" ? endpoint_match::of(method, "GET") : endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    template <server_gateway Gateway> static asio::awaitable<void> serve(server_connection& c, Gateway&) {
        if (c.head().path == "/raw") {
            co_await raw(c);
            co_return;
        }
        http_request q;
        q.to = upstream_of_endpoint;
        q.method = "GET";
        q.target = std::string(c.head().path);
        for (const http_field& f : c.head().fields)
            if (f.name.starts_with("Sec-WebSocket") || f.name == "Upgrade" || f.name == "Connection") q.add_field(f.name, f.value);
        http_limits limits;
        limits.first_byte_by = c.on().now() + std::chrono::seconds(10);
        result<tunnel_response> answer = co_await c.on().transport().open_tunnel(q, limits, c.context().cancellation);
        if (!answer) {
            co_await c.fail(answer.error());
            co_return;
        }
        if (!answer->tunnel) {
            (void)co_await answer->body->read_all(c.scratch());
            co_await c.reply(answer->status, find_field(answer->fields, "content-type"), c.scratch());
            co_return;
        }
        for (const std::string_view name : {"connection", "upgrade", "sec-websocket-accept", "sec-websocket-protocol"})
            append_field(c.fields(), name, find_field(answer->fields, name));
        const bool told = co_await c.switch_protocols();
        if (!told) co_return;
        ++sockets_taken;
        relay_options o;
        o.idle = std::chrono::milliseconds(idle_ms);
        const result<void> done = co_await relay(c, c.take_socket(), *answer->tunnel, o);
        last_relay_error = done ? 0 : static_cast<int>(done.error().value());
        ++relays_over;
    }
    /// Sends back in capitals what comes over the socket, until its end.
    static asio::awaitable<void> raw(server_connection& c) {
        const taken_socket s = c.take_socket();
        ++sockets_taken;
        std::string text = "HTTP/1.1 101 Switching Protocols\r\n\r\n" + std::string(c.head().path) + ":";
        std::string piece(s.early);
        for (;;) {
            for (const char byte : piece) text += static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
            const auto put = co_await asio::async_write(*s.socket, asio::buffer(text), asio::as_tuple(asio::deferred));
            if (std::get<0>(put)) co_return;
            text.clear();
            piece.resize(1000);
            const auto got = co_await s.socket->async_read_some(asio::buffer(piece), asio::as_tuple(asio::deferred));
            if (std::get<0>(got)) break;
            piece.resize(std::get<1>(got));
        }
        ++relays_over;
    }
};

class bench {
public:
    explicit bench(bool tls, server_options o = server_options())
        : up(tls), sink(std::make_shared<memory_sink>()), server_(gateway_, prepared(std::move(o)), pooled_runtimes(pool(), 1)) {
        relays_over = last_relay_error = sockets_taken = 0;
        idle_ms = 600'000;
        upstream_of_endpoint = &up.where;
        BOOST_REQUIRE(server_.listen());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~bench() { finish(); }
    void finish() {
        if (!thread_.joinable()) return;
        if (!stopping_) server_.stop();
        thread_.join();
    }
    /// Drains; called again, cancels at once. `finish` then only waits.
    void stop() {
        stopping_ = true;
        server_.stop();
    }
    std::uint16_t port() const { return server_.port(); }
    echo_upstream up;
    std::shared_ptr<memory_sink> sink;

private:
    static http_pool_options pool() {
        http_pool_options p;
        tls_options t;
        t.ca_file = echo_upstream::me.file;
        p.tls = std::make_shared<tls_client>(std::move(t));
        return p;
    }
    server_options prepared(server_options o) {
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = sink;
        o.log.level = log_level::debug;
        return o;
    }
    fake_gateway gateway_;
    server<fake_gateway, upgrade_endpoint> server_;
    std::thread thread_;
    bool stopping_ = false;
};

/// A WebSocket client that blocks.
class ws_client {
public:
    explicit ws_client(std::uint16_t port, std::string path = "/ws") : ws(io_) {
        ws.next_layer().connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
        ws.read_message_max(64 * 1024 * 1024);
        ws.handshake("test", path, ec);
    }
    void send(std::string_view text) { ws.write(asio::buffer(text.data(), text.size()), ec); }
    std::string read() {
        beast::flat_buffer b;
        ws.read(b, ec);
        return beast::buffers_to_string(b.data());
    }
    boost::system::error_code ec;

private:
    asio::io_context io_;

public:
    websocket::stream<tcp::socket> ws;
};

} // namespace upgrade_test

using namespace upgrade_test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(server_upgrades)

BOOST_DATA_TEST_CASE(frames_pass_both_ways, data::make({false, true}), tls) {
    bench b(tls);
    ws_client c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    const std::string large(8'000'000, 'f');
    for (const std::string_view text : {std::string_view("hello"), std::string_view(""), std::string_view(large), std::string_view("x")}) {
        c.send(text);
        BOOST_TEST((c.read() == text));
        BOOST_TEST(!c.ec.failed(), c.ec.message());
    }
    c.ws.close(websocket::close_code::normal, c.ec);
    BOOST_TEST(!c.ec.failed(), c.ec.message());
    wait_until([&] { return relays_over == 1; });
    BOOST_TEST(last_relay_error == 0);
    wait_until([&] { return b.up.ended == 1; });
    b.finish();
    const auto lines = b.sink->calls();
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].at("status").as_int64() == 101);
    BOOST_TEST(lines[0].at("path").as_string() == "/ws");
    BOOST_TEST(lines[0].at("bytes_in").as_int64() > 8'000'000);
    BOOST_TEST(lines[0].at("bytes_out").as_int64() > 8'000'000);
}

BOOST_DATA_TEST_CASE(either_side_may_end_it, data::make({false, true}) * data::make({0, 1, 2, 3}), tls, how) {
    bench b(tls);
    ws_client c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    c.send("one");
    BOOST_TEST(c.read() == "one");
    if (how == 0) {
        c.send("bye");
        (void)c.read();
        BOOST_TEST((c.ec == websocket::error::closed), c.ec.message());
    } else if (how == 1) {
        c.send("drop");
        (void)c.read();
        BOOST_TEST(c.ec.failed());
        BOOST_TEST((c.ec != websocket::error::closed), c.ec.message());
    } else {
        if (how == 3) c.ws.next_layer().set_option(asio::socket_base::linger(true, 0));
        c.ws.next_layer().close();
    }
    wait_until([&] { return relays_over == 1 && b.up.ended == 1; });
    if (how == 3) BOOST_TEST(last_relay_error == static_cast<int>(errc::cancelled));
}

BOOST_DATA_TEST_CASE(a_refusal_is_an_ordinary_answer, data::make({false, true}), tls) {
    bench b(tls);
    client c(b.port());
    for (int i = 0; i < 2; ++i) {
        c.send(get("/deny", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        const answer a = c.read();
        BOOST_TEST(a.status == 401);
        BOOST_TEST(a.body == R"({"error":"no key"})");
        BOOST_TEST(a.field("content-type") == "application/json");
        BOOST_TEST(a.field("connection").empty());
    }
    BOOST_TEST(sockets_taken == 0);
}

BOOST_AUTO_TEST_CASE(an_upstream_that_is_not_there) {
    bench b(false);
    origin nowhere = b.up.where;
    nowhere.port = 1;
    upstream_of_endpoint = &nowhere;
    client c(b.port());
    c.send(get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    BOOST_TEST(c.read().status == 502);
}

BOOST_DATA_TEST_CASE(the_end_of_the_drain_ends_a_tunnel, data::make({false, true}) * data::make({false, true}), tls, forced) {
    server_options o;
    o.drain = forced ? std::chrono::milliseconds(60'000) : std::chrono::milliseconds(100);
    bench b(tls, o);
    ws_client c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    c.send("one");
    BOOST_TEST(c.read() == "one");
    b.stop();
    c.send("two");
    BOOST_TEST(c.read() == "two", "it goes on during the drain");
    if (forced) b.stop();
    (void)c.read();
    BOOST_TEST(c.ec.failed());
    b.finish();
    BOOST_TEST(relays_over == 1);
    BOOST_TEST(last_relay_error == static_cast<int>(errc::cancelled));
    BOOST_TEST(b.sink->calls().size() == 1u);
}

BOOST_DATA_TEST_CASE(a_silent_tunnel_is_closed, data::make({false, true}), tls) {
    bench b(tls);
    idle_ms = 50;
    ws_client c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    (void)c.read();
    BOOST_TEST(c.ec.failed());
    wait_until([&] { return relays_over == 1 && b.up.ended == 1; });
    BOOST_TEST(last_relay_error == static_cast<int>(errc::idle_timeout));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_holds_no_more_than_two_buffers) {
    bench b(false);
    idle_ms = 300;
    ws_client c(b.port());
    // Far more than sockets buffer comes back and is not read: neither side gets on.
    const std::string large(1'000'000, 'x');
    c.ws.next_layer().non_blocking(true);
    for (int i = 0; i < 100 && !c.ec; ++i) c.send(large);
    wait_until([&] { return relays_over == 1; });
    BOOST_TEST(last_relay_error == static_cast<int>(errc::idle_timeout));
}

BOOST_AUTO_TEST_CASE(a_taken_socket_is_the_endpoints) {
    server_options o;
    o.drain = std::chrono::milliseconds(100);
    bench b(false, o);
    client c(b.port());
    c.send(get("/raw") + "what came early");
    BOOST_TEST(c.read_until("WHAT CAME EARLY"));
    BOOST_TEST(c.pending().find("/raw:") != std::string::npos, "the head can still be read");
    c.send("more");
    BOOST_TEST(c.read_until("MORE"));
    client d(b.port());
    d.send(get("/raw") + "second");
    BOOST_TEST(d.read_until("SECOND"));
    d.half_close();
    BOOST_TEST(d.closed());
    b.stop(); // closes the other
    BOOST_TEST(c.closed());
    b.finish();
    BOOST_TEST(relays_over == 2);
    const auto lines = b.sink->calls();
    BOOST_REQUIRE(lines.size() == 2u);
    for (const auto& l : lines) BOOST_TEST(l.at("status").as_int64() == 101);
}

BOOST_AUTO_TEST_CASE(a_transport_without_tunnels_says_so) {
    testing::scripted_transport net;
    const http_request q;
    const http_limits limits;
    cancellation stop;
    const auto answer = testing::run(net.open_tunnel(q, limits, stop));
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error().value() == errc::unsupported_operation));
}

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace upgrades_unit {



} // namespace upgrades_unit
