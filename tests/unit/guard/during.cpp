// SPDX-License-Identifier: BSL-1.0
// Guardrails beside the call: the answer waits for them, a refusal cancels the call, and none is
// left running.
#include "fixture.hpp"

#include <llmx/policies/retry.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace guard_test::during_unit {
namespace {

struct checked_world : guarded_world {
    checked_world() {
        g = add("check", only_during);
        g->takes = std::chrono::seconds(3);
    }
    void refuses() {
        g->during = [this](call&, const chat_request&) { return g->refuse(); };
    }
    std::shared_ptr<scripted_guardrail> g;
};

/// A layer inside of the guard that edits the request while the checks run.
struct editing {
    static constexpr stage_position position = at(stage::transform);
    template <class Next> class layer : public layer_base<Next> {
    public:
        layer(const editing&, std::shared_ptr<const topology>, Next next) : layer_base<Next>(std::move(next)) {}
        boost::asio::awaitable<result<reply>> operator()(call& c) {
            const auto r = edit<chat>(c);
            if (!r) co_return r.error();
            (*r)->messages.back() = message::user("edited");
            co_return co_await this->next_(c);
        }
    };
};

} // namespace

BOOST_AUTO_TEST_SUITE(guard_during)

BOOST_FIXTURE_TEST_CASE(a_check_that_refuses_first_cancels_the_call, checked_world) {
    refuses();
    network.reply(200).stall();
    stepped s(*this);
    s.begin();
    BOOST_TEST(network.calls() == 1u);
    BOOST_TEST(!s.got.has_value());
    s.advance(3);
    BOOST_REQUIRE(s.got.has_value());
    BOOST_REQUIRE(s.got->has_error());
    BOOST_TEST((s.got->error().value() == errc::content_policy));
    BOOST_TEST(network.cancelled() == 1u);
    BOOST_TEST(!context.cancellation.cancelled());
}

BOOST_FIXTURE_TEST_CASE(an_answer_waits_for_its_checks, checked_world) {
    network.reply(200, gateway_test::openai_reply);
    stepped s(*this);
    s.begin();
    BOOST_TEST(network.open_bodies() == 0u);
    BOOST_TEST(!s.got.has_value());
    s.advance(3);
    BOOST_REQUIRE(s.got.has_value());
    BOOST_REQUIRE(s.got->has_value());
    BOOST_TEST((*s.got)->text() == "Hello");
}

BOOST_FIXTURE_TEST_CASE(an_answer_whose_check_refuses_later_is_withheld, checked_world) {
    refuses();
    network.reply(200, gateway_test::openai_reply);
    stepped s(*this);
    s.begin();
    s.advance(3);
    BOOST_REQUIRE(s.got.has_value());
    BOOST_REQUIRE(s.got->has_error());
    BOOST_TEST((s.got->error().value() == errc::content_policy));
    BOOST_TEST(context.report.tokens.output_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(a_check_that_passes_first_changes_nothing, checked_world) {
    network.reply(200).stall();
    stepped s(*this);
    s.begin();
    s.advance(3);
    BOOST_TEST(log.back() == "check:done");
    BOOST_TEST(!s.got.has_value());
    context.cancellation.cancel();
    s.go_on();
    BOOST_REQUIRE(s.got.has_value());
    BOOST_TEST((s.got->error().value() == errc::cancelled));
}

BOOST_FIXTURE_TEST_CASE(a_check_that_refuses_at_once_saves_the_call, checked_world) {
    refuses();
    g->takes = duration::zero();
    const auto second = add("second", only_during);
    const auto r = testing::run(gw().chat(runtime, context, question));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::content_policy));
    BOOST_TEST(network.calls() == 0u);
    BOOST_TEST(log.back() == "check:done");
}

BOOST_FIXTURE_TEST_CASE(a_call_that_fails_cancels_its_checks_and_its_failure_counts, checked_world) {
    refuses();
    network.reply(400, R"({"error":{"message":"bad","type":"invalid_request_error"}})");
    stepped s(*this);
    s.begin();
    BOOST_REQUIRE(s.got.has_value());
    BOOST_TEST((s.got->error().value() == errc::invalid_request));
    BOOST_TEST(log.back() == "check:cancelled");
    BOOST_TEST(runtime.clock().waiting() == 0u);
}

BOOST_FIXTURE_TEST_CASE(one_refusal_cancels_the_other_checks_too, checked_world) {
    refuses();
    const auto slow = add("slow", only_during);
    slow->takes = std::chrono::seconds(60);
    network.reply(200, gateway_test::openai_reply);
    stepped s(*this);
    s.begin();
    s.advance(3);
    BOOST_REQUIRE(s.got.has_value());
    BOOST_TEST(s.got->error().message() == "the guardrail 'check' refused: no");
    BOOST_TEST(log.back() == "slow:cancelled");
}

BOOST_FIXTURE_TEST_CASE(cancelling_the_call_cancels_a_check_that_holds_the_answer_back, checked_world) {
    network.reply(200, gateway_test::openai_reply);
    stepped s(*this);
    s.begin();
    BOOST_TEST(!s.got.has_value());
    context.cancellation.cancel();
    s.go_on();
    BOOST_REQUIRE(s.got.has_value());
    BOOST_TEST((s.got->error().value() == errc::cancelled));
    BOOST_TEST(log.back() == "check:cancelled");
}

BOOST_FIXTURE_TEST_CASE(a_stream_waits_too_and_is_closed_when_refused, checked_world) {
    refuses();
    streams();
    runtime.hold_sleeps(true);
    boost::asio::io_context io(1);
    std::optional<result<chat_stream>> got;
    boost::asio::co_spawn(io, gw().stream(runtime, context, question),
                          [&](const std::exception_ptr&, result<chat_stream> r) { got.emplace(std::move(r)); });
    io.poll();
    BOOST_TEST(network.open_bodies() == 1u);
    BOOST_TEST(!got.has_value());
    runtime.advance(std::chrono::seconds(3));
    io.restart();
    io.poll();
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(got->has_error());
    BOOST_TEST((got->error().value() == errc::content_policy));
    BOOST_TEST(network.open_bodies() == 0u);
    BOOST_TEST(network.closed_early() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_a_check_throws_is_rethrown_after_all_have_ended, checked_world) {
    g->during = [](call&, const chat_request&) -> result<void> { throw std::runtime_error("defect"); };
    const auto slow = add("slow", only_during);
    slow->takes = std::chrono::seconds(60);
    network.reply(200).stall();
    stepped s(*this);
    s.begin();
    s.advance(3);
    BOOST_TEST(!s.got.has_value());
    BOOST_REQUIRE(s.thrown != nullptr);
    BOOST_CHECK_THROW(std::rethrow_exception(s.thrown), std::runtime_error);
    BOOST_TEST(network.cancelled() == 1u);
    BOOST_TEST(log.back() == "slow:cancelled");
}

BOOST_FIXTURE_TEST_CASE(asios_own_cancellation_waits_for_the_checks, checked_world) {
    network.reply(200, gateway_test::openai_reply);
    runtime.hold_sleeps(true);
    boost::asio::io_context io(1);
    boost::asio::cancellation_signal signal;
    bool ended = false, answered = false;
    std::string last;
    boost::asio::co_spawn(io, gw().chat(runtime, context, question),
                          boost::asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& e, const result<chat_reply>& r) {
                              ended = true;
                              last = log.back();
                              answered = !e && r.has_value();
                          }));
    io.poll();
    BOOST_TEST(!ended);
    signal.emit(boost::asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    BOOST_TEST(ended);
    BOOST_TEST(!answered);
    // The check has ended before the call.
    BOOST_TEST(last == "check:cancelled");
}

BOOST_FIXTURE_TEST_CASE(a_layer_inside_may_edit_the_request_that_is_being_checked, checked_world) {
    using editing_gateway = gateway<gateway_test::providers, weighted, timeout, editing, guard>;
    editing_gateway::policies_type with;
    std::get<guard>(with) = std::get<guard>(policies);
    editing_gateway edits(world_of({make("a", "m", "openai", "x")}), with);
    network.reply(200, gateway_test::openai_reply);
    runtime.hold_sleeps(true);
    std::string before;
    g->during = [&](call&, const chat_request& r) -> result<void> {
        before = r.messages.back().text();
        return success();
    };
    call c(runtime, context);
    set_up(c, gateway_test::all_spoken()[0], false);
    boost::asio::io_context io(1);
    std::optional<result<reply>> got;
    boost::asio::co_spawn(io, edits.execute(c), [&](const std::exception_ptr&, result<reply> r) { got.emplace(std::move(r)); });
    io.poll();
    BOOST_TEST(!got.has_value());
    runtime.advance(std::chrono::seconds(3));
    io.restart();
    io.poll();
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(got->has_value());
    BOOST_TEST(before == "hi");
    BOOST_TEST(network.requests().at(0).body.find("edited") != std::string::npos);
    const auto now = read_request<chat>(c);
    BOOST_REQUIRE(now.has_value());
    BOOST_TEST((*now)->messages.back().text() == "edited");
}

BOOST_FIXTURE_TEST_CASE(after_the_checks_the_request_is_the_calls_again, checked_world) {
    g->takes = duration::zero();
    network.reply(200, gateway_test::openai_reply);
    call c(runtime, context);
    set_up(c, gateway_test::all_spoken()[0], false);
    BOOST_TEST(testing::run(gw().execute(c)).has_value());
    BOOST_TEST(c.in.canonical.owns());
}

BOOST_FIXTURE_TEST_CASE(an_io_context_may_go_while_a_check_runs, checked_world) {
    network.reply(200).stall();
    runtime.hold_sleeps(true);
    {
        boost::asio::io_context io(1);
        boost::asio::co_spawn(io, gw().chat(runtime, context, question), [](const std::exception_ptr&, const result<chat_reply>&) {});
        io.poll();
        BOOST_TEST(network.calls() == 1u);
    }
    BOOST_TEST(runtime.clock().waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace guard_test::during_unit
