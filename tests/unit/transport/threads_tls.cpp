// SPDX-License-Identifier: BSL-1.0
// Pools on strands of an io_context that four threads run: names, TLS handshakes and kept connections, for ThreadSanitizer.
#include "upstream.hpp"

#if !defined(LLMX_NO_TLS)

#include "tls_peer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tls_threads_test {

using namespace transport_test;

constexpr int rounds = 24;

/// A TLS peer on a context and a thread of its own; it closes every second connection behind its first answer.
class tls_server {
public:
    tls_server() {
        asio::co_spawn(bench_.io, accept_all(bench_), asio::detached);
        worker_ = std::thread([this] { bench_.io.run(); });
    }
    tls_server(const tls_server&) = delete;
    tls_server& operator=(const tls_server&) = delete;
    ~tls_server() {
        bench_.io.stop();
        worker_.join();
    }
    [[nodiscard]] const llmx::origin& where() const noexcept { return bench_.peer.where; }

private:
    static asio::awaitable<void> answer_all(tls_bench& b, tcp::socket plain, bool closes) {
        tls_stream s(std::move(plain), b.server);
        const auto shaken = co_await s.async_handshake(ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(shaken)) co_return;
        const std::string text = reply_text("hello", closes ? "Connection: close\r\n" : "");
        std::string request;
        for (;;) {
            char bytes[4096];
            const auto got = co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
            if (std::get<0>(got)) co_return;
            request.append(bytes, std::get<1>(got));
            if (!request.ends_with("{}")) continue;
            request.clear();
            co_await asio::async_write(s, asio::buffer(text), asio::as_tuple(asio::use_awaitable));
            if (closes) break;
        }
        co_await s.async_shutdown(asio::as_tuple(asio::use_awaitable));
    }
    static asio::awaitable<void> accept_all(tls_bench& b) {
        for (;;) {
            tcp::socket s = co_await b.peer.accept();
            const bool closes = b.peer.accepted % 2 == 0;
            asio::co_spawn(b.io, answer_all(b, std::move(s), closes), asio::detached);
        }
    }
    tls_bench bench_{trusting()};
    std::thread worker_;
};

/// A strand, and a pool that forgets each address at once.
struct core {
    core(asio::io_context& io, std::shared_ptr<llmx::tls_client> tls) : strand(asio::make_strand(io)), pool(strand, with(std::move(tls))) {}
    static llmx::http_pool_options with(std::shared_ptr<llmx::tls_client> tls) {
        llmx::http_pool_options o;
        o.dns_ttl = llmx::duration::zero();
        o.max_per_host = 2;
        o.tls = std::move(tls);
        return o;
    }
    asio::strand<asio::io_context::executor_type> strand;
    llmx::http_pool pool;
};

asio::awaitable<int> ask_often(core& c, const llmx::origin& to) {
    const llmx::http_limits limits;
    int good = 0;
    for (int i = 0; i < rounds; ++i) {
        const llmx::http_request request = request_to(to);
        llmx::cancellation stop;
        const outcome o = co_await fetch(c.pool, request, limits, stop);
        if (o.body == "hello" && c.strand.running_in_this_thread()) ++good;
        else std::cerr << "threads_tls: round " << i << ": " << o.text() << '\n';
    }
    co_return good;
}

asio::awaitable<void> cancel_later(std::shared_ptr<llmx::cancellation> stop, int turns) {
    const asio::any_io_executor here = co_await asio::this_coro::executor;
    for (int i = 0; i < turns; ++i) co_await asio::post(here, asio::use_awaitable);
    stop->cancel();
}

/// Leaves each exchange soon: while the name is looked up, while TLS is being established, or while the answer is awaited.
asio::awaitable<int> cancel_often(core& c, const llmx::origin& to) {
    const llmx::http_limits limits;
    int typed = 0;
    for (int i = 0; i < rounds; ++i) {
        const llmx::http_request request = request_to(to);
        const auto stop = std::make_shared<llmx::cancellation>();
        asio::co_spawn(c.strand, cancel_later(stop, 4 * i), asio::detached);
        const outcome o = co_await fetch(c.pool, request, limits, *stop);
        if (o.is(llmx::errc::cancelled) || o.body == "hello") ++typed;
    }
    co_return typed;
}

BOOST_AUTO_TEST_SUITE(threads_tls)

BOOST_AUTO_TEST_CASE(pools_on_strands_look_up_names_and_use_tls_in_their_strands) {
    tls_server peer;
    const auto tls = tls_bench::with(trusting()).tls;
    asio::io_context io{4};
    std::vector<std::unique_ptr<core>> cores;
    std::vector<std::future<int>> good, typed;
    for (int i = 0; i < 3; ++i) cores.push_back(std::make_unique<core>(io, tls));
    for (auto& c : cores) {
        for (int i = 0; i < 3; ++i) good.push_back(asio::co_spawn(c->strand, ask_often(*c, peer.where()), asio::use_future));
        typed.push_back(asio::co_spawn(c->strand, cancel_often(*c, peer.where()), asio::use_future));
    }
    std::array<std::thread, 4> threads;
    for (std::thread& t : threads) t = std::thread([&io] { io.run(); });
    for (auto& f : good) BOOST_TEST(f.get() == rounds);
    for (auto& f : typed) BOOST_TEST(f.get() == rounds);
    io.stop();
    for (std::thread& t : threads) t.join();
    for (auto& c : cores) {
        BOOST_TEST(c->pool.stats().connects > 1u);
        BOOST_TEST(c->pool.stats().reuses > 0u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tls_threads_test

#endif

namespace threads_tls_unit {



} // namespace threads_tls_unit
