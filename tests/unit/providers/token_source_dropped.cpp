// SPDX-License-Identifier: BSL-1.0
// Calls that wait for a token are destroyed, or the first of them is cancelled, at each turn of their context: no exchange stays
// open, the others get the token of the same fetch, and another core gets a token.
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <support/stepped_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace token_source_dropped_unit {

using namespace llmx;

namespace {

struct server_source final : token_source {
    server_source() { to.host = "tokens.test"; }
    origin to;

    [[nodiscard]] std::string_view identity() const noexcept override { return "a"; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        http_request out;
        out.to = &to;
        out.target = "/token";
        result<http_response> got = co_await on.transport().exchange(out, limits, stop);
        if (!got) co_return got.error();
        std::string body;
        const result<void> read = co_await got->body->read_all(body);
        if (!read) co_return read.error();
        access_token token;
        token.text = secret(std::move(body));
        token.lifetime = std::chrono::hours(1);
        co_return token;
    }
};

struct token_bench {
    testing::scripted_transport network;
    llmx_test::stepped_transport steps{network};
    std::shared_ptr<server_source> source = std::make_shared<server_source>();
    deployment d;
    http_limits limits;
    cancellation first, second;
    token_bench() {
        network.reply_always(200, "t").split("oken", 1);
        d.id = "vertex-1";
    }
};

boost::asio::awaitable<std::string> token_of(token_bench& b, runtime& on, cancellation& stop) {
    const result<access_token_ptr> got = co_await token_for(on, b.source, b.d, b.limits, stop);
    if (!got) co_return got.error().message();
    co_return std::string((*got)->text.reveal());
}

/// Runs two calls for at most \p turns of their context and destroys what is left of them; whether both had a token.
bool run_for(token_bench& b, std::size_t turns) {
    std::optional<boost::asio::io_context> io(std::in_place, 1);
    std::optional<testing::manual_runtime> runtime(std::in_place, b.steps, io->get_executor());
    runtime->hold_sleeps(true);
    int over = 0;
    for (cancellation* const stop : {&b.first, &b.second})
        boost::asio::co_spawn(*io, token_of(b, *runtime, *stop), [&over](const std::exception_ptr& e, const std::string& token) {
            if (e) std::rethrow_exception(e);
            over += token == "token";
        });
    for (std::size_t turn = 0; turn < turns && over < 2; ++turn) {
        BOOST_TEST_REQUIRE(io->poll_one() == 1u);
        io->restart();
    }
    io.reset();
    runtime.reset();
    return over == 2;
}

} // namespace

BOOST_AUTO_TEST_SUITE(token_source_dropped)

BOOST_AUTO_TEST_CASE(a_fetch_may_be_dropped_at_each_turn) {
    std::size_t turns = 0;
    for (bool over = false; !over; ++turns) {
        BOOST_TEST_CONTEXT("dropped after " << turns << " turns") {
            BOOST_TEST_REQUIRE(turns < 200u);
            token_bench b;
            b.steps.suspend(true);
            over = run_for(b, turns);
            BOOST_TEST(b.network.open_bodies() == 0u);
            BOOST_TEST(b.network.calls() <= 1u); // the two share one fetch
            // The source is as it was.
            boost::asio::io_context io(1);
            testing::manual_runtime fresh(b.network, io.get_executor());
            fresh.hold_sleeps(true);
            cancellation later;
            BOOST_TEST(testing::run(io, token_of(b, fresh, later)) == "token");
        }
    }
    BOOST_TEST(turns > 5u);
}

BOOST_AUTO_TEST_CASE(the_call_that_began_a_fetch_may_be_cancelled_at_each_turn) {
    std::size_t turns = 0;
    for (bool over = false; !over; ++turns) {
        BOOST_TEST_CONTEXT("cancelled after " << turns << " turns") {
            BOOST_TEST_REQUIRE(turns < 200u);
            token_bench b;
            b.steps.suspend(true);
            boost::asio::io_context io(1);
            testing::manual_runtime runtime(b.steps, io.get_executor());
            runtime.hold_sleeps(true);
            std::string first, second;
            const auto keep = [](std::string& to) {
                return [&to](const std::exception_ptr& e, std::string token) {
                    if (e) std::rethrow_exception(e);
                    to = std::move(token);
                };
            };
            boost::asio::co_spawn(io, token_of(b, runtime, b.first), keep(first));
            boost::asio::co_spawn(io, token_of(b, runtime, b.second), keep(second));
            for (std::size_t turn = 0; turn < turns && first.empty(); ++turn) {
                BOOST_TEST_REQUIRE(io.poll_one() == 1u);
                io.restart();
            }
            over = !first.empty();
            b.first.cancel();
            io.restart();
            io.run();
            BOOST_TEST(first == (over ? "token" : error(errc::cancelled).message()));
            BOOST_TEST(second == "token");
            BOOST_TEST(b.network.calls() == 1u);
            BOOST_TEST(b.network.open_bodies() == 0u);
        }
    }
    BOOST_TEST(turns > 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace token_source_dropped_unit
