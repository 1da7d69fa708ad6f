// SPDX-License-Identifier: BSL-1.0
#include <llmx/transport/deadlines.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace deadlines_unit {

namespace {

using llmx::deadline_service;
using namespace std::chrono_literals;

/// A watcher that runs a given function when its deadline passes.
struct alarm_clock {
    alarm_clock(deadline_service& s, std::function<void()> then, bool background = false)
        : ring(std::move(then)), watcher(s, &alarm_clock::on_expired, this, background) {}
    static void on_expired(void* self) noexcept { static_cast<alarm_clock*>(self)->ring(); }
    std::function<void()> ring;
    deadline_service::watcher watcher;
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_deadlines)

BOOST_AUTO_TEST_CASE(expires_in_order_and_never_early) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    const auto begin = llmx::clock::now();
    std::vector<int> rung;
    std::vector<llmx::duration> when;
    const auto note = [&](int n) {
        rung.push_back(n);
        when.push_back(llmx::clock::now() - begin);
    };
    alarm_clock b(service, [&] { note(2); });
    alarm_clock a(service, [&] { note(1); });
    alarm_clock c(service, [&] { note(3); });
    b.watcher.expires_at(begin + 20ms);
    a.watcher.expires_at(begin + 1ms);
    c.watcher.expires_at(begin + 40ms);
    io.run();
    BOOST_TEST(rung == (std::vector<int>{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST((when[0] >= 1ms && when[1] >= 20ms && when[2] >= 40ms));
    BOOST_TEST((a.watcher.expiry() == llmx::time_point::max()), "a deadline passes once");
}

BOOST_AUTO_TEST_CASE(moving_a_deadline_costs_no_timer) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    alarm_clock far(service, [] {});
    alarm_clock near(service, [] { BOOST_ERROR("was moved away in time"); });
    const auto now = llmx::clock::now();
    boost::asio::post(io, [&] {
        far.watcher.expires_at(now + 1h);
        for (int i = 0; i < 1000; ++i) {
            near.watcher.expires_at(now + 1h + i * 1ms);
            near.watcher.never();
        }
        far.watcher.never();
    });
    io.run();
    BOOST_TEST(service.times_armed() == 1u);
}

BOOST_AUTO_TEST_CASE(run_returns_when_nothing_is_awaited) {
    // A regression shows as a test that takes an hour.
    boost::asio::io_context io(1);
    deadline_service service(io);
    alarm_clock a(service, [] { BOOST_ERROR("an hour passed"); });
    alarm_clock background(service, [] { BOOST_ERROR("an hour passed"); }, true);
    a.watcher.expires_at(llmx::clock::now() + 1h);
    background.watcher.expires_at(llmx::clock::now() + 1h);
    boost::asio::post(io, [&] { a.watcher.never(); });
    io.run();
    // Again, from outside of run.
    a.watcher.expires_at(llmx::clock::now() + 1h);
    a.watcher.never();
    io.restart();
    bool ran = false;
    boost::asio::post(io, [&] { ran = true; });
    io.run();
    BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(background_expires_while_something_else_runs) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    bool rung = false;
    const auto now = llmx::clock::now();
    alarm_clock background(service, [&] { rung = true; }, true);
    alarm_clock other(service, [] {});
    background.watcher.expires_at(now + 5ms);
    other.watcher.expires_at(now + 30ms);
    io.run();
    BOOST_TEST(rung);
    BOOST_TEST((llmx::clock::now() - now >= 30ms), "run stayed for the other");
}

BOOST_AUTO_TEST_CASE(work_of_the_context_is_balanced) {
    // Timers that were cancelled, fired and moved must leave the count as it was: run ends
    // when the guard goes, not before and not never.
    boost::asio::io_context io(1);
    deadline_service service(io);
    auto guard = std::make_unique<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>(
        boost::asio::make_work_guard(io));
    int rounds = 0;
    std::optional<alarm_clock> a;
    a.emplace(service, [&] {
        if (++rounds == 5) return guard.reset();
        const auto now = llmx::clock::now();
        a->watcher.expires_at(now + 1h);
        boost::asio::post(io, [&, now] {
            a->watcher.expires_at(now + 2ms);
            a->watcher.never();
            a->watcher.expires_at(now + 1ms);
        });
    });
    a->watcher.expires_at(llmx::clock::now());
    io.run();
    BOOST_TEST(rounds == 5);
}

BOOST_AUTO_TEST_CASE(callbacks_may_destroy_watchers) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    const auto now = llmx::clock::now();
    int rung = 0;
    std::vector<std::unique_ptr<alarm_clock>> all(6);
    // Whichever is first takes its neighbours along on both sides; the last takes itself.
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = std::make_unique<alarm_clock>(service, [&, i] {
            ++rung;
            if (i > 0) all[i - 1].reset();
            if (i + 1 < all.size()) all[i + 1].reset();
            if (i == 0 || i + 1 == all.size()) {
                auto self = std::move(all[i]);
                boost::asio::post(io, [keep = std::shared_ptr<alarm_clock>(std::move(self))] {});
            }
        });
    for (auto& a : all) a->watcher.expires_at(now);
    io.run();
    BOOST_TEST(rung >= 2);
    BOOST_TEST(rung <= 3);

    struct self_destroyer {
        explicit self_destroyer(deadline_service& s) : watcher(s, [](void* p) noexcept { delete static_cast<self_destroyer*>(p); }, this) {}
        deadline_service::watcher watcher;
    };
    (new self_destroyer(service))->watcher.expires_at(now);
    io.restart();
    io.run();
}

BOOST_AUTO_TEST_CASE(callbacks_may_set_deadlines) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    int a_rings = 0, b_rings = 0;
    std::optional<alarm_clock> a, b;
    b.emplace(service, [&] { ++b_rings; });
    a.emplace(service, [&] {
        if (++a_rings < 3) a->watcher.expires_at(llmx::clock::now() + 1ms);
        b->watcher.expires_at(llmx::clock::now());
    });
    a->watcher.expires_at(llmx::clock::now());
    io.run();
    BOOST_TEST(a_rings == 3);
    BOOST_TEST(b_rings >= 1);
}

BOOST_AUTO_TEST_CASE(service_may_go_first) {
    boost::asio::io_context io(1);
    auto service = std::make_unique<deadline_service>(io);
    bool rung = false;
    alarm_clock a(*service, [&] { rung = true; });
    alarm_clock killer(*service, [&] { service.reset(); });
    killer.watcher.expires_at(llmx::clock::now());
    io.run();
    BOOST_TEST(service == nullptr);
    a.watcher.expires_at(llmx::clock::now());
    io.restart();
    io.run();
    BOOST_TEST(!rung);
}

BOOST_AUTO_TEST_CASE(times_before_the_epoch_are_past) {
    boost::asio::io_context io(1);
    deadline_service service(io);
    bool rung = false;
    alarm_clock a(service, [&] { rung = true; });
    a.watcher.expires_at(llmx::time_point::min());
    io.run();
    BOOST_TEST(rung);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace deadlines_unit
