// SPDX-License-Identifier: BSL-1.0
// Work on another thread: where it runs, how it ends, and what outlives what. What two threads
// share shows under ThreadSanitizer.
#include <llmx/service/asio_runtime.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace threads_offload_unit {

namespace {

namespace asio = boost::asio;
using namespace llmx;

/// Work that a test defines.
class task final : public offloaded_work {
public:
    explicit task(std::function<void()> f, std::size_t n = 1) : does(std::move(f)), size(n) {}
    std::size_t bytes() const noexcept override { return size; }
    void run() override {
        ran_on = std::this_thread::get_id();
        if (does) does();
        ran = true;
    }
    std::function<void()> does;
    std::size_t size;
    std::thread::id ran_on;
    bool ran = false;
};

/// A core with nothing but its runtime.
struct core {
    asio::io_context io{1};
    testing::scripted_transport network;
    asio_runtime on{io, network};
};

/// Holds a thread until `open`, and reports that it does.
class gate {
public:
    void pass() {
        reached_.set_value();
        opened_.wait();
    }
    void wait_until_reached() { reached_future_.wait(); }
    void open() { open_.set_value(); }

private:
    std::promise<void> reached_, open_;
    std::future<void> reached_future_ = reached_.get_future();
    std::shared_future<void> opened_ = open_.get_future().share();
};

/// How an `offload` ended.
struct ending {
    std::optional<result<void>> how;
    std::exception_ptr thrown;
    std::thread::id on;
    [[nodiscard]] bool over() const { return how.has_value() || thrown != nullptr; }
    [[nodiscard]] bool cancelled() const { return how && how->has_error() && how->error().value() == errc::cancelled; }
};

void begin(core& c, offloaded_work& work, cancellation& stop, ending& e) {
    asio::co_spawn(c.io, c.on.offload(work, stop), [&e](std::exception_ptr thrown, result<void> how) {
        e.on = std::this_thread::get_id();
        e.thrown = std::move(thrown);
        if (!e.thrown) e.how = std::move(how);
    });
}

/// What a coroutine's frame owns while its work runs.
asio::awaitable<void> owns_what_it_offloads(runtime& on, std::function<void()> does, std::shared_ptr<std::string>* gone) {
    cancellation stop;
    std::string data(1000, 'x');
    const std::shared_ptr<std::string> sign = std::make_shared<std::string>("alive");
    if (gone != nullptr) *gone = sign;
    task work([&data, does = std::move(does)] {
        if (does) does();
        for (char& c : data) c = 'y';
    });
    (void)co_await on.offload(work, stop);
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_offload)

BOOST_AUTO_TEST_CASE(runs_on_another_thread_and_completes_on_this_one) {
    core c;
    cancellation stop;
    ending e;
    task work(nullptr);
    begin(c, work, stop, e);
    BOOST_TEST(!work.ran);
    c.io.run();
    BOOST_TEST(work.ran);
    BOOST_TEST((work.ran_on != std::this_thread::get_id()));
    BOOST_TEST((e.on == std::this_thread::get_id()));
    BOOST_REQUIRE(e.how);
    BOOST_TEST(e.how->has_value());
}

BOOST_AUTO_TEST_CASE(the_loop_goes_on_while_it_runs) {
    core c;
    cancellation stop;
    ending e;
    gate held;
    task work([&] { held.pass(); });
    begin(c, work, stop, e);
    c.io.poll();
    held.wait_until_reached();
    int done = 0;
    for (int i = 0; i < 100; ++i) asio::post(c.io, [&] { ++done; });
    c.io.poll();
    BOOST_TEST(done == 100);
    BOOST_TEST(!e.over());
    held.open();
    c.io.run();
    BOOST_TEST(e.over());
}

BOOST_AUTO_TEST_CASE(one_piece_after_the_other_oldest_first) {
    core c;
    cancellation stop;
    constexpr std::size_t n = 200;
    std::vector<std::size_t> order;
    std::vector<ending> ends(n);
    std::vector<std::unique_ptr<task>> tasks;
    for (std::size_t i = 0; i < n; ++i) {
        tasks.push_back(std::make_unique<task>([&order, i] { order.push_back(i); }));
        begin(c, *tasks[i], stop, ends[i]);
    }
    c.io.run();
    BOOST_REQUIRE(order.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
        BOOST_TEST(order[i] == i);
        BOOST_TEST((ends[i].how && ends[i].how->has_value()));
        BOOST_TEST((tasks[i]->ran_on == tasks[0]->ran_on));
    }
}

BOOST_AUTO_TEST_CASE(short_work_does_not_wait_for_long) {
    core c;
    cancellation stop;
    ending first, second, third;
    gate held;
    task long_one([&] { held.pass(); }, offload_long_above + 1);
    task long_two(nullptr, offload_long_above + 1);
    task short_one(nullptr, offload_long_above);
    begin(c, long_one, stop, first);
    begin(c, long_two, stop, second);
    begin(c, short_one, stop, third);
    c.io.poll();
    held.wait_until_reached();
    while (!third.over()) c.io.run_one();
    BOOST_TEST(!first.over());
    BOOST_TEST(!long_two.ran);
    held.open();
    c.io.run();
    BOOST_TEST(first.over());
    BOOST_TEST((long_one.ran_on == long_two.ran_on));
    BOOST_TEST((long_one.ran_on != short_one.ran_on));
}

BOOST_AUTO_TEST_CASE(what_it_throws_comes_out_here) {
    core c;
    cancellation stop;
    ending e, f;
    task work([] { throw std::bad_alloc(); });
    task next(nullptr);
    begin(c, work, stop, e);
    begin(c, next, stop, f);
    c.io.run();
    BOOST_REQUIRE(e.thrown);
    BOOST_CHECK_THROW(std::rethrow_exception(e.thrown), std::bad_alloc);
    BOOST_TEST((f.how && f.how->has_value()));
}

BOOST_AUTO_TEST_CASE(cancelled_before_it_begins_it_never_does) {
    core c;
    cancellation stop, other;
    ending first, second, third, fourth;
    gate held;
    task blocking([&] { held.pass(); });
    task waiting(nullptr), behind(nullptr), late(nullptr);
    begin(c, blocking, other, first);
    begin(c, waiting, stop, second);
    begin(c, behind, other, third);
    c.io.poll();
    held.wait_until_reached();
    stop.cancel();
    c.io.poll();
    // At once, and not when its turn would have come.
    BOOST_TEST(second.cancelled());
    begin(c, late, stop, fourth);
    c.io.poll();
    BOOST_TEST(fourth.cancelled());
    held.open();
    c.io.run();
    BOOST_TEST(!waiting.ran);
    BOOST_TEST(!late.ran);
    BOOST_TEST(behind.ran);
    BOOST_TEST((first.how && first.how->has_value()));
    BOOST_TEST((third.how && third.how->has_value()));
}

BOOST_AUTO_TEST_CASE(cancelled_while_it_runs_it_is_waited_for) {
    core c;
    cancellation stop;
    ending e;
    gate held;
    task work([&] { held.pass(); });
    begin(c, work, stop, e);
    c.io.poll();
    held.wait_until_reached();
    stop.cancel();
    c.io.poll();
    BOOST_TEST(!e.over());
    held.open();
    c.io.run();
    BOOST_TEST(work.ran);
    BOOST_TEST(e.cancelled());
}

BOOST_AUTO_TEST_CASE(asios_own_cancellation_means_the_same) {
    core c;
    cancellation never;
    ending running, queued;
    gate held;
    task work([&] { held.pass(); });
    task behind(nullptr);
    asio::cancellation_signal first, second;
    const auto spawn = [&](task& t, asio::cancellation_signal& by, ending& e) {
        asio::co_spawn(c.io, c.on.offload(t, never),
                       asio::bind_cancellation_slot(by.slot(), [&e](std::exception_ptr thrown, result<void> how) {
                           e.thrown = std::move(thrown);
                           if (!e.thrown) e.how = std::move(how);
                       }));
    };
    spawn(work, first, running);
    spawn(behind, second, queued);
    c.io.poll();
    held.wait_until_reached();
    first.emit(asio::cancellation_type::terminal);
    second.emit(asio::cancellation_type::terminal);
    c.io.poll();
    BOOST_TEST(!running.over());
    BOOST_TEST(queued.cancelled());
    held.open();
    c.io.run();
    BOOST_TEST(running.cancelled());
    BOOST_TEST(!behind.ran);
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_waits_for_what_runs) {
    for (const bool runtime_first : {true, false}) {
        auto io = std::make_unique<asio::io_context>(1);
        testing::scripted_transport network;
        auto on = std::make_unique<asio_runtime>(*io, network);
        gate held;
        bool second_ran = false, ended = false;
        std::shared_ptr<std::string> sign;
        asio::co_spawn(*io, owns_what_it_offloads(*on, [&] { held.pass(); ended = true; }, &sign), asio::detached);
        asio::co_spawn(*io, owns_what_it_offloads(*on, [&] { second_ran = true; }, nullptr), asio::detached);
        io->poll();
        held.wait_until_reached();
        std::thread opener([&] { held.open(); });
        if (runtime_first) on.reset();
        io.reset();
        opener.join();
        BOOST_TEST(ended);
        (void)second_ran; // it may begin before its frame goes, which then waits for it too
        BOOST_TEST(sign.use_count() == 1); // the frame is gone
    }
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_with_work_done_that_nobody_took) {
    auto io = std::make_unique<asio::io_context>(1);
    testing::scripted_transport network;
    asio_runtime on(*io, network);
    std::promise<void> ran;
    asio::co_spawn(*io, owns_what_it_offloads(on, [&] { ran.set_value(); }, nullptr), asio::detached);
    io->poll();
    ran.get_future().wait();
    io.reset();
}

BOOST_AUTO_TEST_CASE(a_runtime_may_go_before_the_work_is_done) {
    asio::io_context io(1);
    testing::scripted_transport network;
    auto on = std::make_unique<asio_runtime>(io, network);
    gate held;
    cancellation stop;
    ending e;
    task work([&] { held.pass(); });
    asio::co_spawn(io, on->offload(work, stop), [&e](std::exception_ptr, result<void> how) { e.how = std::move(how); });
    io.poll();
    held.wait_until_reached();
    on.reset();
    held.open();
    io.run();
    BOOST_TEST((e.how && e.how->has_value()));
}

BOOST_AUTO_TEST_CASE(after_the_stop_nothing_begins) {
    core c;
    cancellation stop;
    ending running, queued, late;
    gate held;
    task work([&] { held.pass(); });
    task behind(nullptr), never(nullptr);
    task long_one(nullptr, offload_long_above + 1);
    ending long_late;
    begin(c, work, stop, running);
    begin(c, behind, stop, queued);
    c.io.poll();
    held.wait_until_reached();
    std::thread opener([&] { held.open(); });
    c.on.stop_offloading();
    opener.join();
    BOOST_TEST(work.ran);
    begin(c, never, stop, late);
    begin(c, long_one, stop, long_late);
    c.io.run();
    BOOST_TEST(long_late.cancelled());
    BOOST_TEST(!long_one.ran);
    BOOST_TEST((running.how && running.how->has_value()));
    // It may have begun before the stop; it is never dropped in the middle.
    BOOST_TEST((queued.cancelled() == !behind.ran));
    BOOST_TEST(late.cancelled());
    BOOST_TEST(!never.ran);
}

BOOST_AUTO_TEST_CASE(calls_come_and_go_while_it_works) {
    // A mixture of all endings, many times: for ThreadSanitizer.
    core c;
    auto more = asio::make_work_guard(c.io);
    constexpr int n = 400;
    int over = 0;
    std::vector<std::unique_ptr<cancellation>> stops;
    std::vector<std::unique_ptr<task>> tasks;
    std::vector<std::unique_ptr<std::string>> data;
    for (int i = 0; i < n; ++i) {
        stops.push_back(std::make_unique<cancellation>());
        data.push_back(std::make_unique<std::string>(100, 'a'));
        tasks.push_back(std::make_unique<task>(
            [s = data.back().get(), i] {
                *s += std::to_string(i);
                if (i % 7 == 0) throw std::runtime_error("seven");
            },
            i % 5 == 0 ? offload_long_above + 1 : 1));
    }
    for (int i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        asio::co_spawn(c.io, c.on.offload(*tasks[at], *stops[at]),
                       [&over, s = data[at].get()](const std::exception_ptr&, const result<void>&) {
                           *s += "!";
                           ++over;
                       });
        if (i % 3 == 0) asio::post(c.io, [s = stops[at].get()] { s->cancel(); });
        if (i % 10 == 0) c.io.poll();
    }
    more.reset();
    c.io.run();
    BOOST_TEST(over == n);
}

BOOST_AUTO_TEST_CASE(a_runtime_without_another_thread_does_it_at_once) {
    testing::scripted_transport network;
    testing::manual_runtime on(network);
    cancellation stop;
    task work(nullptr);
    BOOST_TEST(testing::run(on.offload(work, stop)).has_value());
    BOOST_TEST((work.ran_on == std::this_thread::get_id()));
    BOOST_TEST(on.offloaded() == 1u);
    stop.cancel();
    task late(nullptr);
    BOOST_TEST(testing::run(on.offload(late, stop)).has_error());
    BOOST_TEST(!late.ran);
    BOOST_TEST(on.offloaded() == 1u);

    /// What a user wrote before there was `offload`.
    struct plain final : runtime {
        explicit plain(http_transport& t) : net(t) {}
        http_transport& net;
        time_point now() const noexcept override { return time_point(); }
        std::int64_t unix_seconds() const noexcept override { return 0; }
        std::uint64_t random() noexcept override { return 1; }
        asio::awaitable<result<void>> sleep_until(time_point, cancellation&) override { co_return success(); }
        http_transport& transport() noexcept override { return net; }
        asio::any_io_executor executor() noexcept override { return asio::any_io_executor(); }
    };
    plain old(network);
    cancellation go;
    task inline_work(nullptr);
    BOOST_TEST(testing::run(old.offload(inline_work, go)).has_value());
    BOOST_TEST((inline_work.ran_on == std::this_thread::get_id()));
    old.stop_offloading();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_offload_unit
