// SPDX-License-Identifier: BSL-1.0
// A pool that ends before an exchange that was made with it.
#include <unit/transport/upstream.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

namespace http_pool_lifetime_unit {

using namespace llmx;
using namespace transport_test;

BOOST_AUTO_TEST_SUITE(transport_http_pool_lifetime)

// An exchange runs nothing before it is awaited, and may be awaited late.
BOOST_FIXTURE_TEST_CASE(an_exchange_is_awaited_after_the_end_of_its_pool, bench) {
    const http_request request = request_to(peer.where);
    const http_limits limits;
    cancellation stop;
    spawn(serve(peer, reply_text("late"), 1));
    auto late = pool->exchange(request, limits, stop);
    pool.reset();
    auto r = run(std::move(late));
    BOOST_REQUIRE(r.has_value());
    std::string body;
    BOOST_TEST(run(r->body->read_all(body)).has_value());
    BOOST_TEST(body == "late");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_pool_lifetime_unit
