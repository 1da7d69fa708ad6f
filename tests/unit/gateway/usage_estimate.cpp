// SPDX-License-Identifier: BSL-1.0
// Answers of a provider that reports no tokens: estimated once, in the report, and what limits settle on.
#include <unit/gateway/fixture.hpp>

#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/rate_limit.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace usage_estimate_unit {

using namespace gateway_test;

namespace {

using limited_gateway = gateway<providers, weighted, rate_limit, deployment_limit, timeout>;

struct vendor {
    std::string_view provider, whole, streamed;
    /// The provider's own counters, all zero.
    std::string_view whole_zeros;
};

// "Hello" without counters.
constexpr vendor vendors[] = {
    {"anthropic",
     R"({"id":"x","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"})",
     "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\"}}\n\n"
     "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n"
     "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
     "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
     R"({"id":"x","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",)"
     R"("usage":{"input_tokens":0,"output_tokens":0}})"},
    {"openai", R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]})",
     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
     R"("usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})"},
    {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP"}]})",
     "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}]}\n\n",
     R"({"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":0}})"},
};

boost::asio::awaitable<void> read_all(reply& r) {
    for (;;) {
        auto some = co_await r.stream->read_some();
        if (some.has_error() || some->empty()) co_return;
    }
}

struct seen {
    seen() = default;
    int good = 0;
    usage tokens, estimate;
};

/// What becomes of five calls that reserve 608 tokens each, where the limit is 1000 a minute.
seen five_calls(std::string_view provider, std::string_view body, bool stream, bool by_deployment) {
    world w;
    limited_gateway::policies_type policies;
    if (!by_deployment) std::get<rate_limit>(policies).gateway(0, 1000);
    deployment d = make("a", "m", std::string(provider), "x");
    if (by_deployment) d.tokens_per_minute = 1000;
    limited_gateway gw(world_of({d}), policies);
    seen s;
    for (int i = 0; i < 5; ++i) {
        w.network.clear();
        w.network.reply(200, std::string(body)).field("content-type", stream ? "text/event-stream" : "application/json");
        chat_request q("m", "thirty-two bytes of a prompt ....");
        q.max_output_tokens = 600;
        q.stream = stream;
        call c(w.runtime, w.context);
        detail::set_request<chat>(c, q, stream);
        auto r = testing::run(gw.execute(c));
        if (!r) continue;
        ++s.good;
        if (stream) testing::run(read_all(*r));
        s.tokens = w.context.report.tokens;
        s.estimate = w.context.report.estimate;
    }
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_usage_estimate)

BOOST_AUTO_TEST_CASE(an_answer_without_counters_is_estimated_and_settled_on) {
    for (const vendor& v : vendors)
        for (const bool stream : {false, true})
            for (const bool by_deployment : {false, true})
                BOOST_TEST_CONTEXT(v.provider << (stream ? " streamed" : " whole") << (by_deployment ? ", deployment" : ", gateway")) {
                    const seen s = five_calls(v.provider, stream ? v.streamed : v.whole, stream, by_deployment);
                    // Had the reservations stayed, one would have passed.
                    BOOST_TEST(s.good == 5);
                    BOOST_TEST(s.tokens.empty());
                    BOOST_TEST(s.estimate.input_tokens == 8);
                    BOOST_TEST(s.estimate.output_tokens >= 1);
                    BOOST_TEST(s.estimate.output_tokens <= 60);
                }
}

BOOST_AUTO_TEST_CASE(zeros_that_are_reported_are_the_providers_word) {
    for (const vendor& v : vendors) BOOST_TEST_CONTEXT(v.provider) {
        const seen s = five_calls(v.provider, v.whole_zeros, false, false);
        BOOST_TEST(s.estimate.empty());
        BOOST_TEST(s.good == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_long_answer_is_estimated_away_from_the_event_loop) {
    world w;
    limited_gateway gw(world_of({make("a", "m", "openai", "x")}));
    const std::string words = [] {
        std::string all;
        while (all.size() < std::size_t{2} << 20) all += "a word and ";
        return all;
    }();
    w.network.reply(200, R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":")" + words + R"("},"finish_reason":"stop"}]})");
    chat_request q("m", "hi");
    call c(w.runtime, w.context);
    detail::set_request<chat>(c, q, false);
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.context.report.estimate.output_tokens >= static_cast<std::int64_t>(words.size() / 4));
    // With the judgement whether it is an answer: in one piece of work.
    BOOST_TEST(w.runtime.offloaded() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace usage_estimate_unit
