// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/gcra.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>

#include "unit/policies/support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace limits_unit {

using namespace policies_test;

namespace {

template <class Policy> struct fixture : bench {
    explicit fixture(Policy p, std::uint64_t rpm = 0, std::uint64_t tpm = 0)
        : bench(world_of(one(rpm, tpm))), top(std::move(p), world, scripted_service(inner)) {
        pin_target = true;
    }
    static std::vector<deployment> one(std::uint64_t rpm, std::uint64_t tpm) {
        std::vector<deployment> ds;
        ds.push_back(make_deployment("a"));
        ds.back().requests_per_minute = rpm;
        ds.back().tokens_per_minute = tpm;
        return ds;
    }
    auto ask(std::uint64_t tokens = 0, std::string who = "") {
        estimate = tokens;
        caller = std::move(who);
        return bench::ask(top, "gpt");
    }
    /// How many of \p n calls get through.
    int through(int n, std::uint64_t tokens = 0, const std::string& who = "") {
        int passed = 0;
        for (int i = 0; i < n; ++i) passed += ask(tokens, who).has_value();
        return passed;
    }
    void uses(std::int64_t tokens) { inner.tokens.input_tokens = tokens; }
    script inner;
    typename Policy::template layer<scripted_service> top;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_limits)

BOOST_AUTO_TEST_CASE(gcra_admits_the_burst_then_the_rate) {
    gcra g;
    const gcra_rate r(60, 5);
    for (int i = 0; i < 5; ++i) BOOST_TEST((g.try_take(1, t(0), r) == duration::zero()));
    BOOST_TEST((g.try_take(1, t(0), r) == seconds(1)));
    BOOST_TEST((g.ready_at(1, t(0), r) == t(1)));
    BOOST_TEST((g.ready_at(3, t(0), r) == t(3)));
    BOOST_TEST((g.try_take(1, t(0.999), r) == milliseconds(1)));
    BOOST_TEST((g.try_take(1, t(1), r) == duration::zero()));
    BOOST_TEST((g.try_take(3, t(4), r) == duration::zero()));
    BOOST_TEST((g.try_take(1, t(4), r) == seconds(1)));
    BOOST_TEST(!g.idle(t(8)));
    BOOST_TEST(g.idle(t(9)));
    BOOST_TEST((g.try_take(6, t(100), r) == duration::max()));
    BOOST_TEST((g.try_take(5, t(100), r) == duration::zero()));
}

BOOST_AUTO_TEST_CASE(gcra_never_admits_more_than_burst_plus_rate) {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
        std::mt19937_64 source(seed);
        const gcra_rate r(1 + source() % 5000, 1 + source() % 50);
        gcra g;
        double now = 0;
        std::uint64_t admitted = 0;
        for (int i = 0; i < 5000; ++i) {
            now += static_cast<double>(source() % 1000) / 1000 * 60 / static_cast<double>(r.per_minute());
            const std::uint64_t n = 1 + source() % 3;
            const duration wait = g.try_take(n, t(now), r);
            if (wait == duration::zero()) {
                admitted += n;
            } else if (wait != duration::max()) {
                // Exactly at its time, and not a nanosecond earlier.
                BOOST_REQUIRE((g.ready_at(n, t(now), r) == t(now) + wait));
                BOOST_REQUIRE((g.try_take(n, t(now) + wait - duration(1), r) == duration(1)));
            }
            const double most = static_cast<double>(r.capacity()) + now * static_cast<double>(r.per_minute()) / 60;
            BOOST_REQUIRE_MESSAGE(static_cast<double>(admitted) <= most + 1e-6, "seed " << seed);
        }
        BOOST_TEST(admitted > 1000u);
    }
}

BOOST_AUTO_TEST_CASE(gcra_settles_both_ways) {
    gcra g;
    const gcra_rate r(60, 10);
    BOOST_TEST((g.try_take(10, t(0), r) == duration::zero()));
    g.settle(-4, t(0), r);
    BOOST_TEST((g.try_take(5, t(0), r) == seconds(1)));
    BOOST_TEST((g.try_take(4, t(0), r) == duration::zero()));
    g.settle(20, t(0), r); // a debt
    BOOST_TEST((g.ready_at(1, t(0), r) == t(21)));
    g.settle(-20, t(0), r);
    BOOST_TEST((g.ready_at(1, t(0), r) == t(1)));
    g.settle(-1000, t(0), r); // never more than full
    BOOST_TEST((g.try_take(10, t(0), r) == duration::zero()));
    BOOST_TEST((g.try_take(1, t(0), r) == seconds(1)));
    g.settle(std::numeric_limits<std::int64_t>::max(), t(0), r);
    BOOST_TEST((g.ready_at(1, t(0), r) <= t(86401)));
}

BOOST_AUTO_TEST_CASE(gcra_bears_large_limits) {
    gcra g;
    const gcra_rate r(10'000'000'000, 10'000'000'000);
    BOOST_TEST((g.try_take(10'000'000'000, t(0), r) == duration::zero()));
    BOOST_TEST((g.try_take(5'000'000'000, t(0), r) == seconds(30)));
    BOOST_TEST((g.try_take(5'000'000'000, t(30), r) == duration::zero()));
}

BOOST_AUTO_TEST_CASE(gcra_buckets_hold_at_most_a_day) {
    BOOST_TEST(gcra_rate(60, 86'400).capacity() == 86'400u);
    BOOST_TEST(gcra_rate(60, 1'000'000).capacity() == 86'400u);
    BOOST_TEST(!gcra_rate(0, 5).limited());
    gcra g;
    const gcra_rate r(1, 1'000'000);
    BOOST_TEST((g.try_take(1440, t(0), r) == duration::zero()));
    BOOST_TEST((g.try_take(1, t(0), r) == minutes(1)));
}

BOOST_AUTO_TEST_CASE(deployment_requests) {
    fixture<deployment_limit> f(deployment_limit(), 10);
    BOOST_TEST(f.through(15) == 10);
    BOOST_TEST(f.inner.seen.size() == 10u);
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::rate_limited));
    BOOST_TEST(r.error().provider().empty());
    BOOST_TEST((r.error().retry_after() == seconds(6)));
    BOOST_TEST(r.error().message() == "deployment 'a': the limit of 10 requests per minute is reached");
    BOOST_TEST((f.top.available_at(f.world->deployments()[0], f.on.now()) == f.on.now() + seconds(6)));
    f.on.advance(seconds(6));
    BOOST_TEST(f.through(3) == 1);
}

BOOST_AUTO_TEST_CASE(deployment_tokens_are_reserved_and_settled) {
    fixture<deployment_limit> f(deployment_limit(), 0, 1000);
    f.uses(100);
    BOOST_TEST(f.through(20, 400) == 7); // the eighth finds 300 left
    f.on.advance(minutes(1));
    f.uses(1400); // more than was reserved
    BOOST_TEST(f.through(20, 400) == 1);
    BOOST_TEST((f.ask(1).error().retry_after() > seconds(24))); // 400 of debt
    f.on.advance(minutes(2));
    f.inner.broken.emplace("a", said(errc::overloaded, 503)); // cost nothing
    f.uses(0);
    (void)f.through(20, 400);
    BOOST_TEST((f.top.available_at(f.world->deployments()[0], f.on.now()) == f.on.now()));
    f.inner.broken.clear();
    f.inner.broken.emplace("a", error(errc::truncated)); // its cost is unknown
    (void)f.ask(400);
    (void)f.ask(400);
    BOOST_TEST((f.ask(400).error().value() == errc::rate_limited));
    // An answer without usage keeps its reservation too.
    f.on.advance(minutes(2));
    f.inner.broken.clear();
    BOOST_TEST(f.through(20, 400) == 2);
}

BOOST_AUTO_TEST_CASE(requests_that_reached_nobody_are_given_back) {
    fixture<deployment_limit> f(deployment_limit(), 3);
    f.inner.broken.emplace("a", error(errc::connect_failed));
    (void)f.through(20);
    BOOST_TEST(f.inner.seen.size() == 20u);
    f.inner.broken.clear();
    f.inner.broken.emplace("a", said(errc::overloaded, 503));
    f.inner.seen.clear();
    (void)f.through(20);
    BOOST_TEST(f.inner.seen.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_estimate_larger_than_the_bucket) {
    fixture<deployment_limit> f(deployment_limit(), 5, 1000);
    const auto r = f.ask(1001);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::rate_limited));
    BOOST_TEST(r.error().param() == "max_tokens");
    BOOST_TEST(!r.error().retry_after());
    BOOST_TEST(
        r.error().message() ==
        "deployment 'a': the request may use 1001 tokens, more than the 1000 that the limit allows at once");
    BOOST_TEST(f.ask(1000).has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_token_reservation_keeps_no_request) {
    fixture<deployment_limit> f(deployment_limit(), 2, 1000);
    BOOST_TEST(f.ask(900).has_value());
    for (int i = 0; i < 5; ++i) BOOST_TEST(!f.ask(900));
    BOOST_TEST(f.ask(100).has_value());
}

BOOST_AUTO_TEST_CASE(no_limits_cost_no_listener) {
    fixture<deployment_limit> f{deployment_limit()};
    std::size_t during = 9;
    f.inner.during = [&](call& c) { during = c.listeners(); };
    BOOST_TEST(f.through(50, 1'000'000) == 50);
    BOOST_TEST(during == 0u);
    fixture<rate_limit> g{rate_limit()};
    g.inner.during = [&](call& c) { during += c.listeners(); };
    BOOST_TEST(g.through(50, 1'000'000, "x") == 50);
    BOOST_TEST(during == 0u);
}

BOOST_AUTO_TEST_CASE(route_spreads_by_what_is_left) {
    std::vector<deployment> ds;
    for (const char* id : {"a", "b", "c"}) {
        ds.push_back(make_deployment(id));
        ds.back().requests_per_minute = id[0] == 'a' ? 2 : 4;
    }
    const auto world = world_of(std::move(ds));
    script inner;
    using limited = deployment_limit::layer<scripted_service>;
    route<round_robin>::layer<limited> top(route<round_robin>(), world,
                                           limited(deployment_limit(), world, scripted_service(inner)));
    bench b(world);
    int passed = 0;
    for (int i = 0; i < 20; ++i) passed += b.ask(top).has_value();
    BOOST_TEST(passed == 10);
    BOOST_TEST(std::count(inner.seen.begin(), inner.seen.end(), "a") == 2);
    const auto r = b.ask(top);
    BOOST_TEST((r.error().value() == errc::rate_limited));
    BOOST_TEST(r.error().http_status() == 429);
    BOOST_TEST(r.error().message() ==
               "no deployment of 'gpt' is available: all 3 are at a limit of the gateway, full or cooling down");
    BOOST_TEST((r.error().retry_after() == seconds(15)));
}

namespace {

/// What keeps one deployment from taking a call.
enum class kept { by_nothing, by_requests, by_slots, by_failures, by_both };

deployment kept_deployment(const char* id, kept how) {
    deployment d = make_deployment(id);
    if (how == kept::by_requests || how == kept::by_both) d.requests_per_minute = 1;
    if (how == kept::by_slots) d.max_parallel = 1;
    return d;
}

} // namespace

BOOST_AUTO_TEST_CASE(limits_of_the_gateway_are_429_and_only_what_nothing_could_serve_is_503) {
    struct row {
        std::vector<kept> members;
        int status;
    };
    const row rows[] = {
        {{kept::by_requests}, 429},
        {{kept::by_slots}, 429},
        {{kept::by_failures}, 503},
        {{kept::by_both}, 503}, // its limit is not the only reason
        {{kept::by_requests, kept::by_slots}, 429},
        {{kept::by_requests, kept::by_failures}, 429},
        {{kept::by_slots, kept::by_failures}, 429},
        {{kept::by_failures, kept::by_failures}, 503},
        {{kept::by_failures, kept::by_both}, 503},
        {{kept::by_requests, kept::by_nothing}, 200},
    };
    for (const row& one : rows) {
        std::string names;
        std::vector<deployment> ds;
        for (std::size_t i = 0; i < one.members.size(); ++i) {
            ds.push_back(kept_deployment(i == 0 ? "a" : "b", one.members[i]));
            names += std::to_string(static_cast<int>(one.members[i])) + " ";
        }
        BOOST_TEST_CONTEXT(names) {
            const auto world = world_of(std::move(ds));
            script inner;
            using slots = concurrency_limit::layer<scripted_service>;
            using limits = deployment_limit::layer<slots>;
            using guarded = breaker::layer<limits>;
            breaker rests;
            rests.cool_down = hours(1);
            rests.allowed_fails = 0;
            route<round_robin>::layer<guarded> top(
                route<round_robin>(), world,
                guarded(rests, world, limits(deployment_limit(), world, slots(concurrency_limit(), world, scripted_service(inner)))));
            bench b(world);
            b.on.hold_sleeps(true);
            // Brings each member into its state by calls of its own.
            const auto deployments = world->deployments();
            std::vector<std::unique_ptr<call_context>> contexts;
            std::vector<std::unique_ptr<call>> calls;
            std::vector<std::optional<result<reply>>> answers;
            answers.reserve(one.members.size());
            for (std::size_t i = 0; i < one.members.size(); ++i) {
                const kept how = one.members[i];
                if (how == kept::by_nothing) continue;
                inner = script();
                if (how == kept::by_failures || how == kept::by_both) inner.broken.emplace(deployments[i].id, error(errc::provider_internal));
                inner.hang = how == kept::by_slots;
                contexts.push_back(std::make_unique<call_context>());
                calls.push_back(std::make_unique<call>(b.on, *contexts.back()));
                call& c = *calls.back();
                c.moment = b.on.now();
                c.now.target = &deployments[i];
                auto& answer = answers.emplace_back();
                boost::asio::co_spawn(b.io, top.next()(c), [&answer](const std::exception_ptr&, result<reply> r) { answer = std::move(r); });
                b.io.restart();
                b.io.poll();
                if (how != kept::by_slots) c.end(outcome());
            }
            inner = script();
            const auto r = b.ask(top);
            BOOST_TEST((r ? 200 : r.error().http_status()) == one.status);
            if (!r) BOOST_TEST(r.error().retry_after().has_value());
            for (auto& context : contexts) context->cancellation.cancel();
            b.io.restart();
            b.io.poll();
        }
    }
}

BOOST_AUTO_TEST_CASE(a_call_without_a_slot_gives_its_request_back) {
    std::vector<deployment> ds;
    ds.push_back(make_deployment("a"));
    ds.back().requests_per_minute = 2;
    const auto world = world_of(std::move(ds));
    script inner;
    inner.broken.emplace("a", error(errc::rate_limited, "full").with_retry_after(seconds(1)));
    deployment_limit::layer<scripted_service> top(deployment_limit(), world, scripted_service(inner));
    bench b(world);
    const auto ask = [&] {
        call_context context;
        call c(b.on, context);
        c.moment = b.on.now();
        c.now.target = &world->deployments()[0];
        std::optional<result<reply>> r;
        boost::asio::co_spawn(b.io, top(c), [&r](const std::exception_ptr&, result<reply> got) { r = std::move(got); });
        b.io.restart();
        b.io.poll();
        outcome how;
        if (!*r) how.failure = r->error().value();
        c.end(how);
        return r->has_value();
    };
    for (int i = 0; i < 10; ++i) BOOST_TEST(!ask());
    // A provider's own refusal has used a request up.
    inner.broken.clear();
    BOOST_TEST(ask());
    BOOST_TEST(ask());
    BOOST_TEST(!ask());
    BOOST_TEST(inner.seen.size() == 12u);
}

BOOST_AUTO_TEST_CASE(gateway_and_callers) {
    fixture<rate_limit> f(std::move(rate_limit().gateway(20).each_caller(6)));
    BOOST_TEST(f.through(10, 0, "ann") == 6);
    const auto r = f.ask(0, "ann");
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::rate_limited));
    BOOST_TEST(r.error().message() == "for this caller the limit of 6 requests per minute is reached");
    BOOST_TEST((r.error().retry_after() == seconds(10)));
    BOOST_TEST(f.through(10, 0, "bob") == 6);
    BOOST_TEST(f.through(10, 0, "cyd") == 6);
    BOOST_TEST(f.through(10, 0, "dan") == 2);
    BOOST_TEST(f.ask(0, "eve").error().message() == "for the gateway the limit of 20 requests per minute is reached");
    // Refused by the gateway's limit, eve has not lost anything of her own.
    BOOST_TEST(f.through(10, 0, "eve") == 0);
    f.on.advance(seconds(3));
    BOOST_TEST(f.through(10, 0, "eve") == 1);
    f.on.advance(minutes(1));
    BOOST_TEST(f.through(10, 0, "eve") == 6);
    BOOST_TEST(f.through(50) == 14); // without a name: the gateway's limit only
}

BOOST_AUTO_TEST_CASE(tokens_of_callers) {
    fixture<rate_limit> f(std::move(rate_limit().each_caller(0, 1000)));
    f.uses(50);
    BOOST_TEST(f.through(100, 500, "ann") == 11); // 500 reserved, 50 used
    const auto large = f.ask(1001, "bob");
    BOOST_TEST(large.error().param() == "max_tokens");
    f.inner.broken.emplace("a", error(errc::cancelled));
    BOOST_TEST(!f.ask(500, "bob"));
    f.inner.broken.clear();
    BOOST_TEST(f.ask(500, "bob").has_value());
    BOOST_TEST(f.through(5, 500, "bob") == 0); // the cancelled one kept its reservation, and 50 are used
}

BOOST_AUTO_TEST_CASE(levels_survive_a_reload_with_other_limits) {
    auto world = world_of(fixture<rate_limit>::one(0, 0));
    script inner;
    rate_limit::layer<scripted_service> old(std::move(rate_limit().gateway(60).each_caller(10)), world,
                                            scripted_service(inner));
    bench b(world);
    b.caller = "ann";
    for (int i = 0; i < 10; ++i) BOOST_TEST(b.ask(old).has_value());
    rate_limit::layer<scripted_service> young(std::move(rate_limit().gateway(60).each_caller(5)), world,
                                              scripted_service(inner));
    young.adopt(old);
    BOOST_TEST(!b.ask(young));
    b.caller = "bob";
    for (int i = 0; i < 5; ++i) BOOST_TEST(b.ask(young).has_value());
    BOOST_TEST(!b.ask(young));
}

BOOST_AUTO_TEST_CASE(levels_of_deployments_survive_a_reload) {
    fixture<deployment_limit> f(deployment_limit(), 10, 1000);
    BOOST_TEST(f.through(4, 250) == 4); // no tokens left
    auto ds = fixture<deployment_limit>::one(20, 2000);
    ds.insert(ds.begin(), make_deployment("first"));
    const auto reloaded = world_of(std::move(ds));
    deployment_limit::layer<scripted_service> young(deployment_limit(), reloaded, scripted_service(f.inner));
    young.adopt(f.top);
    const deployment& a = reloaded->deployments()[1];
    BOOST_TEST(a.id == "a");
    // The bucket that was empty is as long from full as it was: a minute of 2,000.
    f.on.advance(seconds(3));
    BOOST_TEST((young.available_at(a, f.on.now()) == f.on.now()));
    call_context ctx;
    call c(f.on, ctx);
    c.now.target = &a;
    c.in.estimated_tokens = 2000;
    const auto r = testing::run(f.io, young(c));
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().retry_after() == seconds(57)));
}

BOOST_AUTO_TEST_CASE(callers_are_kept_in_a_bounded_table) {
    detail::caller_table table(64);
    BOOST_TEST(table.capacity() == 64u);
    const gcra_rate r(60);
    // Many at once: everyone is served, and memory stays as it is.
    for (int i = 0; i < 10000; ++i) {
        auto* const a = table.find("caller" + std::to_string(i), true, t(0));
        BOOST_REQUIRE(a != nullptr);
        BOOST_TEST_REQUIRE((a->requests.try_take(60, t(0), r) == duration::zero()));
    }
    BOOST_TEST(table.find("caller0", false, t(0)) == nullptr);
    // Idle ones make room for new ones before anybody who still owes.
    detail::caller_table small(8);
    for (int i = 0; i < 8; ++i) {
        auto* const a = small.find("c" + std::to_string(i), true, t(0));
        BOOST_TEST_REQUIRE((a->requests.try_take(i == 3 ? 1 : 60, t(0), r) == duration::zero()));
    }
    BOOST_TEST(small.find("new", true, t(2)) != nullptr);
    BOOST_TEST(small.find("c3", false, t(2)) == nullptr);
    for (const int i : {0, 1, 2, 4, 5, 6, 7}) {
        auto* const a = small.find("c" + std::to_string(i), false, t(2));
        BOOST_REQUIRE(a != nullptr);
        BOOST_TEST((a->requests.try_take(60, t(2), r) != duration::zero()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace limits_unit
