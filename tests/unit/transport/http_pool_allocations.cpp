// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include "../../support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

namespace http_pool_allocations_unit {

// Asio takes its blocks from `aligned_alloc`, which no `operator new` sees.
extern "C" __attribute__((weak)) void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    llmx_test::allocation_count.fetch_add(1, std::memory_order_relaxed);
    void* p = nullptr;
    return posix_memalign(&p, alignment, size) == 0 ? p : nullptr;
}

namespace {

using namespace transport_test;

/// Answers each request with \p text without allocating: a request ends in "}".
asio::awaitable<void> serve_lean(upstream& peer, std::string_view text) {
    tcp::socket s = co_await peer.accept();
    char bytes[4096];
    for (;;) {
        const auto got = co_await s.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::deferred));
        const std::size_t n = std::get<1>(got);
        if (n == 0) co_return;
        if (bytes[n - 1] != '}') continue;
        co_await s.async_write_some(asio::buffer(text), asio::as_tuple(asio::deferred));
    }
}

asio::awaitable<std::size_t> exchanges(bench& b, const llmx::http_request& request, const llmx::http_limits& limits,
                                       llmx::cancellation& stop, int n, std::string& body) {
    // Asio's recycled memory belongs to one call of `run`: the first rounds fill it.
    constexpr int warm = 20;
    std::size_t before = 0;
    for (int i = 0; i < warm + n; ++i) {
        if (i == warm) before = llmx_test::allocations();
        body.clear();
        auto reply = co_await b.pool->exchange(request, limits, stop);
        BOOST_REQUIRE(reply);
        const auto read = co_await reply->body->read_all(body);
        BOOST_REQUIRE(read);
    }
    co_return llmx_test::allocations() - before;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool_allocations)

#if !defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)

BOOST_AUTO_TEST_CASE(exchange_on_a_kept_connection_allocates_nothing) {
    const std::string_view texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    };
    for (const std::string_view text : texts) {
        bench b;
        b.spawn(serve_lean(b.peer, text));
        const llmx::http_request request = request_to(b.peer.where, "{\"model\":\"m\"}");
        llmx::http_limits limits;
        limits.deadline = llmx::clock::now() + 1h;
        limits.first_byte_by = llmx::clock::now() + 30min;
        limits.idle = 20min;
        llmx::cancellation stop;
        std::string body;
        body.reserve(2 * 1024 * 1024);
        const std::size_t counted = llmx_test::allocations();
        BOOST_TEST(b.run(exchanges(b, request, limits, stop, 200, body)) == 0u);
        BOOST_TEST(llmx_test::allocations() != counted, "the counter counts");
        BOOST_TEST(body == "hello");
        BOOST_TEST(b.pool->stats().connects == 1u);
    }
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_allocations_unit
