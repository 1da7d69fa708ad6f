// SPDX-License-Identifier: BSL-1.0
// Background tasks and the end of a server: waited for, cancelled with the drain, left behind.
#include "support.hpp"

#include <llmx/service/background.hpp>

namespace background_unit {

using namespace llmx;
using namespace server_test;

namespace {

/// What became of the task that a call posts.
struct task_log {
    std::atomic<int> begun{0}, ended{0}, cancelled{0};
    std::atomic<bool> go{false};
};

/// Waits for \p log.go; \p deaf ignores its cancellation.
asio::awaitable<void> settle(runtime& on, task_log& log, cancellation& stop, bool deaf) {
    cancellation never;
    cancellation& heeded = deaf ? never : stop;
    ++log.begun;
    while (!log.go) {
        const result<void> slept = co_await on.sleep_until(on.now() + std::chrono::milliseconds(1), heeded);
        if (slept) continue;
        ++log.cancelled;
        co_return;
    }
    ++log.ended;
}

/// Answers, and leaves \p tasks tasks behind.
fake_gateway::behaviour leaves(task_log& log, bool deaf = false) {
    return [&log, deaf](call& c) -> asio::awaitable<result<reply>> {
        runtime& on = *c.on;
        BOOST_TEST(on.background().post([&on, &log, deaf](cancellation& stop) { return settle(on, log, stop, deaf); }));
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
}

void ask(running_server& s) {
    client c(s.port());
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().status == 200);
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_background)

BOOST_AUTO_TEST_CASE(the_drain_waits_for_tasks) {
    fake_gateway gateway;
    task_log log;
    gateway.act = leaves(log);
    running_server s(gateway);
    ask(s);
    s.host().stop();
    // The connection is gone, the drain has begun, and the task has not been cancelled.
    wait_until([&] { return log.begun == 1; });
    std::thread opener([&] { log.go = true; });
    s.join();
    opener.join();
    BOOST_TEST(log.ended == 1);
    BOOST_TEST(log.cancelled == 0);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_drain_cancels_tasks_and_the_log_has_their_number) {
    fake_gateway gateway;
    task_log log;
    gateway.act = leaves(log);
    server_options o;
    o.drain = std::chrono::milliseconds(20);
    running_server s(gateway, o);
    ask(s);
    ask(s);
    s.finish();
    BOOST_TEST(log.cancelled == 2);
    BOOST_TEST(log.ended == 0);
    BOOST_TEST(s.sink->text().find("background tasks were cancelled: 2") != std::string::npos);
}

// A task that the end of a cancelled call posts still has its time.
BOOST_AUTO_TEST_CASE(a_cancelled_call_settles) {
    fake_gateway gateway;
    task_log log;
    log.go = true;
    gateway.act = [&log](call& c) -> asio::awaitable<result<reply>> {
        runtime& on = *c.on;
        const result<void> slept = co_await on.sleep_until(time_point::max(), c.context->cancellation);
        BOOST_TEST(on.background().post([&on, &log](cancellation& stop) { return settle(on, log, stop, false); }));
        co_return slept.error();
    };
    running_server s(gateway);
    client c(s.port());
    c.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.running == 1; });
    s.host().stop();
    s.host().stop();
    s.join();
    BOOST_TEST(gateway.cancelled == 1);
    BOOST_TEST(log.ended == 1);
}

BOOST_AUTO_TEST_CASE(a_task_that_cannot_be_cancelled_does_not_outlive_what_it_uses) {
    fake_gateway gateway;
    task_log log;
    gateway.act = leaves(log, true);
    {
        running_server s(gateway);
        ask(s);
        wait_until([&] { return log.begun == 1; });
        // Drain, cancel, stop.
        for (int i = 0; i < 3; ++i) s.host().stop();
        s.join();
    }
    BOOST_TEST(log.ended == 0);
    BOOST_TEST(log.cancelled == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace background_unit
