// SPDX-License-Identifier: BSL-1.0
// What observers see of calls and attempts, and what of it is counted for Prometheus.
#include "fixture.hpp"

#include "../../../examples/hedge/hedge.hpp"

#include <llmx/policies/observers.hpp>
#include <llmx/telemetry/call_log.hpp>
#include <llmx/telemetry/call_metrics.hpp>

#include <boost/test/unit_test.hpp>

namespace gateway_test::observers_unit {
namespace {

/// Writes down what it sees.
struct notes {
    std::vector<std::string> seen;
    void call_began(const call& c) noexcept { seen.push_back("call " + std::string(c.model)); }
    void attempt_began(const call& c) noexcept { seen.push_back("attempt " + c.now.target->id); }
    void first_content(const call& c) noexcept { seen.push_back("content " + c.now.target->id); }
    void attempt_ended(const call&, const deployment& where, const outcome& how) noexcept {
        seen.push_back(where.id + " " + (how.failure ? std::string(errc_name(*how.failure)) : "ok"));
    }
    void call_ended(const call& c, const outcome& how) noexcept {
        seen.push_back("ended " + (how.failure ? std::string(errc_name(*how.failure)) : "ok") + " " +
                       std::to_string(c.report.retries) + " " + std::to_string(how.tokens.output_tokens));
    }
};
/// Interested in one thing alone.
struct ends_only {
    int ends = 0;
    void call_ended(const call&, const outcome&) noexcept { ++ends; }
};

struct observed_world : world {
    using stack = gateway<providers, observers<notes, ends_only>, weighted, retry, fallback, timeout>;
    stack::policies_type policies;
    observed_world() { std::get<retry>(policies).max_retries = 1; }
    std::vector<std::string>& seen(stack& gw) { return gw.observer<notes>()->seen; }
};
using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_observers)

BOOST_FIXTURE_TEST_CASE(a_call_and_its_attempts_are_seen_in_order, observed_world) {
    stack gw(world_of({make("a", "m", "openai", "x"), make("b", "m", "openai", "y")}), policies);
    network.reply(503, "{}");
    network.reply(200, openai_reply);
    const chat_request q("m", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(runtime, context, q)).has_value());
    const std::string first = seen(gw).at(1).substr(8), second = first == "a" ? "b" : "a";
    const lines expected = {"call m", "attempt " + first, first + " overloaded", "attempt " + second, "content " + second,
                            second + " ok", "ended ok 1 5"};
    BOOST_TEST(seen(gw) == expected, boost::test_tools::per_element());
    BOOST_TEST(gw.observer<ends_only>()->ends == 1);
}

BOOST_FIXTURE_TEST_CASE(a_stream_ends_with_its_last_byte, observed_world) {
    stack gw(world_of({make("a", "m", "openai", "x")}), policies);
    streams();
    const chat_request q("m", "hi");
    auto opened = testing::run(gw.stream(runtime, context, q));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(seen(gw).back() == "content a");
    BOOST_REQUIRE(testing::run(opened->collect()).has_value());
    const lines expected = {"call m", "attempt a", "content a", "a ok", "ended ok 0 5"};
    BOOST_TEST(seen(gw) == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_is_abandoned_ends_as_cancelled, observed_world) {
    stack gw(world_of({make("a", "m", "openai", "x")}), policies);
    streams(2).stall_after(openai_stream[0].size() + openai_stream[1].size());
    const chat_request q("m", "hi");
    {
        auto opened = testing::run(gw.stream(runtime, context, q));
        BOOST_REQUIRE(opened.has_value());
    }
    BOOST_TEST(seen(gw).at(3) == "a cancelled");
    BOOST_TEST(seen(gw).back().starts_with("ended cancelled"));
    BOOST_TEST(seen(gw).size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_does_not_exist_is_seen_too, observed_world) {
    stack gw(world_of({make("a", "m", "openai", "x")}), policies);
    const chat_request q("other", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(runtime, context, q)).has_error());
    const lines expected = {"call other", "ended not_found 0 0"};
    BOOST_TEST(seen(gw) == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(observers_go_on_over_a_reload, observed_world) {
    stack gw(world_of({make("a", "m", "openai", "x")}), policies);
    network.reply_always(200, openai_reply);
    const chat_request q("m", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(runtime, context, q)).has_value());
    const auto before = gw.observer<notes>();
    BOOST_REQUIRE(gw.reload(world_of({make("b", "m", "openai", "x")}), policies).has_value());
    BOOST_TEST((gw.observer<notes>() == before));
    call_context next;
    BOOST_REQUIRE(testing::run(gw.chat(runtime, next, q)).has_value());
    BOOST_TEST(before->seen.back() == "ended ok 0 5");
    // Others take their place when the new policies bring some.
    auto others = policies;
    std::get<observers<notes, ends_only>>(others) =
        observers<notes, ends_only>(std::make_shared<notes>(), std::make_shared<ends_only>());
    BOOST_REQUIRE(gw.reload(world_of({make("b", "m", "openai", "x")}), others).has_value());
    BOOST_TEST((gw.observer<notes>() != before));
}

BOOST_FIXTURE_TEST_CASE(attempts_beside_others_are_one_call, observed_world) {
    using hedging = gateway<providers, observers<notes>, weighted, hedge, timeout>;
    auto first = make("a", "m", "openai", "x"), second = make("b", "m", "openai", "y");
    second.order = 1;
    hedging gw(world_of({first, second}));
    network.reply(200).stall();
    network.reply(200, openai_reply);
    const chat_request q("m", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(runtime, context, q)).has_value());
    const auto& all = gw.observer<notes>()->seen;
    BOOST_TEST(std::count(all.begin(), all.end(), "a cancelled") == 1);
    BOOST_TEST(std::count(all.begin(), all.end(), "b ok") == 1);
    BOOST_TEST(std::count_if(all.begin(), all.end(), [](const std::string& s) { return s.starts_with("ended"); }) == 1);
    BOOST_TEST(all.back() == "ended ok 0 5");
}

BOOST_FIXTURE_TEST_CASE(a_call_whose_winner_streams_ends_with_the_stream, observed_world) {
    using hedging = gateway<providers, observers<notes>, weighted, hedge, timeout>;
    auto first = make("a", "m", "openai", "x"), second = make("b", "m", "openai", "y");
    second.order = 1;
    hedging gw(world_of({first, second}));
    network.reply(200).stall();
    streams();
    const auto& all = gw.observer<notes>();
    {
        auto request = std::make_unique<chat_request>("m", "hi");
        auto opened = testing::run(gw.stream(runtime, context, *request));
        BOOST_REQUIRE(opened.has_value());
        request.reset();
        BOOST_TEST(!all->seen.back().starts_with("ended"));
        BOOST_REQUIRE(testing::run(opened->collect()).has_value());
    }
    BOOST_TEST(std::count(all->seen.begin(), all->seen.end(), "ended ok 0 5") == 1);
    BOOST_TEST(all->seen.back() == "ended ok 0 5");
    BOOST_TEST(context.report.tokens.output_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(an_observer_without_a_default_is_given, observed_world) {
    struct given {
        explicit given(int& to) : count(&to) {}
        int* count;
        void call_ended(const call&, const outcome&) noexcept { ++*count; }
    };
    using given_stack = gateway<providers, observers<given>, weighted, timeout>;
    int count = 0;
    given_stack gw(world_of({make("a", "m", "openai", "x")}),
             given_stack::policies_type(observers<given>(std::make_shared<given>(count)), route<weighted>(), timeout()));
    network.reply(200, openai_reply);
    const chat_request q("m", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(runtime, context, q)).has_value());
    BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE(a_list_chosen_at_run_time_is_notified_in_order) {
    struct numbered final : any_observer {
        numbered(std::vector<int>& to, int n) : out(to), number(n) {}
        void call_ended(const call&, const outcome&) noexcept override { out.push_back(number); }
        std::vector<int>& out;
        int number;
    };
    world w;
    std::vector<int> order;
    using stack = gateway<providers, observers<observer_list>, weighted, timeout>;
    stack::policies_type policies;
    std::vector<std::shared_ptr<any_observer>> all = {std::make_shared<numbered>(order, 1), std::make_shared<numbered>(order, 2)};
    std::get<observers<observer_list>>(policies) = observers<observer_list>(std::make_shared<observer_list>(all));
    stack gw(world_of({make("a", "m", "openai", "x")}), policies);
    w.network.reply(200, openai_reply);
    const chat_request q("m", "hi");
    BOOST_REQUIRE(testing::run(gw.chat(w.runtime, w.context, q)).has_value());
    BOOST_TEST((order == std::vector<int>{1, 2}));
}

BOOST_FIXTURE_TEST_CASE(calls_in_process_are_logged, world) {
    struct memory final : log_sink {
        void write(std::string_view lines) noexcept override { text += lines; }
        std::string text;
    };
    const auto sink = std::make_shared<memory>();
    const auto writer = std::make_shared<log_writer>(sink);
    using logged = gateway<providers, observers<call_log>, weighted, timeout>;
    logged gw(world_of({make("a", "m", "openai", "x")}),
              logged::policies_type(observers<call_log>(std::make_shared<call_log>(writer)), route<weighted>(), timeout()));
    network.reply(200, openai_reply);
    network.reply(503, R"({"error":{"message":"sk-upstream is busy"}})");
    for (int i = 0; i < 2; ++i) {
        call_context each;
        each.caller = "ada";
        const chat_request q("m", "a prompt");
        static_cast<void>(testing::run(gw.chat(runtime, each, q)));
    }
    BOOST_REQUIRE(writer->settle(std::chrono::seconds(10)));
    for (const char* part : {R"("level":"info")", R"("level":"error")", R"("caller":"ada")", R"("status":200)", R"("status":503)",
                             R"("model":"m")", R"("provider":"openai")", R"("deployment":"a")", R"("tokens_out":5)", R"("error":"overloaded")"})
        BOOST_TEST(sink->text.find(part) != std::string::npos, part << " is not in " << sink->text);
    BOOST_TEST(sink->text.find("prompt\"") == std::string::npos);
    BOOST_TEST(sink->text.find("sk-upstream") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(calls_are_counted_for_prometheus, world) {
    using counted = gateway<providers, observers<call_metrics>, weighted, retry, timeout>;
    counted::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    counted gw(world_of({make("a", "m", "openai", "x")}), policies);
    network.reply(200, openai_reply);
    network.reply(429, "{}");
    network.reply(200, openai_reply);
    for (const char* model : {"m", "m", "m", "no-such"}) {
        call_context each;
        each.caller = "ada \"q\"";
        const chat_request q(model, "hi");
        static_cast<void>(testing::run(gw.chat(runtime, each, q)));
    }
    std::string text;
    gw.observer<call_metrics>()->registry().append(text);
    for (const std::string line : {
             R"(llmx_requests_total{operation="chat",model="m",caller="ada \"q\"",code="ok"} 2)",
             R"(llmx_requests_total{operation="chat",model="m",caller="ada \"q\"",code="rate_limited"} 1)",
             R"(llmx_requests_total{operation="chat",model="unknown",caller="ada \"q\"",code="not_found"} 1)",
             R"(llmx_requests_in_flight 0)",
             R"(llmx_tokens_total{model="m",caller="ada \"q\"",type="input"} 6)",
             R"(llmx_tokens_total{model="m",caller="ada \"q\"",type="output"} 10)",
             R"(llmx_attempts_total{provider="openai",deployment="a",code="ok"} 2)",
             R"(llmx_attempts_total{provider="openai",deployment="a",code="rate_limited"} 1)",
             R"(llmx_attempt_duration_seconds_count{provider="openai",deployment="a"} 3)",
             R"(llmx_request_duration_seconds_count{operation="chat",model="m"} 3)"})
        BOOST_TEST(text.find(line + "\n") != std::string::npos, line << " is not in\n" << text);
    BOOST_TEST(text.find("no-such") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::observers_unit
