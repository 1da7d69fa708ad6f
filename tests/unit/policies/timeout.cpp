// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/realtime.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>
#include <llmx/policies/timeout.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <memory>
#include <vector>

namespace timeout_unit {

using namespace policies_test;

namespace {

http_limits limits(const timeout& p, const deployment& d, bool stream, call_context& ctx, time_point now) {
    return p.limits_for(ctx, d, stream, http_limits(), now);
}

/// A group of the deployments \p names.
std::shared_ptr<const topology> served(std::initializer_list<const char*> names) {
    std::vector<deployment> all;
    for (const char* const name : names) all.push_back(make_deployment(name));
    return world_of(std::move(all));
}

/// One attempt with the limits of a policy, at the deployment "a".
struct timed_attempt {
    explicit timed_attempt(const timeout& p) : top(p, world, scripted_service(inner)) { b.pin_target = true; }
    std::shared_ptr<const topology> world = served({"a"});
    script inner;
    bench b{world};
    timeout::layer<scripted_service> top;
};

/// Attempts at several deployments, up to six of them, each with the limits of a policy.
struct timed_attempts {
    using timed = timeout::layer<scripted_service>;
    using routed = route<round_robin>::layer<timed>;
    timed_attempts(const timeout& p, std::initializer_list<const char*> names)
        : world(served(names)), top(retry(5), world, routed(route<round_robin>(), world, timed(p, world, scripted_service(inner)))) {}
    /// What the transport does: each attempt fails when the first byte is due.
    void never_begin() {
        inner.during = [this](call& c) {
            b.on.clock().advance_to(c.now.limits.first_byte_by);
            inner.steps.emplace_back(error(errc::first_token_timeout));
        };
    }
    /// The outcome of a call that \p change has prepared.
    template <class Change> result<reply> ask(Change change) {
        b.context.emplace();
        call c(b.on, *b.context);
        b.prepare(c);
        change(c);
        return testing::run(b.io, top(c));
    }
    std::shared_ptr<const topology> world;
    script inner;
    bench b{world};
    retry::layer<routed> top;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_timeout)

BOOST_AUTO_TEST_CASE(phases_of_a_whole_answer) {
    timeout p;
    p.total = seconds(60);
    p.connect = seconds(3);
    p.first_token = seconds(5);
    p.idle = seconds(7);
    call_context ctx;
    ctx.started = t(0);
    const auto l = limits(p, deployment(), false, ctx, t(10));
    BOOST_TEST((ctx.deadline == t(60)));
    BOOST_TEST((l.deadline == t(60)));
    BOOST_TEST((l.connect_by == t(13)));
    BOOST_TEST((l.first_byte_by == time_point::max())); // silent until it is complete
    BOOST_TEST((l.idle == seconds(7)));
    BOOST_TEST(l.max_body == http_limits().max_body);
}

BOOST_AUTO_TEST_CASE(phases_of_a_stream) {
    timeout p;
    p.first_token = seconds(5);
    p.attempt = seconds(20);
    call_context ctx;
    ctx.started = t(0);
    auto l = limits(p, deployment(), true, ctx, t(10));
    // A stream that has begun ends by silence, or by a limit of the whole call.
    BOOST_TEST((l.deadline == time_point::max()));
    BOOST_TEST((ctx.deadline == time_point::max()));
    BOOST_TEST((l.idle == seconds(300)));
    BOOST_TEST((l.first_byte_by == t(15)));
    p.first_token = duration::zero();
    l = limits(p, deployment(), true, ctx, t(10));
    BOOST_TEST((l.first_byte_by == t(30)));
    deployment d;
    d.first_token_timeout = seconds(2);
    l = limits(p, d, true, ctx, t(10));
    BOOST_TEST((l.first_byte_by == t(12)));
    // As in LiteLLM's router, the limit of streams takes the place of the general one, though it may be longer.
    d.timeout = seconds(1);
    l = limits(p, d, true, ctx, t(10));
    BOOST_TEST((l.first_byte_by == t(12)));
    d.first_token_timeout.reset();
    l = limits(p, d, true, ctx, t(10));
    BOOST_TEST((l.first_byte_by == t(11)));
    p.total = seconds(60);
    l = limits(p, d, true, ctx, t(10));
    BOOST_TEST((l.deadline == t(60)));
}

BOOST_AUTO_TEST_CASE(an_attempt_has_ten_minutes_unless_told_otherwise) {
    call_context ctx;
    ctx.started = t(0);
    BOOST_TEST((limits(timeout(), deployment(), true, ctx, t(10)).first_byte_by == t(610)));
    BOOST_TEST((limits(timeout(), deployment(), false, ctx, t(10)).deadline == t(610)));
    BOOST_TEST((ctx.deadline == time_point::max()));
}

BOOST_AUTO_TEST_CASE(the_size_of_answers_is_an_option) {
    timeout p;
    p.max_answer_mb = 3;
    call_context ctx;
    BOOST_TEST(limits(p, deployment(), true, ctx, t(0)).max_body == 3u * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(deadlines_only_come_nearer) {
    timeout p;
    p.total = seconds(60);
    call_context ctx;
    ctx.started = t(0);
    ctx.deadline = t(20);
    BOOST_TEST((limits(p, deployment(), false, ctx, t(10)).deadline == t(20)));
    deployment d;
    d.timeout = seconds(300);
    BOOST_TEST((limits(p, d, false, ctx, t(10)).deadline == t(20)));
    d.timeout = seconds(4);
    BOOST_TEST((limits(p, d, false, ctx, t(10)).deadline == t(14)));
    BOOST_TEST((ctx.deadline == t(20))); // the attempt's limit is not the call's
    BOOST_TEST((limits(p, deployment(), false, ctx, t(15)).deadline == t(20)));
}

BOOST_AUTO_TEST_CASE(zero_is_no_limit) {
    timeout p;
    p.total = p.attempt = p.connect = p.idle = duration::zero();
    call_context ctx;
    const auto l = limits(p, deployment(), true, ctx, t(0));
    BOOST_TEST((ctx.deadline == time_point::max()));
    BOOST_TEST((l.deadline == time_point::max()));
    BOOST_TEST((l.connect_by == time_point::max()));
    BOOST_TEST((l.first_byte_by == time_point::max()));
    BOOST_TEST((l.idle == duration::max()));
    p.total = duration::max(); // does not overflow
    (void)limits(p, deployment(), true, ctx, t(0));
    BOOST_TEST((ctx.deadline == time_point::max()));
}

BOOST_AUTO_TEST_CASE(a_passed_attempt_may_be_followed_a_passed_deadline_not) {
    timeout p;
    p.total = seconds(10);
    p.attempt = seconds(4);
    timed_attempts all(p, {"a", "b"});
    // What the transport does: it fails when the limit it was given is reached.
    bool slow = true;
    all.inner.during = [&](call& c) {
        if (!slow && c.now.target->id == "b") return;
        all.b.on.clock().advance_to(c.now.limits.deadline);
        all.inner.steps.emplace_back(error(errc::deadline_exceeded));
    };
    const time_point began = all.b.on.now();
    const auto r = all.b.ask(all.top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST((all.b.on.now() <= began + seconds(10)));
    BOOST_TEST(r.error().attempts().size() >= 2u);
    BOOST_TEST((r.error().attempts()[0].code == errc::first_token_timeout));
    slow = false;
    all.inner.seen.clear();
    BOOST_TEST(all.b.ask(all.top).has_value());
    BOOST_TEST(all.inner.seen.back() == "b");
}

BOOST_AUTO_TEST_CASE(when_both_have_passed_it_is_the_calls_deadline) {
    timeout p;
    p.attempt = seconds(4);
    timed_attempt one(p);
    one.b.deadline = one.b.on.now() + seconds(10);
    duration late = seconds(10);
    one.inner.during = [&](call&) {
        one.b.on.advance(late);
        one.inner.steps.emplace_back(error(errc::deadline_exceeded));
    };
    BOOST_TEST((one.b.ask(one.top).error().value() == errc::deadline_exceeded));
    one.b.deadline = one.b.on.now() + seconds(10);
    late = seconds(9);
    const auto r = one.b.ask(one.top);
    BOOST_TEST((r.error().value() == errc::first_token_timeout));
    BOOST_TEST(r.error().message() == "deployment 'a' did not answer within its time limit");
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_after_the_deadline) {
    timed_attempt one{timeout()};
    one.b.deadline = one.b.on.now();
    const auto r = one.b.ask(one.top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST(one.inner.seen.empty());
}

BOOST_AUTO_TEST_CASE(phases_of_a_session) {
    timeout p;
    p.total = seconds(60);
    p.attempt = seconds(20);
    p.connect = seconds(3);
    call_context ctx;
    ctx.started = t(0);
    auto l = p.session_limits(ctx, deployment(), http_limits(), t(10));
    BOOST_TEST((ctx.deadline == time_point::max()));
    BOOST_TEST((l.deadline == time_point::max())); // of the whole session, which may last
    BOOST_TEST((l.idle == duration::max()));
    BOOST_TEST((l.first_byte_by == t(30)));
    BOOST_TEST((l.connect_by == t(13)));
    BOOST_TEST((p.session_limits(ctx, deployment(), http_limits(), t(50)).first_byte_by == t(60)));
    ctx.deadline = t(40);
    l = p.session_limits(ctx, deployment(), http_limits(), t(30));
    BOOST_TEST((l.deadline == t(40)));
    BOOST_TEST((l.first_byte_by == t(40)));
    p.total = p.attempt = duration::zero();
    ctx.deadline = time_point::max();
    BOOST_TEST((p.session_limits(ctx, deployment(), http_limits(), t(30)).first_byte_by == time_point::max()));
}

BOOST_AUTO_TEST_CASE(a_session_must_be_opened_within_the_total) {
    timeout p;
    p.total = seconds(10);
    p.attempt = seconds(4);
    timed_attempts all(p, {"a", "b", "c", "d"});
    all.never_begin();
    const time_point began = all.b.on.now();
    const auto r = all.ask([](call& c) { c.in.operation = &realtime::info; });
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST((all.b.on.now() == began + seconds(10)));
    BOOST_TEST(all.inner.seen.size() == 3u); // the last of them had two seconds
    BOOST_REQUIRE(r.error().attempts().size() == 3u);
    BOOST_TEST((r.error().attempts()[1].code == errc::first_token_timeout));
}

BOOST_AUTO_TEST_CASE(the_callers_own_limit_is_no_failure_of_a_deployment) {
    timed_attempts all(timeout(), {"a"});
    all.never_begin();
    const auto r = all.ask([](call& c) {
        c.in.stream = true;
        c.in.time_limit = seconds(1);
    });
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST(all.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timeout_unit
