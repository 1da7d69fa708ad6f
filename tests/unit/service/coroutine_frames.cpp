// SPDX-License-Identifier: BSL-1.0
// The frames of coroutines that return a result. tests/consumer/run builds this file alone with both compilers, with and
// without optimisation, under AddressSanitizer and UndefinedBehaviorSanitizer.
#include <llmx/awaitable.hpp>

#include "../../support/allocations.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace coroutine_frames_unit {

namespace {

namespace asio = boost::asio;
using llmx::errc;
using llmx::frame_cache;
using llmx::result;
template <class T> using task = asio::awaitable<result<T>>;

template <class T> T run(asio::io_context& io, asio::awaitable<T> work) {
    std::optional<T> got;
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
        thrown = e;
        if (!e) got.emplace(std::move(value));
    });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*got);
}

/// Leaves the stack, so that what follows runs from the io_context.
task<void> settle() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return llmx::success();
}

task<int> sum_to(int n) {
    if (n == 0) co_return 0;
    const auto settled = co_await settle();
    if (!settled) co_return settled.error();
    const auto rest = co_await sum_to(n - 1);
    if (!rest) co_return rest.error();
    co_return n + *rest;
}

/// A result whose move is noticed, in a frame with more than the result.
task<std::unique_ptr<std::string>> move_only(std::string text) {
    auto made = std::make_unique<std::string>(text + text);
    const auto settled = co_await settle();
    if (!settled) co_return settled.error();
    co_return made;
}

task<int> through_reference(int& n, const std::string& text) {
    const auto settled = co_await settle();
    if (!settled) co_return settled.error();
    n += static_cast<int>(text.size());
    co_return n;
}

task<int> throwing(bool late) {
    if (late) {
        const auto settled = co_await settle();
        if (!settled) co_return settled.error();
    }
    throw std::runtime_error("thrown inside");
}

task<std::string> catching(bool late) {
    std::string caught;
    try {
        const auto never = co_await throwing(late);
        if (never) caught = "nothing";
    } catch (const std::runtime_error& e) {
        caught = e.what();
    }
    const auto settled = co_await settle();
    if (!settled) co_return settled.error();
    co_return caught;
}

struct counted {
    explicit counted(int& n) : alive(&n) { ++*alive; }
    counted(const counted& other) : alive(other.alive) { ++*alive; }
    counted& operator=(const counted&) = delete;
    ~counted() { --*alive; }
    int* alive;
};

task<counted> waits_forever(asio::steady_timer& timer, counted value, int& alive) {
    const counted local(alive);
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
    co_return value;
}
task<int> outer_of(asio::steady_timer& timer, int& alive) {
    const counted mine(alive);
    const auto got = co_await waits_forever(timer, mine, alive);
    co_return got ? 1 : 0;
}

/// A frame larger than what is kept.
task<int> large(int n) {
    std::array<int, 4096> many{};
    many[static_cast<std::size_t>(n)] = n;
    const auto settled = co_await settle();
    if (!settled) co_return settled.error();
    co_return many[static_cast<std::size_t>(n)];
}

struct session;
} // namespace
} // namespace coroutine_frames_unit

template <> inline constexpr bool llmx::detail::keeps_frames<coroutine_frames_unit::session> = true;

namespace coroutine_frames_unit {
namespace {

/// Stands for the object that coroutines of the library work on.
struct session {
    session() = default;
    asio::awaitable<bool> ask(int n) {
        const auto sum = co_await sum_to(n);
        std::string text(static_cast<std::size_t>(n), 'x');
        last = sum ? *sum : -1;
        co_await pause(text);
        co_return last == n * (n + 1) / 2;
    }
    asio::awaitable<void> pause(const std::string& text) {
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        asio::steady_timer timer(executor, std::chrono::hours(0));
        const auto [ec] = co_await timer.async_wait(asio::as_tuple(asio::deferred));
        BOOST_TEST(!ec);
        if (text.size() == 13) throw std::runtime_error("thirteen");
    }
    int last = 0;
};
asio::awaitable<std::unique_ptr<int>> made_by(session& s, asio::steady_timer* forever, int& alive) {
    const counted mine(alive);
    const auto state = co_await asio::this_coro::cancellation_state;
    BOOST_TEST((state.cancelled() == asio::cancellation_type::none));
    if (forever != nullptr) co_await forever->async_wait(asio::deferred);
    const bool right = co_await s.ask(4);
    co_return std::make_unique<int>(right ? s.last : 0);
}

struct loose {
    loose() = default;
    alignas(alignof(result<std::string>)) unsigned char bytes[sizeof(result<std::string>)];
};

} // namespace

BOOST_AUTO_TEST_SUITE(service_coroutine_frames)

#if defined(LLMX_RECYCLES_FRAMES)

BOOST_AUTO_TEST_CASE(the_promise_has_the_layout_of_the_one_that_asio_would_use) {
    using ours = asio::detail::awaitable_frame<result<std::string>, asio::any_io_executor>;
    using theirs = asio::detail::awaitable_frame<loose, asio::any_io_executor>;
    static_assert(sizeof(ours) == sizeof(theirs) && alignof(ours) == alignof(theirs));
    static_assert(std::is_same_v<std::coroutine_traits<task<std::string>, int>::promise_type, ours>);
    // Coroutines of the program around llmx keep Asio's promise.
    using foreign = std::coroutine_traits<asio::awaitable<int>>::promise_type;
    static_assert(std::is_same_v<foreign, asio::detail::awaitable_frame<int, asio::any_io_executor>>);
    BOOST_TEST(sizeof(ours) > sizeof(result<std::string>));
}

BOOST_AUTO_TEST_CASE(coroutines_of_a_class_that_keeps_frames_have_their_own_promise) {
    using of_session = std::coroutine_traits<asio::awaitable<bool>, session&, int>::promise_type;
    static_assert(std::is_same_v<of_session, llmx::detail::kept_frame<bool>>);
    using of_int = std::coroutine_traits<asio::awaitable<bool>, int>::promise_type;
    static_assert(std::is_same_v<of_int, asio::detail::awaitable_frame<bool, asio::any_io_executor>>);
    using of_result = std::coroutine_traits<task<bool>, session&>::promise_type;
    static_assert(std::is_same_v<of_result, asio::detail::awaitable_frame<result<bool>, asio::any_io_executor>>);
    BOOST_TEST(sizeof(of_session) == sizeof(of_int));
}

BOOST_AUTO_TEST_CASE(nested_coroutines_allocate_nothing_once_their_frames_are_kept) {
    asio::io_context io(1);
    const auto loop = []() -> task<std::size_t> {
        std::size_t before = 0;
        for (int i = 0; i < 50; ++i) {
            if (i == 10) before = llmx_test::allocations_of_thread();
            const auto sum = co_await sum_to(12);
            if (!sum) co_return sum.error();
        }
        co_return llmx_test::allocations_of_thread() - before;
    };
    BOOST_TEST(run(io, loop()).value() == 0u);
}

BOOST_AUTO_TEST_CASE(frames_are_kept_when_their_coroutine_has_ended) {
    frame_cache::of_thread().clear();
    BOOST_TEST(frame_cache::of_thread().kept() == 0u);
    asio::io_context io(1);
    BOOST_TEST(run(io, sum_to(3)).value() == 6);
    BOOST_TEST(frame_cache::of_thread().kept() > 0u);
    frame_cache::of_thread().clear();
}

#endif

BOOST_AUTO_TEST_CASE(values_failures_and_move_only_results_arrive) {
    asio::io_context io(1);
    BOOST_TEST(run(io, sum_to(10)).value() == 55);
    BOOST_TEST(*run(io, move_only("ab")).value() == "abab");
    int n = 2;
    const std::string text = "abc";
    BOOST_TEST(run(io, through_reference(n, text)).value() == 5);
    BOOST_TEST(n == 5);
    const auto failing = []() -> task<std::string> { co_return errc::shed; };
    BOOST_TEST((run(io, failing()).error().value() == errc::shed));
}

BOOST_AUTO_TEST_CASE(coroutines_of_a_class_await_what_others_do) {
    asio::io_context io(1);
    session s;
    int alive = 0;
    BOOST_TEST(run(io, s.ask(5)));
    BOOST_TEST(*run(io, made_by(s, nullptr, alive)) == 10);
    BOOST_CHECK_THROW((void)run(io, s.ask(13)), std::runtime_error);
    BOOST_TEST(alive == 0);
    {
        asio::io_context ending(1);
        asio::steady_timer timer(ending, std::chrono::hours(1));
        asio::co_spawn(ending, made_by(s, &timer, alive), [](std::exception_ptr, std::unique_ptr<int>) {});
        ending.poll();
        BOOST_TEST(alive == 1);
    }
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(exceptions_leave_the_coroutine_and_its_frame) {
    asio::io_context io(1);
    for (const bool late : {false, true}) {
        BOOST_TEST(run(io, catching(late)).value() == "thrown inside");
        BOOST_CHECK_THROW((void)run(io, throwing(late)), std::runtime_error);
    }
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_never_began_is_destroyed) {
    int alive = 0;
    {
        asio::io_context io(1);
        asio::steady_timer timer(io);
        const auto never = outer_of(timer, alive);
        const auto moved = waits_forever(timer, counted(alive), alive);
        BOOST_TEST(never.valid());
        BOOST_TEST(alive == 1);
    }
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(a_coroutine_is_destroyed_where_it_is_suspended) {
    int alive = 0;
    bool completed = false;
    {
        asio::io_context io(1);
        asio::steady_timer timer(io, std::chrono::hours(1));
        asio::co_spawn(io, outer_of(timer, alive), [&completed](std::exception_ptr, result<int>) { completed = true; });
        io.poll();
        BOOST_TEST(alive > 0);
    }
    BOOST_TEST(alive == 0);
    BOOST_TEST(!completed);
}

BOOST_AUTO_TEST_CASE(cancellation_reaches_the_innermost_wait) {
    int alive = 0;
    asio::io_context io(1);
    asio::steady_timer timer(io, std::chrono::hours(1));
    asio::cancellation_signal stop;
    int got = 0;
    asio::co_spawn(io, outer_of(timer, alive),
                   asio::bind_cancellation_slot(stop.slot(), [&got](std::exception_ptr e, result<int> r) {
                       got = e ? 2 : r.has_value() ? *r : 3;
                   }));
    io.poll();
    stop.emit(asio::cancellation_type::terminal);
    io.run();
    BOOST_TEST(got != 0);
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(a_frame_too_large_to_keep_works) {
    asio::io_context io(1);
    BOOST_TEST(run(io, large(7)).value() == 7);
    frame_cache& cache = frame_cache::of_thread();
    cache.clear();
    void* const p = cache.take(frame_cache::largest + 1);
    cache.give(p, frame_cache::largest + 1);
    BOOST_TEST(cache.kept() == 0u);
}

BOOST_AUTO_TEST_CASE(a_frame_is_freed_by_another_thread_than_its_own) {
    asio::io_context io(1);
    asio::steady_timer timer(io);
    int alive = 0;
    std::vector<task<int>> made;
    for (int i = 0; i < 100; ++i) made.push_back(outer_of(timer, alive));
    std::thread([frames = std::move(made)]() mutable {
        frames.clear();
        BOOST_TEST(frame_cache::of_thread().kept() <= frame_cache::most_kept);
    }).join();
    // What a thread makes and leaves behind when it exits is freed here.
    std::vector<task<int>> theirs;
    std::thread([&] {
        for (int i = 0; i < 100; ++i) theirs.push_back(outer_of(timer, alive));
    }).join();
    theirs.clear();
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(threads_run_coroutines_of_one_context) {
    asio::io_context io(2);
    int done = 0;
    asio::co_spawn(io, sum_to(2000), [&done](std::exception_ptr, result<int> r) { done = *r; });
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([&io] { io.run(); });
    for (std::thread& t : threads) t.join();
    BOOST_TEST(done == 2001000);
}

BOOST_AUTO_TEST_CASE(a_thread_keeps_no_more_than_is_stated) {
    std::thread([] {
        frame_cache& cache = frame_cache::of_thread();
        std::size_t most = 0;
        for (std::size_t size = 1; size <= frame_cache::largest + 500; size += 50) {
            std::vector<void*> taken(200);
            for (void*& p : taken) p = cache.take(size);
            for (void* p : taken) cache.give(p, size);
            most = std::max(most, cache.kept());
        }
        BOOST_TEST(most <= frame_cache::most_kept);
        BOOST_TEST(most > frame_cache::most_kept / 2);
        cache.clear();
        BOOST_TEST(cache.kept() == 0u);
    }).join();
}

BOOST_AUTO_TEST_CASE(a_block_serves_only_sizes_that_fit_into_it) {
    frame_cache& cache = frame_cache::of_thread();
    cache.clear();
    void* const small = cache.take(frame_cache::step);
    cache.give(small, frame_cache::step);
    void* const larger = cache.take(frame_cache::step + 1);
    BOOST_TEST(larger != small);
    void* const again = cache.take(1);
    BOOST_TEST(again == small);
    cache.give(again, 1);
    cache.give(larger, frame_cache::step + 1);
    BOOST_TEST(cache.kept() == 3 * frame_cache::step);
    cache.clear();
}

namespace {
/// Freed by its thread's exit, after the cache of that thread was returned.
struct late_frame {
    late_frame() = default;
    late_frame(const late_frame&) = delete;
    late_frame& operator=(const late_frame&) = delete;
    ~late_frame() {
        if (memory != nullptr) frame_cache::of_thread().give(memory, 200);
    }
    void* memory = nullptr;
};
} // namespace

BOOST_AUTO_TEST_CASE(a_frame_freed_while_its_thread_exits_is_not_kept) {
    // A leak would be reported by the leak checker.
    std::thread([] {
        static thread_local late_frame late;
        late.memory = frame_cache::of_thread().take(200);
        void* const other = frame_cache::of_thread().take(200);
        frame_cache::of_thread().give(other, 200);
    }).join();
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace coroutine_frames_unit
