// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/detail/caller_table.hpp>
#include <llmx/policies/detail/circuit.hpp>
#include <llmx/policies/gcra.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/least_busy.hpp>
#include <llmx/policies/route.hpp>

#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <barrier>
#include <latch>
#include <thread>
#include <vector>

namespace threads_unit {

// State that several cores use at once, under real threads: for ThreadSanitizer, and for
// what must add up however the threads interleave. Iterations are bounded, nothing waits
// for a clock.

using namespace llmx;

namespace {

constexpr int cores = 4;

time_point at_second(double s) {
    return time_point(std::chrono::hours(1)) + std::chrono::duration_cast<duration>(std::chrono::duration<double>(s));
}

/// Runs \p work(core) on all cores at the same time.
template <class F> void together(F work) {
    std::barrier<> start(cores);
    std::vector<std::thread> threads;
    for (int core = 0; core < cores; ++core)
        threads.emplace_back([&, core] {
            start.arrive_and_wait();
            work(core);
        });
    for (auto& t : threads) t.join();
}

/// One core's runtime with real executors; its sleeps end only when they are cancelled.
class core_runtime final : public runtime {
public:
    explicit core_runtime(boost::asio::any_io_executor ex, std::uint64_t seed)
        : executor_(std::move(ex)), random_(seed) {}
    time_point now() const noexcept override { return at_second(0); }
    std::int64_t unix_seconds() const noexcept override { return 0; }
    std::uint64_t random() noexcept override { return random_(); }
    boost::asio::awaitable<result<void>> sleep_until(time_point, cancellation& stop) override {
        if (stop.cancelled()) co_return error(errc::cancelled);
        boost::asio::steady_timer never(executor_, time_point::max());
        const cancellation::registration tied(
            stop, [](void* t) noexcept { static_cast<boost::asio::steady_timer*>(t)->cancel(); }, &never);
        boost::system::error_code ignored;
        co_await never.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        co_return error(errc::cancelled);
    }
    http_transport& transport() noexcept override { return network_; }
    boost::asio::any_io_executor executor() noexcept override { return executor_; }

private:
    boost::asio::any_io_executor executor_;
    random_bits random_;
    testing::scripted_transport network_;
};

/// Counts who is inside, and gives way in the middle so that others come in between.
struct busy_service {
    struct counters {
        std::atomic<int> inside{0}, most{0}, served{0};
    };
    explicit busy_service(counters& c) : seen(&c) {}
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        const int now = seen->inside.fetch_add(1) + 1;
        int most = seen->most.load();
        while (most < now && !seen->most.compare_exchange_weak(most, now)) {}
        for (int i = 0; i < 3; ++i) co_await boost::asio::post(c.on->executor(), boost::asio::use_awaitable);
        seen->inside.fetch_sub(1);
        seen->served.fetch_add(1);
        reply r;
        co_return std::move(r);
    }
    time_point available_at(const deployment&, time_point now) const noexcept { return now; }
    void adopt(busy_service&) {}
    counters* seen;
};

std::shared_ptr<const topology> world_of(std::size_t n, std::uint32_t parallel = 0) {
    std::vector<deployment> ds(n);
    for (std::size_t i = 0; i < n; ++i) {
        ds[i].id = "d" + std::to_string(i);
        ds[i].model_group = "g";
        ds[i].provider = ds[i].model = "x";
        ds[i].max_parallel = parallel;
    }
    return topology::make(std::move(ds)).value();
}

/// Sends \p calls through \p top on each core, \p at_once of them at the same time.
template <class Top> void drive(Top& top, std::shared_ptr<const topology> world, int calls, int at_once, bool pin) {
    together([&](int core) {
        boost::asio::io_context io(1);
        core_runtime on(io.get_executor(), static_cast<std::uint64_t>(core) + 1);
        const auto chain = [](Top& t, runtime& r, std::shared_ptr<const topology> w, int n,
                              bool pinned) -> boost::asio::awaitable<void> {
            for (int i = 0; i < n; ++i) {
                call_context ctx;
                call c(r, ctx);
                c.model = "g";
                c.world = w.get();
                c.group = w->find("g");
                if (pinned) c.now.target = &w->deployments()[0];
                const auto made = co_await t(c);
                if (made.has_value()) c.finish(outcome());
            }
        };
        for (int i = 0; i < at_once; ++i)
            boost::asio::co_spawn(io, chain(top, on, world, calls / at_once, pin), [](std::exception_ptr) {});
        io.run();
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(policies_threads)

BOOST_AUTO_TEST_CASE(gcra_hands_out_every_unit_once) {
    gcra g;
    const gcra_rate r(6000, 400'000);
    std::atomic<int> taken{0};
    together([&](int) {
        int mine = 0;
        for (int i = 0; i < 200'000; ++i) mine += g.try_take(1, at_second(0), r) == duration::zero();
        taken.fetch_add(mine);
    });
    BOOST_TEST(taken.load() == 400'000);
    together([&](int) {
        for (int i = 0; i < 50'000; ++i) g.settle(i % 2 == 0 ? -2 : 1, at_second(0), r);
    });
    BOOST_TEST((g.ready_at(400'000, at_second(0), r) == at_second(3000)));
}

BOOST_AUTO_TEST_CASE(callers_keep_their_accounts) {
    detail::caller_table table(256);
    const gcra_rate r(60, 1000);
    for (int i = 0; i < 8; ++i) BOOST_TEST(table.find("caller" + std::to_string(i), true, at_second(0)) != nullptr);
    std::atomic<int> taken{0};
    together([&](int) {
        int mine = 0;
        for (int i = 0; i < 12'000; ++i) {
            auto* const a = table.find("caller" + std::to_string(i % 8), true, at_second(0));
            mine += a->requests.try_take(1, at_second(0), r) == duration::zero();
        }
        taken.fetch_add(mine);
    });
    BOOST_TEST(taken.load() == 8000);
    together([&](int core) { // far more callers than places
        for (int i = 0; i < 3000; ++i)
            if (auto* const a = table.find(std::to_string(core * 10'000 + i), true, at_second(0)))
                (void)a->requests.try_take(1, at_second(0), r);
    });
    BOOST_TEST(table.capacity() == 256u);
}

BOOST_AUTO_TEST_CASE(circuit_lets_one_probe_through) {
    detail::circuit c;
    detail::circuit::rules r;
    r.cool_down = r.max_cool_down = std::chrono::seconds(1);
    r.window = std::chrono::seconds(60);
    constexpr int rounds = 2000;
    std::barrier<> turn(cores);
    std::atomic<int> granted{0};
    int wrong = 0;
    together([&](int core) {
        for (int round = 0; round < rounds; ++round) {
            const time_point opened = at_second(round * 100);
            if (core == 0) {
                detail::circuit::pass p(c, opened);
                p.failed(detail::circuit::verdict::open, duration(), opened, r);
                granted.store(0);
            }
            turn.arrive_and_wait();
            const time_point back = c.available_at(opened);
            turn.arrive_and_wait(); // none has tried before all are notified
            detail::circuit::pass p(c, back);
            if (p) granted.fetch_add(1);
            turn.arrive_and_wait(); // none is done before all have tried
            if (core == 0) wrong += granted.load() != 1;
            if (p) p.failed(detail::circuit::verdict::fails, duration(), back, r);
            turn.arrive_and_wait();
        }
    });
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(circuit_never_has_two_probes) {
    detail::circuit c;
    detail::circuit::rules r;
    r.cool_down = r.max_cool_down = std::chrono::seconds(1);
    {
        detail::circuit::pass p(c, at_second(0));
        p.failed(detail::circuit::verdict::open, duration(), at_second(0), r);
    }
    std::atomic<int> inside{0}, most{0}, granted{0};
    together([&](int) {
        for (int i = 0; i < 100'000; ++i) {
            const detail::circuit::pass p(c, at_second(1));
            if (!p) continue;
            const int now = inside.fetch_add(1) + 1;
            if (now > most.load()) most.store(now);
            inside.fetch_sub(1);
            granted.fetch_add(1);
        } // abandoned
    });
    BOOST_TEST(granted.load() > 0);
    BOOST_TEST(most.load() == 1);
    BOOST_TEST((c.available_at(at_second(1)) == at_second(1)));
}

BOOST_AUTO_TEST_CASE(circuit_ends_consistent) {
    detail::circuit c;
    detail::circuit::rules r;
    r.cool_down = std::chrono::seconds(1);
    r.max_cool_down = std::chrono::seconds(2);
    r.window = std::chrono::seconds(60);
    together([&](int core) {
        random_bits random(static_cast<std::uint64_t>(core) + 1);
        for (int i = 0; i < 50'000; ++i) {
            const time_point now = at_second(i * 0.01);
            detail::circuit::pass p(c, now);
            if (!p) continue;
            switch (random.below(4)) {
            case 0: p.failed(detail::circuit::verdict::fails, duration(), now, r); break;
            case 1: break; // abandoned
            default: p.succeeded(now, r);
            }
        }
    });
    // No probe is lost: with time and successes it always closes again.
    time_point now = at_second(1000);
    for (int i = 0; i < 200; ++i, now += std::chrono::seconds(1)) {
        detail::circuit::pass p(c, now);
        BOOST_REQUIRE(static_cast<bool>(p));
        p.succeeded(now, r);
    }
    std::vector<std::unique_ptr<detail::circuit::pass>> many;
    for (int i = 0; i < 50; ++i) {
        many.push_back(std::make_unique<detail::circuit::pass>(c, now));
        BOOST_TEST(static_cast<bool>(*many.back()));
    }
}

BOOST_AUTO_TEST_CASE(a_gate_never_holds_more_than_its_bound) {
    detail::parallel_gate gate;
    std::atomic<int> inside{0}, most{0}, entered{0};
    together([&](int) {
        for (int i = 0; i < 100'000; ++i) {
            if (!gate.try_enter(2)) continue;
            const int now = inside.fetch_add(1) + 1;
            if (now > most.load()) most.store(now);
            inside.fetch_sub(1);
            entered.fetch_add(1);
            gate.leave(2);
        }
    });
    BOOST_TEST(entered.load() > 0);
    BOOST_TEST(most.load() <= 2);
    BOOST_TEST(gate.inside() == 0u);
}

BOOST_AUTO_TEST_CASE(concurrency_is_kept_across_cores) {
    const auto world = world_of(1, 3);
    busy_service::counters seen;
    concurrency_limit::layer<busy_service> top(concurrency_limit(0, 1000), world, busy_service(seen));
    drive(top, world, 600, 20, true);
    BOOST_TEST(seen.served.load() == cores * 600);
    BOOST_TEST(seen.most.load() <= 3);
    BOOST_TEST(seen.inside.load() == 0);
    BOOST_TEST((top.available_at(world->deployments()[0], at_second(0)) == at_second(0)));
}

template <class R> void strategy_counts_to_zero(R how) {
    const auto world = world_of(5);
    busy_service::counters seen;
    typename route<R>::template layer<busy_service> top(route<R>(std::move(how)), world, busy_service(seen));
    drive(top, world, 500, 10, false);
    BOOST_TEST(seen.served.load() == cores * 500);
}

BOOST_AUTO_TEST_CASE(strategies_on_all_cores) {
    strategy_counts_to_zero(least_busy());
    strategy_counts_to_zero(latency());
    strategy_counts_to_zero(weighted());
    least_busy r;
    least_busy::state s;
    together([&](int) {
        for (int i = 0; i < 5000; ++i) {
            r.started(s, at_second(0));
            r.finished(s, outcome(), at_second(0));
        }
    });
    BOOST_TEST(s.in_flight.load() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_unit
