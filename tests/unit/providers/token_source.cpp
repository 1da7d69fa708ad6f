// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/service/background.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace token_source_unit {

using namespace llmx;
using namespace std::chrono_literals;
using step = token_schedule::step;

namespace {

const time_point start{1000h};

/// Tokens out of a scripted exchange: the body is the token, and its lifetime is the test's choice.
struct scripted_source final : token_source {
    explicit scripted_source(std::string who, duration life = 1h) : name(std::move(who)), lifetime(life) {
        to.host = "tokens.test";
    }
    std::string name;
    duration lifetime;
    /// Time that the server takes.
    duration takes{};
    origin to;

    [[nodiscard]] std::string_view identity() const noexcept override { return name; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        const result<void> waited = co_await on.sleep_until(on.now() + takes, stop);
        if (!waited) co_return waited.error();
        http_request out;
        out.to = &to;
        out.target = "/" + name;
        result<http_response> got = co_await on.transport().exchange(out, limits, stop);
        if (!got) co_return got.error();
        std::string body;
        const result<void> read = co_await got->body->read_all(body);
        if (!read) co_return read.error();
        if (got->status != 200) co_return error(errc::authentication, "refused");
        access_token token;
        token.text = secret(std::move(body));
        token.lifetime = lifetime;
        co_return token;
    }
};

/// A core without a network, driven step by step.
struct core {
    // The frames of what still runs are destroyed with the context, before the network.
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    std::optional<testing::manual_runtime> runtime;
    std::shared_ptr<scripted_source> source = std::make_shared<scripted_source>("a");
    deployment d;
    http_limits limits;

    core() {
        runtime.emplace(network, io.get_executor());
        runtime->hold_sleeps(true);
        network.use_clock(runtime->clock());
        d.id = "vertex-1";
    }

    /// A call that needs a token.
    struct call {
        cancellation stop;
        http_limits limits;
        std::optional<result<access_token_ptr>> got;
        [[nodiscard]] std::string text() const { return got && *got ? std::string((**got)->text.reveal()) : std::string(); }
        [[nodiscard]] errc code() const { return got && got->has_error() ? got->error().value() : errc{}; }
        [[nodiscard]] std::string message() const { return got && got->has_error() ? got->error().message() : std::string(); }
    };
    static boost::asio::awaitable<void> run_call(core& c, std::shared_ptr<call> k) {
        k->got.emplace(co_await token_for(*c.runtime, c.source, c.d, k->limits, k->stop));
    }
    std::shared_ptr<call> begin() {
        auto k = std::make_shared<call>();
        k->limits = limits;
        boost::asio::co_spawn(io, run_call(*this, k), boost::asio::detached);
        drive();
        return k;
    }
    void drive() {
        io.restart();
        while (io.poll() != 0) {}
    }
    void advance(duration by) {
        runtime->advance(by);
        drive();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(token_schedule_decides)

BOOST_AUTO_TEST_CASE(without_a_token_one_call_fetches_and_the_others_wait) {
    token_schedule s;
    BOOST_TEST((s.at(start) == step::fetch));
    s.began();
    BOOST_TEST((s.at(start) == step::wait));
    s.gave_up();
    BOOST_TEST((s.at(start) == step::fetch));
}

BOOST_AUTO_TEST_CASE(a_token_is_refreshed_five_minutes_before_its_end_and_used_until_ten_seconds_before) {
    token_schedule s;
    s.began();
    s.succeeded(start, 1h);
    BOOST_TEST((s.at(start) == step::use));
    BOOST_TEST((s.at(start + 55min - 1ns) == step::use));
    BOOST_TEST((s.at(start + 55min) == step::refresh));
    s.began();
    BOOST_TEST((s.at(start + 56min) == step::use));
    BOOST_TEST((s.at(start + 1h - 10s) == step::wait));
    s.gave_up();
    BOOST_TEST((s.at(start + 1h - 10s) == step::fetch));
}

BOOST_AUTO_TEST_CASE(a_short_token_is_refreshed_a_tenth_of_its_life_before_its_end) {
    token_schedule s;
    s.succeeded(start, 100s);
    BOOST_TEST((s.at(start + 90s - 1ns) == step::use));
    s.succeeded(start, 300s);
    BOOST_TEST((s.at(start + 270s - 1ns) == step::use));
    BOOST_TEST((s.at(start + 270s) == step::refresh));
    BOOST_TEST((s.at(start + 290s) == step::fetch));
}

BOOST_AUTO_TEST_CASE(a_failed_refresh_leaves_the_token_and_is_tried_again_later_and_later) {
    token_schedule s;
    s.succeeded(start, 1h);
    time_point now = start + 55min;
    for (const duration pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        BOOST_TEST((s.at(now) == step::refresh));
        s.began();
        s.failed(now);
        BOOST_TEST((s.at(now + pause - 1ns) == step::use));
        now += pause;
    }
    BOOST_TEST((s.at(start + 1h) == step::fetch));
    s.began();
    s.failed(start + 1h);
    BOOST_TEST((s.at(start + 1h) == step::refuse));
    BOOST_TEST((s.at(start + 1h + 60s) == step::fetch));
    s.succeeded(start + 2h, 1h);
    s.began();
    s.failed(start + 3h);
    BOOST_TEST((s.at(start + 3h + 1s) == step::fetch), "a success forgets the failures before");
}

BOOST_AUTO_TEST_CASE(any_lifetime_is_within_the_clock) {
    token_schedule s;
    s.succeeded(start, duration::max());
    BOOST_TEST((s.at(start + 24h * 300) == step::use));
    s.succeeded(start, duration::min());
    BOOST_TEST((s.at(start) == step::fetch));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(token_source_cache)

BOOST_FIXTURE_TEST_CASE(a_hundred_concurrent_calls_make_one_fetch, core) {
    network.reply(200, "t1");
    source->takes = 1s;
    std::vector<std::shared_ptr<call>> calls;
    for (int i = 0; i < 100; ++i) calls.push_back(begin());
    for (const auto& c : calls) BOOST_TEST_REQUIRE(!c->got.has_value());
    BOOST_TEST(runtime->in_background() == 1u);
    advance(1s);
    for (const auto& c : calls) BOOST_TEST_REQUIRE(c->text() == "t1");
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(network.calls() == 1u);
    BOOST_TEST(runtime->in_background() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_refresh_runs_in_the_background_while_the_old_token_serves, core) {
    network.reply(200, "t1");
    BOOST_TEST(begin()->text() == "t1");
    advance(54min);
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(network.calls() == 1u);
    network.reply(200, "t2");
    source->takes = 3s;
    advance(1min);
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(runtime->in_background() == 1u);
    advance(3s);
    BOOST_TEST(begin()->text() == "t2");
    BOOST_TEST(network.calls() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_token_that_has_expired_is_not_used, core) {
    network.reply(200, "t1");
    BOOST_TEST(begin()->text() == "t1");
    advance(2h);
    network.reply(200, "t2");
    BOOST_TEST(begin()->text() == "t2");
}

BOOST_FIXTURE_TEST_CASE(a_failed_refresh_keeps_the_token_and_waits_before_the_next, core) {
    network.reply(200, "t1");
    BOOST_TEST(begin()->text() == "t1");
    advance(55min);
    network.fail(error(errc::connect_failed));
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(network.calls() == 2u);
    network.reply(200, "t2");
    advance(1s);
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(begin()->text() == "t2");
    BOOST_TEST(network.calls() == 3u);
}

BOOST_FIXTURE_TEST_CASE(without_a_token_a_failure_is_that_of_all_calls_until_the_next_attempt, core) {
    network.fail(error(errc::connect_failed, "cannot connect"));
    const auto first = begin();
    BOOST_TEST((first->code() == errc::connect_failed));
    BOOST_TEST(first->message() == "deployment 'vertex-1': cannot connect");
    BOOST_TEST(first->got->error().is(condition::retryable));
    BOOST_TEST((first->got->error().retry_after() == std::optional<std::chrono::milliseconds>(1000ms)));
    BOOST_TEST((begin()->code() == errc::connect_failed));
    BOOST_TEST(network.calls() == 1u);
    network.reply(401, "");
    advance(1s);
    BOOST_TEST((begin()->code() == errc::authentication));
    network.reply(200, "t1");
    advance(2s);
    BOOST_TEST(begin()->text() == "t1");
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_cancelled_does_not_cancel_the_fetch_of_others, core) {
    network.reply(200, "t1");
    source->takes = 1s;
    const auto first = begin(), second = begin();
    first->stop.cancel();
    drive();
    BOOST_TEST((first->code() == errc::cancelled));
    BOOST_TEST(!second->got.has_value());
    advance(1s);
    BOOST_TEST(second->text() == "t1");
}

BOOST_FIXTURE_TEST_CASE(a_call_waits_until_its_own_deadline_and_no_longer, core) {
    network.reply(200, "t1");
    source->takes = 5s;
    limits.deadline = runtime->now() + 2s;
    const auto hurried = begin();
    limits.deadline = time_point::max();
    const auto patient = begin();
    advance(2s);
    BOOST_TEST((hurried->code() == errc::deadline_exceeded));
    advance(3s);
    BOOST_TEST(patient->text() == "t1");
}

BOOST_FIXTURE_TEST_CASE(a_token_server_that_never_answers_is_given_up_after_half_a_minute, core) {
    network.reply().stall();
    const auto waiting = begin();
    advance(29s);
    BOOST_TEST(!waiting->got.has_value());
    advance(1s);
    BOOST_TEST((waiting->code() == errc::deadline_exceeded || waiting->code() == errc::first_token_timeout));
}

BOOST_FIXTURE_TEST_CASE(a_token_that_has_expired_when_it_comes_is_a_failure_and_not_a_loop, core) {
    source->lifetime = 0s;
    network.reply_always(200, "t1");
    BOOST_TEST((begin()->code() == errc::bad_response));
    BOOST_TEST((begin()->code() == errc::bad_response));
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(identities_have_tokens_of_their_own_and_the_number_of_them_is_bounded, core) {
    token_cache& cache = runtime->use<token_cache>();
    cache.limit(2);
    network.reply_always(200, "t");
    for (const char* const who : {"a", "b", "a", "c"}) {
        source = std::make_shared<scripted_source>(who);
        BOOST_TEST(begin()->text() == "t");
    }
    BOOST_TEST(cache.size() == 2u);
    BOOST_TEST(network.calls() == 3u);
    source = std::make_shared<scripted_source>("a");
    BOOST_TEST(begin()->text() == "t");
    BOOST_TEST(network.calls() == 3u, "the one not used for the longest time was forgotten");
    source = std::make_shared<scripted_source>("b");
    BOOST_TEST(begin()->text() == "t");
    BOOST_TEST(network.calls() == 4u);
}

BOOST_FIXTURE_TEST_CASE(beyond_the_bound_nothing_under_way_is_forgotten, core) {
    runtime->use<token_cache>().limit(1);
    network.reply(200, "t");
    source->takes = 1s;
    const auto first = begin();
    source = std::make_shared<scripted_source>("b");
    BOOST_TEST((begin()->code() == errc::shed));
    advance(1s);
    BOOST_TEST(first->text() == "t");
}

BOOST_FIXTURE_TEST_CASE(without_room_in_the_background_a_call_is_shed_and_a_later_one_fetches, core) {
    runtime->background().limit(0);
    BOOST_TEST((begin()->code() == errc::shed));
    runtime->background().limit(10);
    network.reply(200, "t1");
    BOOST_TEST(begin()->text() == "t1");
    runtime->background().limit(0);
    advance(56min);
    BOOST_TEST(begin()->text() == "t1", "the token there is serves without the refresh");
    runtime->background().limit(10);
    network.reply(200, "t2");
    BOOST_TEST(begin()->text() == "t1");
    BOOST_TEST(begin()->text() == "t2");
}

BOOST_FIXTURE_TEST_CASE(tasks_that_are_cancelled_end_the_wait_of_calls, core) {
    network.reply().stall();
    const auto waiting = begin();
    runtime->background().cancel();
    drive();
    BOOST_TEST((waiting->code() == errc::shed));
    network.reply(200, "t1");
    BOOST_TEST(begin()->text() == "t1");
}

BOOST_AUTO_TEST_CASE(a_runtime_may_be_destroyed_while_a_token_is_fetched) {
    for (const bool run_on : {false, true}) {
        core c;
        c.network.reply().stall();
        const auto waiting = c.begin();
        BOOST_TEST(c.network.calls() == 1u);
        c.runtime.reset();
        if (run_on) {
            c.drive();
            BOOST_TEST((waiting->code() == errc::shed));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_bearer_token_becomes_a_field_and_one_that_cannot_is_refused, core) {
    network.reply(200, "t1");
    http_request out;
    cancellation stop;
    BOOST_TEST(testing::run(io, authorize_with_token(*runtime, source, d, out, limits, stop)).has_value());
    BOOST_TEST(out.fields == "authorization: Bearer t1\r\n");
    source = std::make_shared<scripted_source>("b");
    network.reply(200, "t2\r\nx: y");
    const auto refused = testing::run(io, authorize_with_token(*runtime, source, d, out, limits, stop));
    BOOST_TEST((refused.error() == errc::bad_response));
    BOOST_TEST(refused.error().message().find("t2") == std::string::npos);
    BOOST_TEST(out.fields == "authorization: Bearer t1\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace token_source_unit
