// SPDX-License-Identifier: BSL-1.0
// Metrics of several threads; what they share shows under ThreadSanitizer.
#include "exposition.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace threads_metrics_unit {

using namespace llmx;
using namespace telemetry_test;

BOOST_AUTO_TEST_SUITE(telemetry_threads_metrics)

BOOST_AUTO_TEST_CASE(nothing_is_lost_and_every_exposition_is_consistent) {
    constexpr int threads = 4;
    metrics_registry m;
    const auto c = m.counter("c_total", "", "x").value();
    const auto u = m.updown("u", "").value();
    const auto g = m.gauge("g", "").value();
    const auto h = m.histogram("h", "", {1, 2}, "x").value();
    std::atomic<int> begun{0};
    std::atomic<bool> over{false};
    std::vector<int> rounds(threads);
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            int i = 0;
            for (; !over; ++i) {
                if (i == 100) ++begun;
                // Some series are made while others are found.
                c.with(std::to_string(i % 50)).add(2);
                c.with("thread " + std::to_string(t)).add();
                for (int n = 0; n < 20; ++n) h.with(i % 2 == 0 ? "0" : "1").observe(1.5);
                u.with().add(3);
                u.with().subtract(2);
                g.with().set(t);
            }
            rounds[static_cast<std::size_t>(t)] = i;
        });
    while (begun != threads) std::this_thread::yield();
    double last = 0;
    int inconsistent = 0;
    for (int i = 0; i < 500; ++i) {
        const exposition e(text_of(m));
        for (const char* x : {"0", "1"}) {
            const double count = e.value("h_count", {{"x", x}});
            // Every value is 1.5: sum and buckets are those of the same observations.
            inconsistent += e.value("h_sum", {{"x", x}}) != 1.5 * count;
            inconsistent += e.value("h_bucket", {{"x", x}, {"le", "+Inf"}}) != count;
            inconsistent += e.value("h_bucket", {{"x", x}, {"le", "2"}}) != count;
            inconsistent += e.value("h_bucket", {{"x", x}, {"le", "1"}}) != 0;
        }
        const double now = e.value("c_total", {{"x", "0"}});
        inconsistent += now < last;
        last = now;
    }
    over = true;
    for (auto& t : all) t.join();
    BOOST_TEST(inconsistent == 0);
    const exposition e(text_of(m));
    double sum = 0, of_threads = 0;
    for (int t = 0; t < threads; ++t) {
        const double mine = rounds[static_cast<std::size_t>(t)];
        BOOST_TEST(e.value("c_total", {{"x", "thread " + std::to_string(t)}}) == mine);
        of_threads += mine;
    }
    for (int i = 0; i < 50; ++i) sum += e.value("c_total", {{"x", std::to_string(i)}});
    BOOST_TEST(sum == 2 * of_threads);
    BOOST_TEST(e.value("u") == of_threads);
    BOOST_TEST(e.value("h_count", {{"x", "0"}}) + e.value("h_count", {{"x", "1"}}) == 20 * of_threads);
    BOOST_TEST(e.value("g") >= 0);
}

// A number of a thread that ended goes to another thread, which goes on from its values.
BOOST_AUTO_TEST_CASE(threads_that_come_and_go) {
    metrics_registry m;
    const auto c = m.counter("c_total", "").value().with();
    const auto h = m.histogram("h", "", {1}).value().with();
    for (int round = 0; round < 50; ++round) {
        std::vector<std::thread> some;
        for (int t = 0; t < 4; ++t)
            some.emplace_back([&] {
                c.add();
                h.observe(0.5);
            });
        for (auto& t : some) t.join();
    }
    const exposition e(text_of(m));
    BOOST_TEST(e.value("c_total") == 200);
    BOOST_TEST(e.value("h_sum") == 100);
}

BOOST_AUTO_TEST_CASE(more_threads_than_there_are_shards) {
    metrics_options o;
    o.threads = 1;
    metrics_registry m(o);
    const auto c = m.counter("c_total", "").value().with();
    const auto u = m.updown("u", "").value().with();
    const auto h = m.histogram("h", "", {1}).value().with();
    std::vector<std::thread> some;
    std::atomic<int> ready{0};
    for (int t = 0; t < 6; ++t)
        some.emplace_back([&] {
            for (++ready; ready != 6;) std::this_thread::yield();
            for (int i = 0; i < 200'000; ++i) {
                c.add(3);
                u.add(-1);
                h.observe(0.5);
            }
        });
    for (auto& t : some) t.join();
    const exposition e(text_of(m));
    BOOST_TEST(e.value("c_total") == 3'600'000);
    BOOST_TEST(e.value("u") == -1'200'000);
    BOOST_TEST(e.value("h_count") == 1'200'000);
    BOOST_TEST(e.value("h_sum") == 600'000);
}

BOOST_AUTO_TEST_CASE(the_limit_holds_among_threads) {
    metrics_options o;
    o.max_series = 20;
    metrics_registry m(o);
    std::vector<std::thread> some;
    for (int t = 0; t < 4; ++t)
        some.emplace_back([&, t] {
            const auto c = m.counter("c_total", "", "x").value();
            for (int i = 0; i < 200; ++i) c.with(std::to_string(t) + "." + std::to_string(i)).add();
        });
    for (auto& t : some) t.join();
    const exposition e(text_of(m));
    BOOST_TEST(e.families.at("c_total").samples.size() == 21u);
    BOOST_TEST(e.value("c_total", {{"x", "other"}}) == 780);
    BOOST_TEST(e.value("llmx_metrics_overflow_total", {{"metric", "c_total"}}) == 780);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_metrics_unit
