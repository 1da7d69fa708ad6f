// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <functional>
#include <string>
#include <string_view>

namespace transport_test {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// A peer made of bare sockets on the loopback, in the same context as the pool: it does
/// what a test gives it, byte for byte.
class upstream {
public:
    explicit upstream(asio::io_context& io) : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        where.host = "127.0.0.1";
        where.port = acceptor_.local_endpoint().port();
        where.authority = "127.0.0.1:" + std::to_string(where.port);
    }
    [[nodiscard]] asio::awaitable<tcp::socket> accept() {
        tcp::socket s = co_await acceptor_.async_accept(asio::use_awaitable);
        s.set_option(tcp::no_delay(true));
        ++accepted;
        co_return s;
    }
    void stop_listening() { acceptor_.close(); }

    llmx::origin where;
    int accepted = 0;

private:
    tcp::acceptor acceptor_;
};

/// Reads one request with a Content-Length or without a body; empty at the end of file.
inline asio::awaitable<std::string> read_request(tcp::socket& s) {
    std::string text;
    for (;;) {
        char bytes[4096];
        const auto got = co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(got)) co_return std::string();
        text.append(bytes, std::get<1>(got));
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        std::size_t length = 0;
        if (const auto at = text.find("Content-Length: "); at < end)
            std::from_chars(text.data() + at + 16, text.data() + end, length);
        if (text.size() >= end + 4 + length) co_return text;
    }
}

inline asio::awaitable<void> write(tcp::socket& s, std::string_view text) {
    co_await asio::async_write(s, asio::buffer(text), asio::as_tuple(asio::use_awaitable));
}

/// True when the peer closes before it sends anything.
inline asio::awaitable<bool> sees_close(tcp::socket& s) {
    char byte = 0;
    const auto got = co_await s.async_read_some(asio::buffer(&byte, 1), asio::as_tuple(asio::use_awaitable));
    co_return std::get<0>(got).failed();
}

/// Lets everything that can run, run.
inline asio::awaitable<void> settle() {
    const asio::any_io_executor ex = co_await asio::this_coro::executor;
    for (int i = 0; i < 20; ++i) co_await asio::post(ex, asio::use_awaitable);
}

inline std::string reply_text(std::string_view body, std::string_view fields = std::string_view()) {
    std::string t = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    t += fields;
    t += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    t += body;
    return t;
}

/// What an exchange came to, body included.
struct outcome {
    outcome() = default;
    std::optional<llmx::error> failure;
    /// Whether the failure came after the head.
    bool in_body = false;
    int status = 0;
    std::string body;
    [[nodiscard]] bool is(llmx::errc e) const { return failure && failure->value() == e; }
    [[nodiscard]] std::string text() const { return failure ? failure->message() : "status " + std::to_string(status); }
};

inline llmx::http_request request_to(const llmx::origin& to, std::string_view body = "{}") {
    llmx::http_request r;
    r.to = &to;
    r.target = "/v1/chat";
    r.add_field("Content-Type", "application/json");
    r.body.append(body);
    return r;
}

/// One exchange, read to its end.
inline asio::awaitable<outcome> fetch(llmx::http_transport& pool, const llmx::http_request& request,
                                      const llmx::http_limits& limits, llmx::cancellation& stop) {
    outcome o;
    auto reply = co_await pool.exchange(request, limits, stop);
    if (!reply) {
        o.failure = reply.error();
        co_return o;
    }
    o.status = reply->status;
    const auto read = co_await reply->body->read_all(o.body);
    if (!read) {
        o.failure = read.error();
        o.in_body = true;
    }
    co_return o;
}

inline asio::awaitable<outcome> get(llmx::http_transport& pool, const llmx::origin& to,
                                    llmx::http_limits limits = llmx::http_limits()) {
    const llmx::http_request request = request_to(to);
    llmx::cancellation stop;
    outcome o = co_await fetch(pool, request, limits, stop);
    co_return o;
}

/// A context, a pool and a peer.
struct bench {
    explicit bench(llmx::http_pool_options options = llmx::http_pool_options())
        : pool(std::make_unique<llmx::http_pool>(io, std::move(options))), peer(io) {}
    template <class T> T run(asio::awaitable<T> work) { return llmx::testing::run(io, std::move(work)); }
    void spawn(asio::awaitable<void> work) { asio::co_spawn(io, std::move(work), asio::detached); }
    outcome get(llmx::http_limits limits = llmx::http_limits()) {
        return run(transport_test::get(*pool, peer.where, limits));
    }
    asio::io_context io{1};
    std::unique_ptr<llmx::http_pool> pool;
    upstream peer;
};

/// Accepts one connection and answers each request on it with \p text, then closes after
/// \p requests of them.
inline asio::awaitable<void> serve(upstream& peer, std::string text, int requests) {
    tcp::socket s = co_await peer.accept();
    for (int i = 0; i < requests; ++i) {
        const std::string request = co_await read_request(s);
        if (request.empty()) co_return;
        co_await write(s, text);
    }
}

} // namespace transport_test
