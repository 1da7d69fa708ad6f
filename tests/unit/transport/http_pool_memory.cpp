// SPDX-License-Identifier: BSL-1.0
// What whole answers of an upstream take from a memory budget.
#include "upstream.hpp"

#include <llmx/core/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace http_pool_memory_unit {

namespace {

using namespace transport_test;

asio::awaitable<void> answer_once(upstream& peer, std::string text, bool& closed) {
    tcp::socket s = co_await peer.accept();
    const std::string request = co_await read_request(s);
    co_await write(s, text);
    closed = co_await sees_close(s);
}
asio::awaitable<void> answer_twice(upstream& peer, std::string text) {
    tcp::socket s = co_await peer.accept();
    for (int i = 0; i < 2; ++i) {
        const std::string request = co_await read_request(s);
        co_await write(s, text);
    }
    (void)co_await sees_close(s);
}

std::string chunked_text(std::size_t size) {
    std::string t = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < size; at += 1000) t += "3e8\r\n" + std::string(1000, 'c') + "\r\n";
    return t + "0\r\n\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool_memory)

BOOST_AUTO_TEST_CASE(an_answer_is_counted_as_long_as_its_owner_keeps_it) {
    for (const std::string& text : {reply_text(std::string(500'000, 'a')), chunked_text(500'000)}) {
        bench b;
        b.spawn(answer_twice(b.peer, text));
        llmx::memory_budget budget(4'000'000);
        llmx::memory_lease lease(&budget);
        llmx::http_limits limits;
        limits.memory = &lease;
        for (int i = 0; i < 2; ++i) {
            const outcome o = b.run(get(*b.pool, b.peer.where, limits));
            BOOST_REQUIRE(!o.failure);
            BOOST_TEST(o.body.size() == 500'000u);
            BOOST_TEST(lease.size() + 15 >= o.body.capacity());
            BOOST_TEST(budget.in_use() == lease.size());
            lease.release();
        }
        BOOST_TEST(budget.in_use() == 0u);
        BOOST_TEST(b.peer.accepted == 1); // the connection stays good
    }
}

BOOST_AUTO_TEST_CASE(a_small_answer_takes_nothing) {
    bench b;
    b.spawn(answer_twice(b.peer, reply_text(std::string(10'000, 'a'))));
    llmx::memory_budget none(0);
    llmx::memory_lease lease(&none);
    llmx::http_limits limits;
    limits.memory = &lease;
    const outcome o = b.run(get(*b.pool, b.peer.where, limits));
    BOOST_TEST(!o.failure.has_value(), o.text());
    BOOST_TEST(o.body.size() == 10'000u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_fit_fails_and_closes) {
    const std::string close_delimited = "HTTP/1.1 200 OK\r\n\r\n" + std::string(500'000, 'e');
    const std::string failed = "HTTP/1.1 500 No\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'f');
    for (const std::string& text :
         {reply_text(std::string(500'000, 'a')), chunked_text(500'000), close_delimited, failed}) {
        bench b;
        bool closed = false;
        b.spawn(answer_once(b.peer, text, closed));
        llmx::memory_budget budget(4'000'000);
        BOOST_REQUIRE(budget.try_take(3'700'000));
        {
            llmx::memory_lease lease(&budget);
            llmx::http_limits limits;
            limits.memory = &lease;
            const outcome o = b.run(get(*b.pool, b.peer.where, limits));
            BOOST_TEST(o.is(llmx::errc::shed), o.text());
            BOOST_REQUIRE(o.failure);
            BOOST_TEST((o.failure->retry_after() == std::chrono::seconds(1)));
            BOOST_TEST(o.failure->http_status() == 503);
            BOOST_TEST(o.failure->provider().empty());
            BOOST_TEST(o.body.size() < 300'000u);
            BOOST_TEST(budget.in_use() <= budget.limit());
        }
        b.run(settle());
        BOOST_TEST(closed);
        BOOST_TEST(budget.in_use() == 3'700'000u);
        BOOST_TEST(b.pool->stats().open == 0u);
        BOOST_TEST(b.pool->stats().idle == 0u);
    }
}

BOOST_AUTO_TEST_CASE(without_a_budget_nothing_is_counted) {
    bench b;
    bool closed = false;
    b.spawn(answer_once(b.peer, reply_text(std::string(500'000, 'a')), closed));
    const outcome o = b.run(get(*b.pool, b.peer.where));
    BOOST_TEST(!o.failure.has_value(), o.text());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_memory_unit
