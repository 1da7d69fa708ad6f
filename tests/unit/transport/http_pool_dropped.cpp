// SPDX-License-Identifier: BSL-1.0
// An exchange's coroutine is destroyed at each turn of its context: no connection stays open.
#include "upstream.hpp"

#include <support/descriptors.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <ostream>

namespace http_pool_dropped_unit {

namespace {

using namespace transport_test;
using llmx_test::open_descriptors;
namespace data = boost::unit_test::data;

/// What the peer answers, and how often the same connection is asked.
struct answer {
    const char* name;
    std::string text;
    int requests;
    friend std::ostream& operator<<(std::ostream& to, const answer& a) { return to << a.name; }
};
const std::vector<answer> answers = {
    {"whole", reply_text("a body"), 1},
    {"kept connection", reply_text("a body"), 2},
    {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n4\r\n4567\r\n0\r\n\r\n", 2},
    {"broken off", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 1},
};

asio::awaitable<void> ask(llmx::http_transport& pool, llmx::origin to, int times) {
    for (int i = 0; i < times; ++i) {
        const outcome o = co_await get(pool, to);
        if (o.failure) co_return;
    }
}

/// Runs the exchanges for at most \p turns of their context; whether they had completed.
bool run_for(const answer& a, std::size_t turns) {
    auto io = std::make_unique<asio::io_context>(1);
    auto pool = std::make_unique<llmx::http_pool>(*io);
    auto peer = std::make_unique<upstream>(*io);
    asio::co_spawn(*io, serve(*peer, a.text, a.requests), asio::detached);
    bool over = false;
    asio::co_spawn(*io, ask(*pool, peer->where, a.requests), [&over](const std::exception_ptr& e) {
        over = true;
        if (e) std::rethrow_exception(e);
    });
    // What is to come comes from the peer, in the same context.
    for (std::size_t turn = 0; turn < turns && !over; ++turn) io->run_one();
    // A pool ends before its context, and the coroutines that used it after.
    pool.reset();
    peer.reset();
    io.reset();
    return over;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_pool_dropped)

BOOST_DATA_TEST_CASE(an_exchange_may_be_dropped_at_each_turn, data::make(answers), a) {
    static_cast<void>(run_for(a, 1)); // what the process opens once
    const std::size_t before = open_descriptors();
    std::size_t turns = 0;
    for (bool over = false; !over; ++turns) {
        BOOST_TEST_REQUIRE(turns < 1000u);
        over = run_for(a, turns);
        BOOST_TEST_CONTEXT(a << ", dropped after " << turns << " turns") BOOST_TEST_REQUIRE(open_descriptors() == before);
    }
    BOOST_TEST(turns > 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_dropped_unit
