// SPDX-License-Identifier: BSL-1.0
// What a prompt cache gave counts against limits as it does with the vendor.
#include <unit/gateway/fixture.hpp>

#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/rate_limit.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cached_tokens_unit {

using namespace gateway_test;

namespace {

using limited_gateway = gateway<providers, weighted, rate_limit, deployment_limit, timeout>;

struct vendor {
    std::string_view provider, whole, streamed;
    /// Whether the vendor's own limits leave out what its cache gave.
    bool left_out;
};

// 880 of 900 tokens of the prompt come from the cache, and 10 are generated.
constexpr vendor vendors[] = {
    {"anthropic",
     R"({"id":"x","type":"message","role":"assistant","content":[{"type":"text","text":"hi"}],)"
     R"("stop_reason":"end_turn","usage":{"input_tokens":20,"cache_read_input_tokens":880,"cache_creation_input_tokens":0,"output_tokens":10}})",
     "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\","
     "\"usage\":{\"input_tokens\":20,\"cache_read_input_tokens\":880,\"output_tokens\":1}}}\n\n"
     "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}\n\n"
     "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":10}}\n\n"
     "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
     true},
    {"openai",
     R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],)"
     R"("usage":{"prompt_tokens":900,"completion_tokens":10,"total_tokens":910,"prompt_tokens_details":{"cached_tokens":880}}})",
     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":10,\"total_tokens\":910,"
     "\"prompt_tokens_details\":{\"cached_tokens\":880}}}\n\n"
     "data: [DONE]\n\n",
     false},
    {"gemini",
     R"({"candidates":[{"content":{"parts":[{"text":"hi"}],"role":"model"},"finishReason":"STOP"}],)"
     R"("usageMetadata":{"promptTokenCount":900,"cachedContentTokenCount":880,"candidatesTokenCount":10,"totalTokenCount":910}})",
     "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}],"
     "\"usageMetadata\":{\"promptTokenCount\":900,\"cachedContentTokenCount\":880,\"candidatesTokenCount\":10,\"totalTokenCount\":910}}\n\n",
     false},
};

boost::asio::awaitable<void> read_all(reply& r) {
    for (;;) {
        auto some = co_await r.stream->read_some();
        if (some.has_error() || some->empty()) co_return;
    }
}

/// How many of five calls pass a limit of 1000 tokens a minute.
int passed(const vendor& v, bool stream, bool by_deployment) {
    world w;
    limited_gateway::policies_type policies;
    if (!by_deployment) std::get<rate_limit>(policies).gateway(0, 1000);
    deployment d = make("a", "m", std::string(v.provider), "x");
    if (by_deployment) d.tokens_per_minute = 1000;
    limited_gateway gw(world_of({d}), policies);
    int good = 0;
    for (int i = 0; i < 5; ++i) {
        w.network.clear();
        w.network.reply(200, std::string(stream ? v.streamed : v.whole)).field("content-type", stream ? "text/event-stream" : "application/json");
        chat_request q("m", "hi");
        q.max_output_tokens = 10;
        q.stream = stream;
        call c(w.runtime, w.context);
        detail::set_request<chat>(c, q, stream);
        auto r = testing::run(gw.execute(c));
        if (!r) continue;
        ++good;
        if (stream) testing::run(read_all(*r));
        BOOST_TEST(w.context.report.tokens.cached_tokens == 880);
        BOOST_TEST(w.context.report.tokens.total_tokens() == 910);
    }
    return good;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_cached_tokens)

BOOST_AUTO_TEST_CASE(cached_reads_count_as_with_the_vendor) {
    for (const vendor& v : vendors)
        for (const bool stream : {false, true})
            for (const bool by_deployment : {false, true})
                BOOST_TEST_CONTEXT(v.provider << (stream ? " streamed" : " whole") << (by_deployment ? ", deployment" : ", gateway"))
                BOOST_TEST(passed(v, stream, by_deployment) == (v.left_out ? 5 : 2));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cached_tokens_unit
