// SPDX-License-Identifier: BSL-1.0
// Work that outlives its call: limits, failures, joining, and what outlives what.
#include <llmx/server/pooled_runtime.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/service/background.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace background_unit {

using namespace llmx;
namespace asio = boost::asio;

namespace {

struct bench {
    bench() { on->hold_sleeps(true); }
    /// All that can run now.
    void poll() {
        io.restart();
        io.poll();
    }
    /// Begins to wait for the tasks; `joined` shows the end.
    void join(time_point until) {
        asio::co_spawn(io, on->background().join(until), [this](std::exception_ptr e) {
            BOOST_TEST(!e);
            joined = true;
        });
        poll();
    }
    asio::io_context io{1};
    testing::scripted_transport network;
    std::unique_ptr<testing::manual_runtime> on =
        std::make_unique<testing::manual_runtime>(network, io.get_executor());
    bool joined = false;
};

asio::awaitable<void> note(std::string& to, char what) {
    to += what;
    co_return;
}
/// Waits until \p when or its cancellation, then notes which it was.
auto sleeper(runtime& on, time_point when, std::string& to) {
    return [&on, when, &to](cancellation& stop) -> asio::awaitable<void> {
        const result<void> slept = co_await on.sleep_until(when, stop);
        to += slept ? 's' : 'c';
    };
}
/// Waits for what only Asio's cancellation ends.
asio::awaitable<void> endless(std::string& to) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
    to += 'b';
    co_await timer.async_wait(asio::deferred);
    to += 'x';
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_background)

BOOST_FIXTURE_TEST_CASE(a_task_begins_after_post_and_is_owned_by_the_group, bench) {
    std::string log;
    background_tasks& tasks = on->background();
    BOOST_TEST(&tasks == &on->use<background_tasks>());
    BOOST_TEST(tasks.post(note(log, 'a')));
    // A move-only function object, kept for as long as its coroutine runs.
    auto owned = std::make_unique<char>('b');
    BOOST_TEST(tasks.post([&log, owned = std::move(owned)]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::deferred);
        log += *owned;
    }));
    BOOST_TEST(tasks.post(sleeper(*on, on->now(), log)));
    BOOST_TEST(log.empty());
    BOOST_TEST(tasks.size() == 3u);
    poll();
    BOOST_TEST(log.size() == 3u);
    BOOST_TEST(log.find('a') != std::string::npos);
    BOOST_TEST(log.find('b') != std::string::npos);
    BOOST_TEST(log.find('s') != std::string::npos);
    BOOST_TEST(tasks.empty());
}

BOOST_FIXTURE_TEST_CASE(post_from_within_the_loop_begins_nothing_at_once, bench) {
    std::string log;
    asio::post(io, [&] {
        BOOST_TEST(on->background().post(note(log, 'a')));
        BOOST_TEST(log.empty());
    });
    poll();
    BOOST_TEST(log == "a");
}

BOOST_FIXTURE_TEST_CASE(beyond_the_limit_tasks_are_refused_and_counted, bench) {
    std::string log;
    background_tasks& tasks = on->background();
    BOOST_TEST(tasks.limit() == 1024u);
    for (std::size_t i = 0; i < 1024; ++i) BOOST_REQUIRE(tasks.post(note(log, 'a')));
    BOOST_TEST(!tasks.post(note(log, 'b')));
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> watched = held;
    BOOST_TEST(!tasks.post([held = std::move(held)]() -> asio::awaitable<void> { co_return; }));
    BOOST_TEST(watched.expired());
    BOOST_TEST(tasks.refused() == 2u);
    poll();
    BOOST_TEST(log == std::string(1024, 'a'));
    tasks.limit(1);
    BOOST_TEST(tasks.post(note(log, 'c')));
    BOOST_TEST(!tasks.post(note(log, 'c')));
    BOOST_TEST(tasks.refused() == 3u);
}

BOOST_AUTO_TEST_CASE(a_runtime_without_an_executor_refuses) {
    testing::scripted_transport network;
    testing::manual_runtime on(network);
    std::string log;
    BOOST_TEST(!on.background().post(note(log, 'a')));
    BOOST_TEST(on.background().refused() == 1u);
}

BOOST_FIXTURE_TEST_CASE(exceptions_end_their_task_alone, bench) {
    std::string log;
    background_tasks& tasks = on->background();
    BOOST_TEST(tasks.post([]() -> asio::awaitable<void> {
        throw std::runtime_error("at once");
        co_return;
    }));
    BOOST_TEST(tasks.post([]() -> asio::awaitable<void> { throw 1; }));
    BOOST_TEST(tasks.post(note(log, 'a')));
    poll();
    BOOST_TEST(log == "a");
    BOOST_TEST(tasks.failed() == 2u);
    BOOST_TEST(tasks.empty());
}

BOOST_FIXTURE_TEST_CASE(join_completes_at_once_without_tasks_and_with_the_last_task, bench) {
    join(on->now());
    BOOST_TEST(joined);
    for (const time_point until : {on->now() + std::chrono::seconds(9), time_point::max()}) {
        joined = false;
        std::string log;
        const time_point first = on->now() + std::chrono::seconds(1);
        on->background().post(sleeper(*on, first, log));
        on->background().post([&](cancellation& stop) -> asio::awaitable<void> {
            (void)co_await on->sleep_until(first, stop);
            // What a task posts is waited for too.
            on->background().post(sleeper(*on, first + std::chrono::seconds(1), log));
        });
        poll();
        join(until);
        BOOST_TEST(!joined);
        on->advance(std::chrono::seconds(1));
        poll();
        BOOST_TEST(log == "s");
        BOOST_TEST(!joined);
        on->advance(std::chrono::seconds(1));
        poll();
        BOOST_TEST(log == "ss");
        BOOST_TEST(joined);
    }
}

BOOST_FIXTURE_TEST_CASE(join_cancels_at_its_time_and_waits_for_the_end, bench) {
    std::string log;
    background_tasks& tasks = on->background();
    const time_point late = on->now() + std::chrono::hours(1), until = on->now() + std::chrono::seconds(2);
    tasks.post(sleeper(*on, late, log));
    tasks.post(endless(log));
    // Cleans up after it has been cancelled.
    tasks.post([&](cancellation& stop) -> asio::awaitable<void> {
        (void)co_await on->sleep_until(late, stop);
        cancellation never;
        (void)co_await on->sleep_until(until + std::chrono::seconds(1), never);
        log += 'd';
    });
    poll();
    join(until);
    bool second = false;
    asio::co_spawn(io, tasks.join(time_point::max()), [&](std::exception_ptr) { second = true; });
    on->advance(std::chrono::seconds(2) - std::chrono::nanoseconds(1));
    poll();
    BOOST_TEST(log == "b");
    on->advance(std::chrono::nanoseconds(1));
    poll();
    BOOST_TEST(log == "bc");
    BOOST_TEST(tasks.size() == 1u);
    BOOST_TEST(!joined);
    BOOST_TEST(!tasks.post(note(log, 'n')));
    BOOST_TEST(tasks.refused() == 1u);
    on->advance(std::chrono::seconds(1));
    poll();
    BOOST_TEST(log == "bcd");
    BOOST_TEST(joined);
    BOOST_TEST(second);
    // Being cancelled is no failure.
    BOOST_TEST(tasks.failed() == 0u);
    BOOST_TEST(tasks.post(note(log, 'e')));
    poll();
    BOOST_TEST(log == "bcde");
}

BOOST_FIXTURE_TEST_CASE(cancel_stops_those_that_there_are, bench) {
    std::string log;
    background_tasks& tasks = on->background();
    const time_point late = on->now() + std::chrono::hours(1);
    tasks.post(sleeper(*on, late, log));
    poll();
    tasks.post(sleeper(*on, late, log)); // has not begun
    tasks.cancel();
    tasks.cancel();
    tasks.post(note(log, 'n'));
    poll();
    BOOST_TEST(log.size() == 3u);
    BOOST_TEST(std::count(log.begin(), log.end(), 'c') == 2);
    BOOST_TEST(tasks.empty());
}

BOOST_FIXTURE_TEST_CASE(the_runtime_ends_before_the_tasks_and_the_loop_goes_on, bench) {
    std::string log;
    const auto held = std::make_shared<int>();
    on->background().post(sleeper(*on, on->now() + std::chrono::hours(1), log));
    on->background().post(endless(log));
    poll();
    // None of these has begun.
    on->background().post([&log](cancellation&) -> asio::awaitable<void> {
        log += '!';
        co_return;
    });
    on->background().post([&log, held]() -> asio::awaitable<void> {
        log += '!';
        co_return;
    });
    on->background().post(note(log, '!'));
    on.reset();
    poll();
    BOOST_TEST(log == "bc");
    BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(the_runtime_ends_before_the_tasks_and_the_loop_never_runs_again) {
    std::string log;
    const auto held = std::make_shared<int>();
    {
        bench b;
        const auto wait = [&b, held](cancellation& stop) -> asio::awaitable<void> {
            const auto mine = held;
            (void)co_await b.on->sleep_until(time_point::max(), stop);
        };
        b.on->background().post(wait);
        b.on->background().post(endless(log));
        b.join(time_point::max());
        b.on->background().post(wait);
        b.on.reset();
    }
    BOOST_TEST(log == "b");
    BOOST_TEST(held.use_count() == 1);
}

// The loop ends first: tasks leave a group that is still there.
BOOST_AUTO_TEST_CASE(the_loop_ends_before_the_runtime) {
    std::string log;
    testing::scripted_transport network;
    std::unique_ptr<testing::manual_runtime> on;
    {
        asio::io_context io(1);
        on = std::make_unique<testing::manual_runtime>(network, io.get_executor());
        on->hold_sleeps(true);
        on->background().post(sleeper(*on, time_point::max(), log));
        on->background().post(endless(log));
        io.poll();
        on->background().post(note(log, '!'));
        BOOST_TEST(on->background().size() == 3u);
    }
    BOOST_TEST(on->background().empty());
    BOOST_TEST(log == "b");
}

BOOST_AUTO_TEST_CASE(runtimes_with_real_time) {
    asio::io_context io(1);
    testing::scripted_transport network;
    asio_runtime plain(io, network);
    pooled_runtime pooled(io);
    for (runtime* const on : {static_cast<runtime*>(&plain), static_cast<runtime*>(&pooled)}) {
        std::string log;
        on->background().post(sleeper(*on, on->now() + std::chrono::milliseconds(1), log));
        testing::run(io, on->background().join(on->now() + std::chrono::hours(1)));
        BOOST_TEST(log == "s");
        on->background().post(sleeper(*on, on->now() + std::chrono::hours(1), log));
        on->background().post(endless(log));
        testing::run(io, on->background().join(on->now() + std::chrono::milliseconds(1)));
        BOOST_TEST(log.size() == 3u);
        BOOST_TEST(on->background().empty());
        on->background().post(sleeper(*on, time_point::max(), log));
        on->background().post(endless(log));
        io.restart();
        io.poll();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace background_unit
