// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/retry.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

namespace retry_unit {

using namespace policies_test;

namespace {

retry::situation after(std::uint32_t done) {
    retry::situation s(t(0));
    s.done = done;
    return s;
}
bool again(const retry& p, const error& e, std::uint32_t done = 0, bool others = false) {
    auto s = after(done);
    s.other_available = others;
    return p.decide(e, s, 1).has_value();
}
constexpr std::uint64_t seeds = 300;

struct fixture : bench {
    explicit fixture(std::size_t members, retry p = retry())
        : bench(world_of(group(members))),
          top(p, world,
              route<round_robin>::layer<scripted_service>(route<round_robin>(), world, scripted_service(inner))) {}
    static std::vector<deployment> group(std::size_t n) {
        std::vector<deployment> ds;
        for (std::size_t i = 0; i < n; ++i) ds.push_back(make_deployment(std::string(1, static_cast<char>('a' + i))));
        return ds;
    }
    auto ask(bool stream = false) { return bench::ask(top, "gpt", stream); }
    script inner;
    retry::layer<route<round_robin>::layer<scripted_service>> top;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_retry)

BOOST_AUTO_TEST_CASE(what_is_retried) {
    const retry p;
    for (const errc e : {errc::rate_limited, errc::provider_internal, errc::bad_response, errc::connect_failed,
                         errc::connection_lost, errc::overloaded, errc::first_token_timeout, errc::idle_timeout,
                         errc::request_timeout, errc::conflict, errc::truncated}) {
        BOOST_TEST_CONTEXT(error(e).message()) {
            BOOST_TEST(again(p, said(e, 500)));
            BOOST_TEST(again(p, said(e, 500), 1));
            BOOST_TEST(!again(p, said(e, 500), 2));
        }
    }
    for (const errc e : {errc::invalid_request, errc::unsupported_parameter, errc::context_window_exceeded,
                         errc::content_policy, errc::payload_too_large, errc::unprocessable, errc::cancelled,
                         errc::deadline_exceeded, errc::bad_configuration, errc::internal}) {
        BOOST_TEST_CONTEXT(error(e).message()) {
            BOOST_TEST(!again(p, said(e, 400)));
            BOOST_TEST(!again(p, said(e, 400), 0, true));
        }
    }
    // Not the same key or account twice, but another one.
    for (const errc e : {errc::authentication, errc::permission_denied, errc::quota_exceeded, errc::not_found,
                         errc::unsupported_operation}) {
        BOOST_TEST_CONTEXT(error(e).message()) {
            BOOST_TEST(!again(p, said(e, 401)));
            BOOST_TEST(again(p, said(e, 401), 0, true));
            BOOST_TEST(!again(p, said(e, 401), 2, true));
        }
    }
}

BOOST_AUTO_TEST_CASE(counts_by_class_then_deployment_then_general) {
    retry p(1);
    p.rate_limit = 4;
    p.timeout = 0;
    p.content_policy = 1;
    p.invalid_request = 3;
    p.authentication = 1;
    p.not_found = 2;
    p.connection = 5;
    p.internal = 6;
    p.overloaded = 7;
    const auto limit = [&](errc e, std::optional<std::uint32_t> own = std::nullopt) {
        auto s = after(0);
        s.deployment_retries = own;
        return p.limit_for(said(e, 500), s);
    };
    BOOST_TEST(limit(errc::rate_limited) == 4u);
    BOOST_TEST(limit(errc::rate_limited, 9) == 4u);
    BOOST_TEST(limit(errc::first_token_timeout) == 0u);
    BOOST_TEST(limit(errc::content_policy) == 1u);
    BOOST_TEST(limit(errc::invalid_request) == 3u);
    BOOST_TEST(limit(errc::authentication) == 1u);
    BOOST_TEST(limit(errc::not_found) == 2u);
    BOOST_TEST(limit(errc::connect_failed) == 5u);
    BOOST_TEST(limit(errc::provider_internal) == 6u);
    BOOST_TEST(limit(errc::overloaded) == 7u);
    p.internal.reset();
    BOOST_TEST(limit(errc::provider_internal) == 1u);
    BOOST_TEST(limit(errc::provider_internal, 9) == 9u);
    BOOST_TEST(limit(errc::provider_internal, 0) == 0u);
    BOOST_TEST(limit(errc::cancelled, 9) == 0u);
}

BOOST_AUTO_TEST_CASE(full_jitter_within_doubling_bounds) {
    const retry p(9);
    for (std::uint32_t done = 0; done < 9; ++done) {
        const duration bound = std::min<duration>(milliseconds(500) * (1 << done), seconds(8));
        duration least = bound, most = duration::zero(), sum = duration::zero();
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const auto when = p.decide(said(errc::overloaded, 503), after(done), seed);
            BOOST_REQUIRE_MESSAGE(when && *when >= t(0) && *when < t(0) + bound, "seed " << seed);
            least = std::min(least, *when - t(0));
            most = std::max(most, *when - t(0));
            sum += *when - t(0);
        }
        BOOST_TEST((least < bound / 20));
        BOOST_TEST((most > bound * 19 / 20));
        BOOST_TEST((sum / seeds > bound * 4 / 10 && sum / seeds < bound * 6 / 10));
    }
}

BOOST_AUTO_TEST_CASE(retry_after_is_a_lower_bound) {
    const retry p;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        BOOST_TEST((*p.decide(said(errc::rate_limited, 429, seconds(3)), after(0), seed) == t(3)));
        BOOST_TEST((*p.decide(said(errc::rate_limited, 429, milliseconds(200)), after(0), seed) >= t(0.2)));
    }
    BOOST_TEST((*p.decide(said(errc::rate_limited, 429, seconds(60)), after(0), 1) == t(60)));
    BOOST_TEST(!p.decide(said(errc::rate_limited, 429, seconds(61)), after(0), 1));
    BOOST_TEST(!p.decide(said(errc::rate_limited, 429, milliseconds::max()), after(0), 1));
    BOOST_TEST(p.decide(said(errc::rate_limited, 429, milliseconds(-5)), after(0), 1).has_value());
}

BOOST_AUTO_TEST_CASE(never_beyond_the_deadline) {
    const retry p;
    auto s = after(0);
    s.deadline = t(3);
    BOOST_TEST(!p.decide(said(errc::rate_limited, 429, seconds(3)), s, 1));
    BOOST_TEST(p.decide(said(errc::rate_limited, 429, milliseconds(2999)), s, 1).has_value());
    s.other_available = true;
    BOOST_TEST((*p.decide(said(errc::rate_limited, 429, seconds(30)), s, 1) == t(0)));
    s.deadline = t(0);
    BOOST_TEST(!p.decide(said(errc::rate_limited, 429), s, 1));
}

BOOST_AUTO_TEST_CASE(no_wait_for_a_group_that_rests) {
    retry p;
    auto s = after(0);
    s.available_at = t(20);
    BOOST_TEST(!p.decide(error(errc::no_deployment).with_retry_after(seconds(20)), s, 1));
    BOOST_TEST(!p.decide(said(errc::overloaded, 503), s, 1));
    // Neither when the provider asked for the rest that the breaker keeps.
    BOOST_TEST(!p.decide(said(errc::rate_limited, 429, seconds(20)), s, 1));
    s.available_at = t(0.4); // less than the backoff may take
    BOOST_TEST((*p.decide(said(errc::overloaded, 503), s, 1) >= t(0.4)));
    s.available_at = t(20);
    p.wait_for_deployment = seconds(30);
    BOOST_TEST((*p.decide(said(errc::overloaded, 503), s, 1) == t(20)));
    s.deadline = t(15);
    BOOST_TEST(!p.decide(said(errc::overloaded, 503), s, 1));
}

BOOST_AUTO_TEST_CASE(a_limit_of_ours_that_can_never_be_met) {
    BOOST_TEST(!again(retry(), error(errc::rate_limited, "larger than the bucket")));
    // One that can be met soon is waited for, one that cannot goes to the fallback.
    BOOST_TEST(
        (*retry().decide(error(errc::rate_limited).with_retry_after(milliseconds(450)), after(0), 1) >= t(0.45)));
    BOOST_TEST(!again(retry(), error(errc::rate_limited).with_retry_after(seconds(20))));
    BOOST_TEST(!again(retry(), error(errc::rate_limited).with_retry_after(milliseconds::max())));
}

BOOST_AUTO_TEST_CASE(moves_to_untried_members_at_once) {
    fixture f(3);
    f.inner.steps.emplace_back(said(errc::overloaded, 503, seconds(20)));
    f.inner.steps.emplace_back(said(errc::connection_lost, 0));
    const auto r = f.ask();
    BOOST_TEST(r.has_value());
    BOOST_TEST(f.inner.seen == (std::vector<std::string>{"a", "b", "c"}));
    BOOST_TEST(f.on.sleeps().empty());
    BOOST_TEST(f.context->report.retries == 2u);
}

BOOST_AUTO_TEST_CASE(sleeps_when_all_have_failed) {
    fixture f(1);
    f.inner.steps.emplace_back(said(errc::rate_limited, 429, seconds(4)));
    f.inner.steps.emplace_back(said(errc::overloaded, 503));
    BOOST_TEST(f.ask().has_value());
    BOOST_TEST(f.inner.seen == (std::vector<std::string>(3, "a")));
    BOOST_REQUIRE(f.on.sleeps().size() == 2u);
    BOOST_TEST((f.on.sleeps()[0] == seconds(4)));
    BOOST_TEST((f.on.sleeps()[1] < seconds(1)));
}

BOOST_AUTO_TEST_CASE(the_last_error_carries_the_trail) {
    fixture f(2);
    f.inner.broken.emplace("a", said(errc::overloaded, 529, seconds(7)));
    f.inner.broken.emplace("b", said(errc::provider_internal, 500));
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    const auto& trail = r.error().attempts();
    BOOST_REQUIRE(trail.size() == 3u);
    BOOST_TEST(trail[0].deployment == "a");
    BOOST_TEST((trail[0].code == errc::overloaded));
    BOOST_TEST(trail[0].status == 529);
    BOOST_TEST(trail[1].deployment == "b");
    BOOST_TEST((trail[2].code == r.error().value()));
    BOOST_TEST(f.context->report.retries == 2u);
}

BOOST_AUTO_TEST_CASE(too_long_a_wait_returns_the_error_at_once) {
    fixture f(1);
    f.deadline = f.on.now() + seconds(10);
    f.inner.steps.emplace_back(said(errc::rate_limited, 429, seconds(30)));
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().retry_after() == seconds(30)));
    BOOST_TEST(f.on.sleeps().empty());
    BOOST_TEST(r.error().attempts().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_deployment_has_its_own_count) {
    fixture f(1);
    auto ds = fixture::group(1);
    ds[0].retries = 0;
    f.world = world_of(std::move(ds));
    f.inner.broken.emplace("a", said(errc::overloaded, 503));
    BOOST_TEST(!f.ask());
    BOOST_TEST(f.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(cancelled_while_it_waits) {
    fixture f(1);
    f.on.hold_sleeps(true);
    f.inner.broken.emplace("a", said(errc::overloaded, 503, seconds(4)));
    f.context.emplace();
    call c(f.on, *f.context);
    f.prepare(c);
    std::optional<result<reply>> r;
    boost::asio::co_spawn(f.io, f.top(c), [&](std::exception_ptr, result<reply> made) { r.emplace(std::move(made)); });
    f.io.poll();
    BOOST_TEST(!r);
    BOOST_TEST(f.on.clock().waiting() == 1u);
    f.context->cancellation.cancel();
    f.io.restart();
    f.io.poll();
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(!*r);
    BOOST_TEST((r->error().value() == errc::cancelled));
    BOOST_TEST(r->error().attempts().size() == 1u);
    BOOST_TEST(f.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(streams_are_handed_out_after_the_last_retry) {
    fixture f(2);
    f.inner.steps.emplace_back(said(errc::overloaded, 529));
    const auto r = f.ask(true);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->stream != nullptr);
    BOOST_TEST(f.inner.seen.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retry_unit
