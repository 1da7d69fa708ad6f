// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/route.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

namespace concurrency_unit {

using namespace policies_test;

namespace {

using limited = concurrency_limit::layer<scripted_service>;

/// Several calls under way at once on one core; each ends when the test ends it.
struct fixture : bench {
    explicit fixture(concurrency_limit p, std::uint32_t own = 0)
        : bench(world_of(one(own))), top(p, world, scripted_service(inner)) {
        pin_target = true;
        on.hold_sleeps(true);
        inner.takes = seconds(5);
    }
    ~fixture() { // calls must be gone before what they use
        for (auto& one : calls) one->ctx.cancellation.cancel();
        poll();
        calls.clear();
    }
    static std::vector<deployment> one(std::uint32_t parallel) {
        std::vector<deployment> ds;
        ds.push_back(make_deployment("a"));
        ds.back().max_parallel = parallel;
        return ds;
    }
    struct running {
        explicit running(bench& b) : c(b.on, ctx) {}
        call_context ctx;
        call c;
        std::optional<result<reply>> r;
    };
    running& start(bool stream = false, time_point until = time_point::max()) {
        calls.push_back(std::make_unique<running>(*this));
        running& one = *calls.back();
        deadline = until;
        prepare(one.c, "gpt", stream);
        boost::asio::co_spawn(io, top(one.c), [&one](std::exception_ptr, result<reply> made) {
            const bool streams = made.has_value() && made->stream != nullptr;
            one.r.emplace(std::move(made));
            if (!streams) one.c.finish(outcome());
        });
        poll();
        return one;
    }
    void poll() {
        io.restart();
        io.poll();
    }
    void pass(duration d) {
        on.advance(d);
        poll();
    }
    errc failure(const running& one) const { return one.r && !*one.r ? one.r->error().value() : errc(); }
    bool ok(const running& one) const { return one.r && one.r->has_value(); }
    time_point free_at() { return top.available_at(world->deployments()[0], on.now()); }

    script inner;
    limited top;
    std::vector<std::unique_ptr<running>> calls;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_concurrency)

BOOST_AUTO_TEST_CASE(no_more_than_the_bound_at_once) {
    fixture f{concurrency_limit(2)};
    auto &a = f.start(), &b = f.start();
    BOOST_TEST((f.free_at() > f.on.now() + milliseconds(1)));
    auto& c = f.start();
    BOOST_TEST((f.failure(c) == errc::rate_limited));
    BOOST_TEST(c.r->error().http_status() == 429);
    BOOST_TEST(c.r->error().retry_after().has_value());
    BOOST_TEST(c.r->error().message() == "deployment 'a' is full");
    f.pass(seconds(5));
    BOOST_TEST(f.ok(a));
    BOOST_TEST(f.ok(b));
    BOOST_TEST((f.free_at() == f.on.now()));
    auto& d = f.start();
    f.pass(seconds(5));
    BOOST_TEST(f.ok(d));
    BOOST_TEST(f.inner.most_running == 2u);
}

BOOST_AUTO_TEST_CASE(the_deployments_own_bound_wins_and_zero_is_none) {
    fixture f(concurrency_limit(1), 3);
    for (int i = 0; i < 6; ++i) f.start();
    BOOST_TEST(f.inner.running == 3u);
    fixture g{concurrency_limit()};
    for (int i = 0; i < 50; ++i) g.start();
    BOOST_TEST(g.inner.running == 50u);
    BOOST_TEST(g.calls[0]->c.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(those_who_wait_come_in_order) {
    fixture f{concurrency_limit(1, 3)};
    f.inner.takes = seconds(3);
    std::vector<call*> order;
    f.inner.during = [&](call& c) { order.push_back(&c); };
    for (int i = 0; i < 4; ++i) f.start();
    BOOST_TEST((f.free_at() > f.on.now() + queueing)); // the queue is full as well
    BOOST_TEST((f.failure(f.start()) == errc::rate_limited));
    BOOST_TEST(f.inner.running == 1u);
    for (int i = 0; i < 4; ++i) {
        BOOST_REQUIRE(order.size() == static_cast<std::size_t>(i + 1));
        f.pass(seconds(3));
    }
    for (std::size_t i = 0; i < 4; ++i) {
        BOOST_TEST(f.ok(*f.calls[i]));
        BOOST_TEST(order[i] == &f.calls[i]->c);
    }
    BOOST_TEST(f.inner.most_running == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_overtakes_the_queue) {
    fixture f{concurrency_limit(1, 5)};
    std::vector<call*> order;
    f.inner.during = [&](call& c) { order.push_back(&c); };
    f.start();
    auto& waits = f.start();
    // The slot is granted to the one who waits before a newcomer runs.
    f.calls[0]->ctx.cancellation.cancel();
    f.poll();
    auto& late = f.start();
    f.pass(seconds(5));
    f.pass(seconds(5));
    BOOST_TEST(f.ok(waits));
    BOOST_TEST(f.ok(late));
    BOOST_REQUIRE(order.size() == 3u);
    BOOST_TEST(order[1] == &waits.c);
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_timeout_or_the_deadline) {
    concurrency_limit p(1, 5);
    p.queue_timeout = seconds(2);
    fixture f(p);
    f.inner.takes = seconds(60);
    f.start();
    auto& patient = f.start();
    auto& hasty = f.start(false, f.on.now() + seconds(1));
    f.pass(seconds(1));
    BOOST_TEST((f.failure(hasty) == errc::deadline_exceeded));
    BOOST_TEST(!patient.r);
    f.pass(seconds(1));
    BOOST_TEST((f.failure(patient) == errc::rate_limited));
    BOOST_TEST(patient.r->error().message() == "deployment 'a' had no free slot in time");
    // Their places are free again.
    for (int i = 0; i < 5; ++i) BOOST_TEST(!f.start().r);
    BOOST_TEST((f.failure(f.start()) == errc::rate_limited));
}

BOOST_AUTO_TEST_CASE(a_cancelled_one_leaves_the_queue) {
    fixture f{concurrency_limit(1, 2)};
    f.start();
    auto &b = f.start(), &c = f.start();
    b.ctx.cancellation.cancel();
    f.poll();
    BOOST_TEST((f.failure(b) == errc::cancelled));
    BOOST_TEST(!f.start().r); // its place is taken
    f.pass(seconds(5));
    f.pass(seconds(5));
    BOOST_TEST(f.ok(c));
}

BOOST_AUTO_TEST_CASE(a_slot_granted_to_one_who_is_gone_is_passed_on) {
    fixture f{concurrency_limit(1, 3)};
    auto &a = f.start(), &b = f.start(), &c = f.start();
    // The slot is granted by a handler; the one it is meant for is cancelled before that runs.
    a.ctx.cancellation.cancel();
    while (!a.r) f.io.restart(), f.io.poll_one();
    b.ctx.cancellation.cancel();
    f.poll();
    BOOST_TEST((f.failure(b) == errc::cancelled));
    f.pass(seconds(5));
    BOOST_TEST(f.ok(c));
}

BOOST_AUTO_TEST_CASE(cancelled_before_it_waits) {
    fixture f{concurrency_limit(1, 2)};
    f.start();
    f.calls.push_back(std::make_unique<fixture::running>(f));
    auto& b = *f.calls.back();
    f.prepare(b.c);
    b.ctx.cancellation.cancel();
    b.r.emplace(testing::run(f.io, f.top(b.c)));
    BOOST_TEST((f.failure(b) == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(a_stream_holds_its_slot_until_it_has_ended) {
    fixture f{concurrency_limit(1)};
    auto& a = f.start(true);
    f.pass(seconds(5));
    BOOST_TEST(f.ok(a));
    BOOST_TEST((f.failure(f.start()) == errc::rate_limited));
    a.c.finish(outcome());
    BOOST_TEST(!f.start().r);
}

BOOST_AUTO_TEST_CASE(an_abandoned_call_frees_its_slot_and_an_abandoned_wait_its_place) {
    fixture f{concurrency_limit(1, 1)};
    {
        call_context ctx1, ctx2;
        call one(f.on, ctx1), two(f.on, ctx2);
        boost::asio::io_context other; // goes first, and with it the coroutines
        f.prepare(one);
        f.prepare(two);
        boost::asio::co_spawn(other, f.top(one), [](std::exception_ptr, result<reply>) {});
        boost::asio::co_spawn(other, f.top(two), [](std::exception_ptr, result<reply>) {});
        other.poll();
        BOOST_TEST((f.free_at() > f.on.now() + queueing));
        BOOST_TEST(f.inner.running == 1u);
    }
    BOOST_TEST(f.inner.running == 0u);
    BOOST_TEST((f.free_at() == f.on.now()));
}

BOOST_AUTO_TEST_CASE(a_raised_bound_lets_the_waiting_in) {
    fixture f{concurrency_limit(1, 5)};
    f.start();
    for (int i = 0; i < 3; ++i) f.start();
    limited young(concurrency_limit(3, 5), f.world, scripted_service(f.inner));
    young.adopt(f.top);
    f.calls.push_back(std::make_unique<fixture::running>(f));
    auto& e = *f.calls.back();
    f.prepare(e.c);
    boost::asio::co_spawn(f.io, young(e.c), [&e](std::exception_ptr, result<reply> made) {
        e.r.emplace(std::move(made));
        e.c.finish(outcome());
    });
    f.poll();
    BOOST_TEST(f.inner.running == 3u);
    f.pass(seconds(5));
    f.pass(seconds(5));
    f.pass(seconds(5));
    for (const auto& one : f.calls) BOOST_TEST(f.ok(*one));
}

BOOST_AUTO_TEST_CASE(route_takes_a_free_one_first_and_queues_when_there_is_none) {
    std::vector<deployment> ds;
    for (const char* id : {"a", "b"}) ds.push_back(make_deployment(id));
    const auto world = world_of(std::move(ds));
    script inner;
    inner.takes = seconds(5);
    route<round_robin>::layer<limited> top(route<round_robin>(), world,
                                           limited(concurrency_limit(1, 1), world, scripted_service(inner)));
    bench b(world);
    b.on.hold_sleeps(true);
    std::vector<std::unique_ptr<fixture::running>> calls;
    std::size_t done = 0, refused = 0;
    for (int i = 0; i < 5; ++i) {
        calls.push_back(std::make_unique<fixture::running>(b));
        auto& one = *calls.back();
        b.prepare(one.c);
        boost::asio::co_spawn(b.io, top(one.c),
                              [&](std::exception_ptr, result<reply> made) { ++(made ? done : refused); });
        b.io.restart();
        b.io.poll();
    }
    BOOST_TEST(inner.seen.size() == 2u);
    BOOST_TEST(inner.seen[0] != inner.seen[1]);
    BOOST_TEST(refused == 1u);
    for (int i = 0; i < 2; ++i) {
        b.on.advance(seconds(5));
        b.io.restart();
        b.io.poll();
    }
    BOOST_TEST(done == 4u);
    BOOST_TEST(inner.most_running == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace concurrency_unit
