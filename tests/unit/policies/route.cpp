// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/least_busy.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>

#include "support/allocations.hpp"
#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace route_unit {

using namespace policies_test;

namespace {

template <class R> using route_over = typename route<R>::template layer<scripted_service>;

template <class R = weighted> struct fixture : bench {
    explicit fixture(std::vector<deployment> ds, R how = R())
        : bench(world_of(std::move(ds))), top(route<R>(std::move(how)), world, scripted_service(inner)) {}
    auto ask(std::string_view model = "gpt", bool stream = false) { return bench::ask(top, model, stream); }
    script inner;
    route_over<R> top;
};

std::vector<deployment> three(int second_order = 0) {
    std::vector<deployment> ds;
    ds.push_back(make_deployment("a"));
    ds.push_back(make_deployment("b", "gpt", 1, second_order));
    ds.push_back(make_deployment("c", "gpt", 1, second_order));
    ds.push_back(make_deployment("other", "else"));
    return ds;
}

} // namespace

BOOST_AUTO_TEST_SUITE(policies_route)

BOOST_AUTO_TEST_CASE(serves_only_from_the_group_and_says_who) {
    fixture<> f(three());
    std::set<std::string> seen;
    for (int i = 0; i < 60; ++i) {
        BOOST_TEST(f.ask().has_value());
        seen.insert(f.inner.seen.back());
        BOOST_TEST(f.context->report.deployment_id == f.inner.seen.back());
        BOOST_TEST(f.context->report.provider == "openai");
        BOOST_TEST(f.context->report.upstream_model == "m-" + f.inner.seen.back());
    }
    BOOST_TEST((seen == std::set<std::string>{"a", "b", "c"}));
    BOOST_TEST(f.ask("else").has_value());
    BOOST_TEST(f.inner.seen.back() == "other");
    BOOST_TEST(f.ask("b").has_value()); // a deployment id pins it
    BOOST_TEST(f.inner.seen.back() == "b");
}

BOOST_AUTO_TEST_CASE(unknown_model) {
    fixture<> f(three());
    const auto r = f.ask("nope");
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::not_found));
    const std::string expected = "no such model: 'nope': no deployment has this model_group; a server lists its models at GET /v1/models";
    BOOST_TEST(r.error().message() == expected);
    BOOST_TEST(r.error().param() == "model");
}

BOOST_AUTO_TEST_CASE(lower_order_first_and_next_when_it_is_gone) {
    fixture<round_robin> f(three(1));
    for (int i = 0; i < 5; ++i) (void)f.ask();
    BOOST_TEST(f.inner.seen == std::vector<std::string>(5, "a"));
    f.inner.available["a"] = f.on.now() + seconds(3);
    f.inner.seen.clear();
    for (int i = 0; i < 4; ++i) (void)f.ask();
    BOOST_TEST(f.inner.seen == (std::vector<std::string>{"b", "c", "b", "c"}));
    f.on.advance(seconds(3));
    (void)f.ask();
    BOOST_TEST(f.inner.seen.back() == "a");
}

BOOST_AUTO_TEST_CASE(tried_ones_are_left_out_while_others_remain) {
    fixture<round_robin> f(three(1));
    f.context.emplace();
    call c(f.on, *f.context);
    f.prepare(c);
    const auto id = [&] { return f.top.choose(c, f.on.now())->id; };
    BOOST_TEST(id() == "a");
    c.tried.push_back(0);
    BOOST_TEST(id() == "b");
    c.tried.push_back(1);
    BOOST_TEST(id() == "c");
    c.tried.push_back(2);
    BOOST_TEST(id() == "a"); // from the beginning
    BOOST_TEST(f.top.choose(c, f.on.now(), true) == nullptr);
}

BOOST_AUTO_TEST_CASE(weight_zero_only_when_nothing_else_is_left) {
    std::vector<deployment> ds;
    ds.push_back(make_deployment("drained", "gpt", 0));
    ds.push_back(make_deployment("a"));
    ds.push_back(make_deployment("second", "gpt", 1, 1));
    fixture<round_robin> f(std::move(ds));
    for (int i = 0; i < 6; ++i) (void)f.ask();
    BOOST_TEST(f.inner.seen == std::vector<std::string>(6, "a"));
    f.inner.available["a"] = time_point::max();
    (void)f.ask();
    BOOST_TEST(f.inner.seen.back() == "second");
    f.inner.available["second"] = time_point::max();
    (void)f.ask();
    BOOST_TEST(f.inner.seen.back() == "drained");
}

BOOST_AUTO_TEST_CASE(a_queue_is_better_than_nothing_and_than_a_failed_one) {
    fixture<round_robin> f(three());
    f.inner.available["a"] = f.on.now() + queueing;
    f.inner.available["b"] = f.on.now() + hours(1);
    for (int i = 0; i < 4; ++i) (void)f.ask();
    BOOST_TEST(f.inner.seen == std::vector<std::string>(4, "c"));
    f.inner.available["c"] = f.on.now() + hours(1);
    (void)f.ask();
    BOOST_TEST(f.inner.seen.back() == "a");
}

BOOST_AUTO_TEST_CASE(nobody_available_says_how_long) {
    fixture<> f(three());
    f.inner.available["a"] = f.on.now() + milliseconds(2500);
    f.inner.available["b"] = f.on.now() + seconds(9);
    f.inner.available["c"] = time_point::max();
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::no_deployment));
    BOOST_TEST((r.error().retry_after() == milliseconds(2500)));
    BOOST_TEST(r.error().message() ==
               "no deployment of 'gpt' is available: all 3 are cooling down, at a limit or full");
    BOOST_TEST(f.inner.seen.empty());
    f.inner.available["other"] = time_point::max();
    const auto alone = f.ask("else");
    BOOST_REQUIRE(!alone);
    BOOST_TEST(!alone.error().retry_after());
    BOOST_TEST(alone.error().message() ==
               "no deployment of 'else' is available: its only deployment is cooling down, at a limit or full");
}

BOOST_AUTO_TEST_CASE(a_failed_attempt_is_noted_and_told) {
    fixture<> f(three());
    struct seen {
        int told = 0;
        outcome how;
        const deployment* about = nullptr;
    } heard;
    const auto listen = [](void* self, const call&, const deployment* d, const outcome& how) noexcept {
        auto& s = *static_cast<seen*>(self);
        ++s.told;
        s.how = how;
        s.about = d;
    };
    f.inner.during = [&](call& c) { c.on_finish(&heard, listen); };
    f.inner.takes = milliseconds(40);
    f.inner.steps.emplace_back(said(errc::overloaded, 503, milliseconds(1500)));
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::overloaded));
    BOOST_TEST(heard.told == 1);
    BOOST_TEST((heard.how.failure == errc::overloaded));
    BOOST_TEST((heard.how.retry_after == milliseconds(1500)));
    BOOST_TEST((heard.how.ended - heard.how.began == milliseconds(40)));
    BOOST_TEST(heard.about->id == f.inner.seen.back());
    BOOST_REQUIRE(f.context->report.trail.size() == 1u);
    BOOST_TEST(f.context->report.trail[0].deployment == f.inner.seen.back());
    BOOST_TEST((f.context->report.trail[0].code == errc::overloaded));
    BOOST_TEST(f.context->report.trail[0].status == 503);
    BOOST_TEST(f.last_tried == std::vector<std::size_t>{heard.about->index});

    f.inner.tokens.input_tokens = 12;
    heard = seen();
    BOOST_TEST(f.ask().has_value());
    BOOST_TEST(heard.told == 1);
    BOOST_TEST(!heard.how.failure);
    BOOST_TEST(heard.how.tokens.input_tokens == 12);
}

BOOST_AUTO_TEST_CASE(a_stream_is_told_by_its_owner) {
    fixture<least_busy> f(three());
    f.context.emplace();
    {
        call c(f.on, *f.context);
        f.prepare(c, "gpt", true);
        const auto r = testing::run(f.io, f.top(c));
        BOOST_TEST(r.has_value());
        BOOST_TEST(c.listeners() == 1u); // the call is in flight until the stream has ended
        call d(f.on, *f.context);
        f.prepare(d);
        for (int i = 0; i < 20; ++i) BOOST_TEST(f.top.choose(d, f.on.now()) != c.now.target);
    } // abandoned
    std::set<const deployment*> seen;
    call e(f.on, *f.context);
    f.prepare(e);
    for (int i = 0; i < 60; ++i) seen.insert(f.top.choose(e, f.on.now()));
    BOOST_TEST(seen.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_ours_moves_on_at_no_cost) {
    fixture<round_robin> f(three());
    f.inner.broken.emplace("a", error(errc::rate_limited, "taken"));
    f.inner.broken.emplace("b", error(errc::shed));
    BOOST_TEST(f.ask().has_value());
    BOOST_TEST(f.inner.seen == (std::vector<std::string>{"a", "b", "c"}));
    BOOST_TEST(f.context->report.retries == 0u);
    // All refuse: each is asked once, and the last refusal is the answer.
    f.inner.broken.emplace("c", error(errc::shed));
    f.inner.seen.clear();
    const auto r = f.ask();
    BOOST_REQUIRE(!r);
    BOOST_TEST(f.inner.seen.size() == 3u);
    // A provider's own limit is an attempt that failed.
    f.inner.broken.clear();
    f.inner.seen.clear();
    f.inner.steps.emplace_back(said(errc::rate_limited, 429));
    BOOST_TEST(!f.ask());
    BOOST_TEST(f.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_learnt_survives_a_reload) {
    script inner;
    auto before = world_of(three());
    auto ds = three();
    ds.insert(ds.begin(), make_deployment("new"));
    auto after = world_of(std::move(ds));
    route_over<least_busy> old(route<least_busy>(), before, scripted_service(inner));
    bench b(before);
    b.context.emplace();
    call c(b.on, *b.context);
    b.prepare(c, "gpt", true);
    c.tried = {1, 2}; // forces "a"
    BOOST_TEST(testing::run(b.io, old(c)).has_value());
    BOOST_TEST(c.now.target->id == "a");
    route_over<least_busy> young(route<least_busy>(), after, scripted_service(inner));
    young.adopt(old);
    b.world = after;
    call_context ctx;
    call d(b.on, ctx);
    b.prepare(d);
    for (int i = 0; i < 40; ++i) BOOST_TEST(young.choose(d, b.on.now())->id != "a");
    c.finish(outcome());
    std::set<std::string> seen;
    for (int i = 0; i < 80; ++i) seen.insert(young.choose(d, b.on.now())->id);
    BOOST_TEST(seen.size() == 4u);
}

BOOST_AUTO_TEST_CASE(wildcard_groups_are_routed) {
    std::vector<deployment> ds;
    ds.push_back(make_deployment("w1", "openai/*"));
    ds.push_back(make_deployment("w2", "openai/*"));
    ds.push_back(make_deployment("x", "openai/special"));
    fixture<round_robin> f(std::move(ds));
    for (int i = 0; i < 4; ++i) BOOST_TEST(f.ask("openai/gpt-4o").has_value());
    BOOST_TEST(f.inner.seen == (std::vector<std::string>{"w1", "w2", "w1", "w2"}));
    BOOST_TEST(f.ask("openai/special").has_value());
    BOOST_TEST(f.inner.seen.back() == "x");
}

template <class R> void no_allocations(R how) {
    std::vector<deployment> ds;
    for (int i = 0; i < 300; ++i) ds.push_back(make_deployment("d" + std::to_string(i), "gpt", i % 3 + 1, i / 200));
    fixture<R> f(std::move(ds), std::move(how));
    f.context.emplace();
    call c(f.on, *f.context);
    f.prepare(c);
    std::size_t found = 0;
    const std::size_t before = llmx_test::allocations();
    for (int i = 0; i < 200; ++i) found += f.top.choose(c, f.on.now()) != nullptr;
    const std::size_t after = llmx_test::allocations();
    BOOST_TEST(found == 200u);
    BOOST_TEST(after - before == 0u);
}

BOOST_AUTO_TEST_CASE(choosing_allocates_nothing) {
    const std::size_t before = llmx_test::allocations();
    BOOST_TEST_REQUIRE(std::make_unique<int>(1) != nullptr);
    BOOST_REQUIRE(llmx_test::allocations() > before); // the counter counts
    no_allocations(weighted());
    no_allocations(round_robin());
    no_allocations(least_busy());
    no_allocations(latency());
    no_allocations(any_router<weighted, latency>());
}

BOOST_AUTO_TEST_CASE(a_strategy_without_state_takes_no_listener_and_no_memory) {
    static_assert(sizeof(detail::routing_state<weighted::state>) == 1);
    fixture<weighted> f(three());
    std::size_t during = 99;
    f.inner.during = [&](call& c) { during = c.listeners(); };
    BOOST_TEST(f.ask().has_value());
    BOOST_TEST(during == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace route_unit
