// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/least_busy.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>
#include <llmx/policies/timeout.hpp>

#include "support/allocations.hpp"
#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

namespace stack_unit {

using namespace policies_test;

namespace {

using inner = scripted_service;
using timed = timeout::layer<inner>;
using parallel = concurrency_limit::layer<timed>;
using limited = deployment_limit::layer<parallel>;
using broken = breaker::layer<limited>;
using strategy = any_router<weighted, round_robin, least_busy, latency>;
using routed = route<strategy>::layer<broken>;
using retried = retry::layer<routed>;
using fallen = fallback::layer<retried>;
using whole = rate_limit::layer<fallen>;
static_assert(service<whole>);

// The order in which the gateway sorts them is the order in which they are made for.
static_assert(rate_limit::position < fallback::position && fallback::position < retry::position &&
              retry::position < route<>::position && route<>::position < breaker::position &&
              breaker::position < deployment_limit::position &&
              deployment_limit::position < concurrency_limit::position &&
              concurrency_limit::position < timeout::position);

// What is not named costs nothing: a stack without a policy is smaller by what that
// policy's layer holds, and a layer that holds nothing is not there at all.
static_assert(sizeof(layer_base<inner>) == sizeof(inner));
static_assert(sizeof(retry::layer<inner>) == sizeof(inner) + sizeof(retry));
static_assert(sizeof(timeout::layer<inner>) == sizeof(inner) + sizeof(timeout));
static_assert(sizeof(retry::layer<breaker::layer<timed>>) - sizeof(retry::layer<timed>) ==
              sizeof(breaker::layer<timed>) - sizeof(timed));

// State of a deployment, by policy.
static_assert(sizeof(detail::circuit) == 24);
static_assert(sizeof(detail::token_account) == 16);
static_assert(sizeof(latency::state) <= 24);

std::shared_ptr<const topology> members(std::size_t n) {
    std::vector<deployment> ds;
    for (std::size_t i = 0; i < n; ++i) {
        ds.push_back(make_deployment("d" + std::to_string(i)));
        ds.back().requests_per_minute = 1'000'000;
        ds.back().tokens_per_minute = 1'000'000'000;
        ds.back().max_parallel = 50;
    }
    return world_of(std::move(ds));
}

whole stack_over(script& s, const std::shared_ptr<const topology>& w, std::string_view how = "weighted") {
    route<strategy> r;
    BOOST_TEST_REQUIRE(r.strategy.choose(how).has_value());
    return whole(
        std::move(rate_limit().gateway(1'000'000'000, 1'000'000'000).each_caller(1'000'000'000)), w,
        fallen(std::move(fallback().otherwise({"d1"})), w,
               retried(retry(), w,
                       routed(r, w,
                              broken(breaker(), w,
                                     limited(deployment_limit(), w,
                                             parallel(concurrency_limit(0, 10), w, timed(timeout(), w, inner(s)))))))));
}

} // namespace

BOOST_AUTO_TEST_SUITE(policies_stack)

BOOST_AUTO_TEST_CASE(the_admitted_path_allocates_nothing) {
    for (const char* how : {"weighted", "round_robin", "least_busy", "latency"}) {
        const auto world = members(100);
        script s;
        s.record = false;
        s.tokens.output_tokens = 20;
        whole top = stack_over(s, world, how);
        bench b(world);
        b.caller = "ann";
        b.estimate = 100;
        std::size_t failed = 0, counted = 99;
        const auto work = [](bench& on, whole& t, std::size_t& bad, std::size_t& n) -> boost::asio::awaitable<bool> {
            for (int i = 0; i < 300; ++i) {
                const std::size_t before = llmx_test::allocations();
                {
                    call_context ctx;
                    ctx.started = on.on.now();
                    ctx.caller = on.caller;
                    call c(on.on, ctx);
                    c.model = "gpt";
                    c.world = on.world.get();
                    c.group = on.world->find("gpt");
                    c.in.estimated_tokens = on.estimate;
                    const auto r = co_await t(c);
                    bad += !r.has_value();
                    outcome ended;
                    if (r) ended.tokens = r->tokens;
                    c.finish(ended);
                }
                if (i == 100) n = 0;
                if (i >= 100) n += llmx_test::allocations() - before;
            }
            co_return true;
        };
        BOOST_TEST(testing::run(b.io, work(b, top, failed, counted)));
        BOOST_TEST(failed == 0u);
        BOOST_TEST(counted == 0u, how << ": " << counted << " allocations in 200 calls");
    }
}

BOOST_AUTO_TEST_CASE(a_bad_day) {
    // One deployment is down, one out of credit, one slow to come back: every call is served.
    const auto world = members(4);
    script s;
    whole top = stack_over(s, world, "round_robin");
    bench b(world);
    s.broken.emplace("d0", error(errc::connect_failed));
    s.broken.emplace("d1", said(errc::quota_exceeded, 429, seconds(30)));
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(b.ask(top).has_value());
        b.on.advance(milliseconds(100));
    }
    // d1 rested at once and for as long as it had asked, d0 after four failures in a row.
    BOOST_TEST(std::count(s.seen.begin(), s.seen.end(), "d1") == 1);
    BOOST_TEST(std::count(s.seen.begin(), s.seen.end(), "d0") <= 6);
    BOOST_TEST(b.on.sleeps().empty());
    // Everything down: the error names the failure and what was tried, and nothing is held back.
    for (const char* id : {"d2", "d3"}) s.broken.emplace(id, said(errc::overloaded, 529));
    for (int i = 0; i < 8; ++i) (void)b.ask(top);
    const auto r = b.ask(top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().is(condition::retryable)));
    BOOST_TEST(r.error().retry_after().has_value());
    BOOST_TEST(s.running == 0u);
}

BOOST_AUTO_TEST_CASE(all_state_is_taken_over) {
    const auto world = members(3);
    script s;
    whole old = stack_over(s, world);
    bench b(world);
    s.broken.emplace("d0", said(errc::rate_limited, 429, seconds(100)));
    for (int i = 0; i < 40; ++i) (void)b.ask(old);
    const auto reloaded = members(3);
    whole young = stack_over(s, reloaded);
    young.adopt(old);
    b.world = reloaded;
    const auto tried = std::count(s.seen.begin(), s.seen.end(), "d0");
    BOOST_TEST(tried == 1);
    for (int i = 0; i < 40; ++i) BOOST_TEST(b.ask(young).has_value());
    BOOST_TEST(std::count(s.seen.begin(), s.seen.end(), "d0") == tried);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stack_unit
