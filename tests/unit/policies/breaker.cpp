// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

namespace breaker_unit {

using namespace policies_test;
using detail::circuit;
using verdict = circuit::verdict;

namespace {

circuit::rules rules(bool has_others = true, breaker p = breaker()) {
    return p.rules_for(make_deployment("x"), has_others);
}
void ok(circuit& c, time_point now, const circuit::rules& r) {
    circuit::pass p(c, now);
    BOOST_REQUIRE(static_cast<bool>(p));
    p.succeeded(now, r);
}
void bad(circuit& c, time_point now, const circuit::rules& r, verdict v = verdict::fails, duration asked = duration()) {
    circuit::pass p(c, now);
    BOOST_REQUIRE(static_cast<bool>(p));
    p.failed(v, asked, now, r);
}
bool open(const circuit& c, time_point now) { return c.available_at(now) > now; }

struct fixture : bench {
    explicit fixture(std::size_t members, breaker p = breaker(), std::optional<duration> own = std::nullopt)
        : bench(world_of(group(members, own))), top(p, world, scripted_service(inner)) {
        pin_target = true;
    }
    static std::vector<deployment> group(std::size_t n, std::optional<duration> own = std::nullopt) {
        std::vector<deployment> ds;
        for (std::size_t i = 0; i < n; ++i) {
            ds.push_back(make_deployment(std::string(1, static_cast<char>('a' + i))));
            ds.back().cool_down = own;
        }
        return ds;
    }
    auto ask(bool stream = false) { return bench::ask(top, "gpt", stream); }
    auto fail(errc e, int status, std::optional<milliseconds> retry_after = std::nullopt) {
        inner.steps.emplace_back(said(e, status, retry_after));
        return ask();
    }
    /// Seconds from now until it takes calls again.
    double rest() const {
        const auto now = const_cast<fixture*>(this)->on.now();
        return std::chrono::duration<double>(top.available_at(world->deployments()[0], now) - now).count();
    }
    script inner;
    breaker::layer<scripted_service> top;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_breaker)

BOOST_AUTO_TEST_CASE(opens_after_more_than_the_allowed_failures_in_a_row) {
    circuit c;
    const auto r = rules();
    for (int i = 0; i < 3; ++i) bad(c, t(i), r);
    BOOST_TEST(!open(c, t(3)));
    bad(c, t(3), r);
    BOOST_TEST(open(c, t(3)));
    BOOST_TEST((c.available_at(t(3)) == t(8)));
    BOOST_TEST(!open(c, t(8)));
}

BOOST_AUTO_TEST_CASE(successes_in_between_keep_it_closed) {
    circuit c;
    const auto r = rules();
    for (int i = 0; i < 300; ++i) {
        ok(c, t(i * 0.01), r);
        if (i % 3 == 0) bad(c, t(i * 0.01), r);
    }
    BOOST_TEST(!open(c, t(3)));
    // More than half of many: not in a row, and still too many.
    int k = 0;
    for (; k < 600 && !open(c, t(3)); ++k) {
        if (k % 4 == 0)
            ok(c, t(3), r);
        else
            bad(c, t(3), r);
    }
    BOOST_TEST(k < 600);
}

BOOST_AUTO_TEST_CASE(old_failures_are_forgotten) {
    circuit c;
    const auto r = rules();
    for (int i = 0; i < 20; ++i) bad(c, t(i * 121.0), r);
    BOOST_TEST(!open(c, t(20 * 121.0)));
}

BOOST_AUTO_TEST_CASE(allowed_fails_alone) {
    breaker p;
    p.failure_share = 0;
    p.allowed_fails = 2;
    circuit c;
    const auto r = rules(true, p);
    for (int i = 0; i < 100; ++i) ok(c, t(0), r);
    bad(c, t(0), r);
    ok(c, t(0), r);
    bad(c, t(0), r);
    ok(c, t(0), r);
    BOOST_TEST(!open(c, t(0)));
    bad(c, t(0), r);
    BOOST_TEST(open(c, t(0)));
}

BOOST_AUTO_TEST_CASE(returns_by_a_ramp) {
    circuit c;
    const auto r = rules();
    bad(c, t(0), r, verdict::open);
    BOOST_TEST(!static_cast<bool>(circuit::pass(c, t(4.9))));
    for (const std::size_t width : {1u, 2u, 4u, 8u}) {
        std::vector<std::unique_ptr<circuit::pass>> in;
        for (std::size_t i = 0; i < width; ++i) {
            BOOST_TEST(!open(c, t(6)));
            in.push_back(std::make_unique<circuit::pass>(c, t(6)));
            BOOST_TEST(static_cast<bool>(*in.back()));
        }
        BOOST_TEST(open(c, t(6)));
        BOOST_TEST(!static_cast<bool>(circuit::pass(c, t(6))));
        for (auto& p : in) p->succeeded(t(6), r);
    }
    std::vector<std::unique_ptr<circuit::pass>> in;
    for (int i = 0; i < 100; ++i) {
        in.push_back(std::make_unique<circuit::pass>(c, t(6)));
        BOOST_TEST(static_cast<bool>(*in.back()));
    }
}

BOOST_AUTO_TEST_CASE(a_failed_probe_doubles_the_rest) {
    circuit c;
    const auto r = rules();
    bad(c, t(0), r, verdict::open);
    double now = 0, rest = 5;
    for (const double expected : {5.0, 10.0, 20.0, 40.0, 60.0, 60.0}) {
        BOOST_TEST(rest == expected);
        BOOST_TEST((c.available_at(t(now)) == t(now + expected)));
        now += expected;
        bad(c, t(now), r);
        rest = std::chrono::duration<double>(c.available_at(t(now)) - t(now)).count();
    }
    // Once it has come back fully, it begins anew.
    now += 60;
    for (int i = 0; i < 1 + 2 + 4 + 8; ++i) ok(c, t(now), r);
    bad(c, t(now), r, verdict::open);
    BOOST_TEST((c.available_at(t(now)) == t(now + 5)));
}

BOOST_AUTO_TEST_CASE(an_abandoned_probe_makes_room) {
    circuit c;
    const auto r = rules();
    bad(c, t(0), r, verdict::open);
    { const circuit::pass gone(c, t(5)); }
    circuit::pass next(c, t(5));
    BOOST_TEST(static_cast<bool>(next));
    next.failed(verdict::neutral, duration(), t(5), r);
    BOOST_TEST(!open(c, t(5)));
}

BOOST_AUTO_TEST_CASE(late_answers_of_calls_from_before_change_nothing) {
    circuit c;
    const auto r = rules();
    circuit::pass early(c, t(0)), earlier(c, t(0)), asks(c, t(0));
    bad(c, t(1), r, verdict::open);
    early.failed(verdict::fails, duration(), t(3), r);
    BOOST_TEST((c.available_at(t(3)) == t(6)));
    earlier.succeeded(t(4), r);
    BOOST_TEST((c.available_at(t(4)) == t(6)));
    asks.failed(verdict::open, seconds(30), t(5), r); // but the provider's word counts
    BOOST_TEST((c.available_at(t(5)) == t(35)));
}

BOOST_AUTO_TEST_CASE(the_end_is_never_brought_nearer) {
    circuit c;
    const auto r = rules();
    circuit::pass second(c, t(0)), third(c, t(0));
    bad(c, t(0), r, verdict::open, seconds(40));
    second.failed(verdict::open, seconds(2), t(1), r);
    BOOST_TEST((c.available_at(t(1)) == t(40)));
    third.failed(verdict::open, seconds(60), t(2), r);
    BOOST_TEST((c.available_at(t(2)) == t(62)));
}

BOOST_AUTO_TEST_CASE(which_errors_count) {
    const breaker p;
    const auto judge = [&](const error& e, bool others = true, duration lasted = seconds(1)) {
        return p.judge(e, lasted, others);
    };
    for (const auto& [e, status] : std::vector<std::pair<errc, int>>{{errc::rate_limited, 429},
                                                                     {errc::quota_exceeded, 429},
                                                                     {errc::authentication, 401},
                                                                     {errc::not_found, 404}}) {
        BOOST_TEST((judge(said(e, status)) == verdict::open));
        BOOST_TEST((judge(said(e, status), false) == verdict::fails));
    }
    // A caller of "provider/*" chose a model that is not there.
    BOOST_TEST((p.judge(said(errc::not_found, 404), seconds(1), true, true) == verdict::works));
    for (const errc e :
         {errc::provider_internal, errc::overloaded, errc::bad_response, errc::connect_failed, errc::connection_lost,
          errc::truncated, errc::first_token_timeout, errc::idle_timeout, errc::request_timeout}) {
        BOOST_TEST((judge(said(e, 500)) == verdict::fails));
        BOOST_TEST((judge(error(e)) == verdict::fails));
    }
    BOOST_TEST((judge(said(errc::overloaded, 503, seconds(20))) == verdict::open));
    BOOST_TEST((judge(said(errc::overloaded, 503, seconds(20)), false) == verdict::fails));
    for (const errc e : {errc::invalid_request, errc::context_window_exceeded, errc::content_policy,
                         errc::permission_denied, errc::unprocessable, errc::payload_too_large, errc::conflict})
        BOOST_TEST((judge(said(e, 400)) == verdict::works));
    for (const errc e :
         {errc::cancelled, errc::internal, errc::rate_limited, errc::shed, errc::no_deployment, errc::invalid_request})
        BOOST_TEST((judge(error(e)) == verdict::neutral)); // ours, not the provider's
    BOOST_TEST((judge(error(errc::deadline_exceeded)) == verdict::neutral));
    BOOST_TEST((judge(error(errc::deadline_exceeded), true, seconds(10)) == verdict::fails));
}

BOOST_AUTO_TEST_CASE(a_429_rests_when_there_are_others) {
    fixture f(2);
    BOOST_TEST(!f.fail(errc::rate_limited, 429));
    BOOST_TEST(f.rest() == 5.0);
    const auto refused = f.ask();
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().value() == errc::no_deployment));
    BOOST_TEST((refused.error().retry_after() == seconds(5)));
    BOOST_TEST(f.inner.seen.size() == 1u);
    f.on.advance(seconds(5));
    BOOST_TEST(f.ask().has_value());
}

BOOST_AUTO_TEST_CASE(retry_after_of_the_provider) {
    fixture f(2);
    BOOST_TEST(!f.fail(errc::rate_limited, 429, seconds(33)));
    BOOST_TEST(f.rest() == 33.0);
    fixture g(2);
    BOOST_TEST(!g.fail(errc::rate_limited, 429, hours(48)));
    BOOST_TEST(g.rest() == 3600.0);
    fixture h(2);
    BOOST_TEST(!h.fail(errc::rate_limited, 429, milliseconds(200)));
    BOOST_TEST(h.rest() == 5.0);
}

BOOST_AUTO_TEST_CASE(the_only_member_keeps_working) {
    fixture f(1);
    for (int i = 0; i < 30; ++i) {
        BOOST_TEST(!f.fail(errc::rate_limited, 429, seconds(60)));
        BOOST_TEST(!f.fail(errc::authentication, 401));
        BOOST_TEST(!f.fail(errc::overloaded, 503));
    }
    BOOST_TEST(f.rest() == 0.0);
    // A thousand failures a minute and nothing else.
    for (int i = 0; i < 910; ++i) (void)f.fail(errc::overloaded, 503);
    BOOST_TEST(f.rest() == 5.0);
    // An explicit setting wins.
    fixture g(1, std::move(breaker().allow(3)));
    for (int i = 0; i < 4; ++i) (void)g.fail(errc::overloaded, 503);
    BOOST_TEST(g.rest() == 5.0);
    fixture h(1, breaker(), seconds(9));
    for (int i = 0; i < 4; ++i) (void)h.fail(errc::overloaded, 503);
    BOOST_TEST(h.rest() == 9.0);
}

BOOST_AUTO_TEST_CASE(zero_turns_it_off) {
    fixture f(2, breaker(), duration::zero());
    fixture g(2, std::move(breaker().rest(duration::zero(), seconds(60))));
    for (fixture* one : {&f, &g}) {
        for (int i = 0; i < 20; ++i) (void)one->fail(errc::rate_limited, 429, seconds(9));
        BOOST_TEST(one->rest() == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(wrong_requests_and_cancelled_calls_do_no_harm) {
    fixture f(2);
    for (int i = 0; i < 50; ++i) {
        (void)f.fail(errc::invalid_request, 400);
        (void)f.fail(errc::cancelled, 0);
        f.inner.steps.emplace_back(error(errc::shed));
        (void)f.ask();
    }
    BOOST_TEST(f.rest() == 0.0);
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_counts_and_one_that_is_left_does_not) {
    fixture f(2);
    const auto stream_ends = [&](std::optional<errc> how) {
        f.context.emplace();
        call c(f.on, *f.context);
        f.prepare(c, "gpt", true);
        const auto r = testing::run(f.io, f.top(c));
        BOOST_TEST(r.has_value());
        outcome o;
        o.failure = how;
        c.finish(o);
    };
    for (int i = 0; i < 20; ++i) stream_ends(errc::cancelled);
    BOOST_TEST(f.rest() == 0.0);
    for (int i = 0; i < 20; ++i) {
        stream_ends(errc::truncated);
        stream_ends(std::nullopt);
        stream_ends(std::nullopt);
    }
    BOOST_TEST(f.rest() == 0.0);
    for (int i = 0; i < 3; ++i) stream_ends(errc::idle_timeout);
    BOOST_TEST(f.rest() == 0.0);
    stream_ends(errc::truncated);
    BOOST_TEST(f.rest() == 5.0);
}

BOOST_AUTO_TEST_CASE(an_abandoned_attempt_gives_its_probe_back) {
    fixture f(2);
    (void)f.fail(errc::rate_limited, 429);
    f.on.advance(seconds(5));
    f.on.hold_sleeps(true);
    f.inner.hang = true;
    {
        f.context.emplace();
        call c(f.on, *f.context);
        f.prepare(c);
        boost::asio::io_context io; // goes first, and with it the coroutine
        boost::asio::co_spawn(io, f.top(c), [](std::exception_ptr, result<reply>) {});
        io.poll();
        BOOST_TEST(f.rest() == 1.0); // the only probe is under way
    }
    BOOST_TEST(f.rest() == 0.0);
}

BOOST_AUTO_TEST_CASE(route_goes_round_what_rests) {
    auto world = world_of(fixture::group(3));
    script inner;
    using broken = breaker::layer<scripted_service>;
    route<round_robin>::layer<broken> top(route<round_robin>(), world,
                                          broken(breaker(), world, scripted_service(inner)));
    bench b(world);
    inner.broken.emplace("b", said(errc::rate_limited, 429));
    for (int i = 0; i < 12; ++i) (void)b.ask(top);
    BOOST_TEST(std::count(inner.seen.begin(), inner.seen.end(), "b") == 1);
    inner.broken.clear();
    b.on.advance(seconds(5));
    for (int i = 0; i < 12; ++i) BOOST_TEST(b.ask(top).has_value());
    BOOST_TEST(std::count(inner.seen.begin(), inner.seen.end(), "b") > 3);
}

BOOST_AUTO_TEST_CASE(rests_go_on_after_a_reload) {
    auto world = world_of(fixture::group(2));
    script inner;
    breaker::layer<scripted_service> old(breaker(), world, scripted_service(inner));
    bench b(world);
    b.pin_target = true;
    inner.steps.emplace_back(said(errc::rate_limited, 429, seconds(50)));
    BOOST_TEST(!b.ask(old));
    auto reloaded = world_of(fixture::group(3));
    breaker::layer<scripted_service> young(breaker(), reloaded, scripted_service(inner));
    young.adopt(old);
    BOOST_TEST((young.available_at(reloaded->deployments()[0], b.on.now()) == b.on.now() + seconds(50)));
    BOOST_TEST((young.available_at(reloaded->deployments()[1], b.on.now()) == b.on.now()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace breaker_unit
