// SPDX-License-Identifier: BSL-1.0
// Attempts of one call at the same time, by way of the example's hedging policy.
#include "fixture.hpp"

#include "../../../examples/hedge/hedge.hpp"

#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/rate_limit.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace gateway_test::concurrent_unit {
namespace {

/// Counts what listeners of each deployment hear.
struct tally {
    static constexpr stage_position position = at(stage::deployment_limit);
    struct counts {
        int began = 0, succeeded = 0, cancelled = 0, failed = 0;
        std::int64_t tokens = 0;
    };
    std::shared_ptr<std::vector<counts>> of = std::make_shared<std::vector<counts>>(3);

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};
        layer(const tally& p, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)), of_(p.of) {}
        result<void> before(call& c, memory&) {
            ++of_->at(c.now.target->index).began;
            c.on_finish(this, &ended);
            return success();
        }

    private:
        static void ended(void* self, const call&, const deployment* d, const outcome& how) noexcept {
            auto& mine = (*static_cast<layer*>(self)->of_)[d->index];
            if (!how.failure) ++mine.succeeded;
            else if (*how.failure == errc::cancelled) ++mine.cancelled;
            else ++mine.failed;
            mine.tokens += how.tokens.output_tokens;
        }
        std::shared_ptr<std::vector<counts>> of_;
    };
};

using hedging = gateway<providers, weighted, hedge, retry, timeout, tally>;

struct hedged_world : world {
    hedged_world() {
        std::get<retry>(policies).max_retries = 0;
        std::get<hedge>(policies).after = std::chrono::seconds(2);
        auto first = make("a", "m", "openai", "x"), second = make("b", "m", "anthropic", "y");
        second.order = 1;
        auto third = make("c", "m", "openai", "z");
        third.order = 2;
        gw.emplace(world_of({first, second, third}), policies);
    }
    const tally::counts& of(std::size_t i) const { return std::get<tally>(policies).of->at(i); }
    hedging::policies_type policies;
    std::optional<hedging> gw;
    const chat_request question{"m", "hi"};
};

const std::string claude_reply =
    R"({"id":"m1","type":"message","role":"assistant","model":"y","content":[{"type":"text","text":"Hi"}],)"
    R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4}})";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_concurrent)

BOOST_FIXTURE_TEST_CASE(the_first_answer_counts_and_the_other_attempt_is_cancelled, hedged_world) {
    network.reply(200).stall();
    network.reply(200, claude_reply);
    const auto r = testing::run(gw->chat(runtime, context, question));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->text() == "Hi");
    BOOST_TEST(context.report.deployment_id == "b");
    BOOST_TEST(context.report.provider == "anthropic");
    BOOST_TEST(context.report.tokens.output_tokens == 4);
    BOOST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(network.requests()[1].target == "/v1/messages");
    BOOST_TEST(network.cancelled() == 1u);
    BOOST_TEST(of(0).cancelled == 1);
    BOOST_TEST(of(0).tokens == 0);
    BOOST_TEST(of(1).succeeded == 1);
    BOOST_TEST(of(1).tokens == 4);
    BOOST_TEST(of(2).began == 0);
    BOOST_TEST(!context.cancellation.cancelled());
    BOOST_TEST((runtime.now() - context.started >= std::chrono::seconds(2)));
}

BOOST_FIXTURE_TEST_CASE(a_quick_answer_is_not_hedged, hedged_world) {
    runtime.hold_sleeps(true);
    network.reply(200, openai_reply);
    const auto r = testing::run(gw->chat(runtime, context, question));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    BOOST_TEST(context.report.deployment_id == "a");
    BOOST_TEST(network.requests().size() == 1u);
    BOOST_TEST(of(0).succeeded == 1);
}

BOOST_FIXTURE_TEST_CASE(when_all_fail_the_last_failure_is_the_answer, hedged_world) {
    network.reply(503, "{}").takes(std::chrono::seconds(5));
    network.reply(429, "{}").takes(std::chrono::seconds(9));
    const auto r = testing::run(gw->chat(runtime, context, question));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(context.report.trail.size() == network.requests().size());
    BOOST_TEST(of(0).failed + of(1).failed + of(2).failed == static_cast<int>(network.requests().size()));
}

BOOST_FIXTURE_TEST_CASE(the_winner_may_stream_and_outlives_the_loser, hedged_world) {
    network.reply(200).stall();
    auto& second = network.reply(200);
    second.field("content-type", "text/event-stream");
    second.piece("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\","
        "\"role\":\"assistant\",\"model\":\"y\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n");
    second.piece("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
        "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: content_block_delta\n"
        "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n");
    second.piece("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\nevent: message_delta\n"
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n"
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    auto opened = testing::run(gw->stream(runtime, context, question));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(of(0).cancelled == 1);
    const auto all = testing::run(opened->collect());
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(all->text() == "Hello");
    BOOST_TEST(of(1).succeeded == 1);
    BOOST_TEST(of(1).tokens == 7);
}

BOOST_FIXTURE_TEST_CASE(cancelling_the_call_cancels_all_of_its_attempts, hedged_world) {
    network.reply(200).stall();
    network.reply(200).stall();
    boost::asio::io_context io(1);
    std::optional<result<chat_reply>> got;
    boost::asio::co_spawn(io, gw->chat(runtime, context, question), [&](const std::exception_ptr& e, result<chat_reply> r) {
        BOOST_TEST(!e);
        got.emplace(std::move(r));
    });
    io.poll();
    BOOST_TEST(network.requests().size() == 2u);
    BOOST_TEST(!got.has_value());
    context.cancellation.cancel();
    io.restart();
    io.poll();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->error().value() == errc::cancelled));
    BOOST_TEST(of(0).cancelled == 1);
    BOOST_TEST(of(1).cancelled == 1);
}

/// A layer that fails as no layer should.
struct throwing {
    static constexpr stage_position position = at(stage::deployment_limit);
    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};
        layer(const throwing&, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)) {}
        result<void> before(call&, memory&) { throw std::runtime_error("a layer threw"); }
    };
};

BOOST_FIXTURE_TEST_CASE(what_an_attempt_throws_passes_to_the_caller, hedged_world) {
    gateway<providers, weighted, hedge, timeout, throwing> broken(world_of({make("a", "m", "openai", "x")}));
    BOOST_CHECK_THROW(testing::run(broken.chat(runtime, context, question)), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(asio_s_cancellation_waits_for_the_attempts, hedged_world) {
    network.reply(200).stall();
    network.reply(200).stall();
    boost::asio::io_context io(1);
    boost::asio::cancellation_signal signal;
    bool over = false;
    boost::asio::co_spawn(io, gw->chat(runtime, context, question),
                          boost::asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr&, const result<chat_reply>&) { over = true; }));
    io.poll();
    BOOST_TEST(network.requests().size() == 2u);
    signal.emit(boost::asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    BOOST_TEST(over);
    BOOST_TEST(network.cancelled() == 2u);
    BOOST_TEST(of(0).cancelled == 1);
    BOOST_TEST(of(1).cancelled == 1);
}

BOOST_FIXTURE_TEST_CASE(an_io_context_may_go_while_attempts_run, hedged_world) {
    network.reply(200).stall();
    network.reply(200).stall();
    {
        boost::asio::io_context io(1);
        boost::asio::co_spawn(io, gw->chat(runtime, context, question), [](const std::exception_ptr&, const result<chat_reply>&) {});
        io.poll();
        BOOST_TEST(network.requests().size() == 2u);
    }
    BOOST_TEST(of(0).cancelled == 1);
    BOOST_TEST(of(1).cancelled == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::concurrent_unit
