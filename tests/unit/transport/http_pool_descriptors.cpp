// SPDX-License-Identifier: BSL-1.0
// A process without descriptors: unused connections make room for one that is needed.
#include "upstream.hpp"

#include <support/descriptors.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>

namespace http_pool_descriptors_unit {

namespace {

using namespace transport_test;

/// Accepts when somebody has connected, which needs a descriptor of this process too.
asio::awaitable<void> serve_without_descriptors(tcp::acceptor& from, std::unique_ptr<llmx_test::shortage>& none) {
    co_await from.async_wait(tcp::acceptor::wait_read, asio::use_awaitable);
    none->give_back();
    tcp::socket s = co_await from.async_accept(asio::use_awaitable);
    const std::string request = co_await read_request(s);
    co_await write(s, reply_text("other"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool_descriptors)

BOOST_AUTO_TEST_CASE(an_idle_connection_makes_room_for_another_origin) {
    bench b;
    b.spawn(serve(b.peer, reply_text("first"), 2));
    tcp::acceptor other(b.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    llmx::origin where;
    where.host = "127.0.0.1";
    where.port = other.local_endpoint().port();
    where.authority = "127.0.0.1:" + std::to_string(where.port);
    BOOST_TEST(b.get().body == "first");
    BOOST_TEST(b.pool->stats().idle == 1u);

    auto none = std::make_unique<llmx_test::shortage>();
    b.spawn(serve_without_descriptors(other, none));
    const outcome o = b.run(get(*b.pool, where));
    BOOST_TEST(o.body == "other", o.text());
    BOOST_TEST(b.pool->stats().hosts == 1u); // the first is gone
    BOOST_TEST(b.pool->stats().connects == 2u);

    // With nothing idle there is no room, and the error names the reason.
    other.close();
    BOOST_TEST(b.run(get(*b.pool, where)).failure.has_value()); // its peer has gone
    BOOST_TEST(b.pool->stats().idle == 0u);
    none.reset();
    none = std::make_unique<llmx_test::shortage>();
    const outcome no = b.run(get(*b.pool, where));
    BOOST_TEST(no.is(llmx::errc::connect_failed));
    BOOST_TEST(no.text().find("Too many open files") != std::string::npos, no.text());
    BOOST_TEST(b.pool->stats().open == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_descriptors_unit
