// SPDX-License-Identifier: BSL-1.0
// What a price depends on, as each provider states it: the class of service, caches kept for an hour, searches, audio and
// images; the same from a tree, from text and from a stream.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace billed_usage_unit {

using namespace llmx;

namespace {

std::string shown(const usage& u) {
    const auto tier = [&u]() -> std::string_view {
        if (!u.tier) return "none";
        switch (*u.tier) {
        case service_tier::automatic: return "automatic";
        case service_tier::standard: return "standard";
        case service_tier::flex: return "flex";
        case service_tier::scale: return "scale";
        case service_tier::priority: return "priority";
        case service_tier::batch: return "batch";
        }
        return "?";
    };
    std::string s = "in " + std::to_string(u.input_tokens) + " out " + std::to_string(u.output_tokens) + " written " +
                    std::to_string(u.cache_write_tokens) + "/" + std::to_string(u.cache_write_1h_tokens) + " searches " +
                    std::to_string(u.web_searches) + " audio " + std::to_string(u.input_audio_tokens) + "/" + std::to_string(u.output_audio_tokens) +
                    " images " + std::to_string(u.input_image_tokens) + "/" + std::to_string(u.output_image_tokens) + " tier " + std::string(tier());
    if (u.fast) s += " fast";
    if (u.us_only) s += " us";
    return s;
}

template <class D> std::string whole(std::string_view body) {
    const auto reply = D::decode_reply(body);
    if (!reply) return std::string(reply.error().message());
    BOOST_TEST(shown(D::scan_usage(body)) == shown(reply->usage), body);
    return shown(reply->usage);
}

template <class D> std::string streamed(const std::vector<std::string>& events) {
    typename D::stream_decoder decoder;
    typename D::stream_watch watch;
    usage decoded, watched;
    const auto note = [&decoded](event_batch& batch) {
        while (const chat_event* const e = batch.try_next())
            if (e->what == chat_event::kind::usage) decoded = e->tokens;
    };
    for (const std::string& e : events) {
        event_batch batch;
        BOOST_REQUIRE(decoder.feed(e, batch).has_value());
        note(batch);
        watched = watch.feed(e).tokens;
    }
    event_batch last;
    (void)decoder.finish(last);
    note(last);
    BOOST_TEST(shown(watched) == shown(decoded));
    return shown(watched);
}

} // namespace

BOOST_AUTO_TEST_SUITE(billed_usage)

BOOST_AUTO_TEST_CASE(anthropic_states_the_hour_the_searches_the_class_and_the_speed) {
    constexpr std::string_view used =
        R"({"input_tokens":10,"output_tokens":5,"cache_creation_input_tokens":70,)"
        R"("cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":40},)"
        R"("server_tool_use":{"web_search_requests":3},"service_tier":"priority","speed":"fast","inference_geo":"us"})";
    const std::string expected = "in 80 out 5 written 70/40 searches 3 audio 0/0 images 0/0 tier priority fast us";
    const std::string message = R"({"type":"message","content":[],"stop_reason":"end_turn","usage":)";
    BOOST_TEST(whole<anthropic_messages>(message + std::string(used) + "}") == expected);
    BOOST_TEST(whole<anthropic_messages>(message + R"({"input_tokens":1,"output_tokens":2,"service_tier":"batch","cache_creation":null,"speed":null}})") ==
               "in 1 out 2 written 0/0 searches 0 audio 0/0 images 0/0 tier batch");
    BOOST_TEST(streamed<anthropic_messages>(
                   {"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[],\"usage\":{"
                    "\"input_tokens\":10,\"output_tokens\":1,\"cache_creation_input_tokens\":70,"
                    "\"cache_creation\":{\"ephemeral_1h_input_tokens\":40},\"service_tier\":\"standard\"}}}\n\n",
                    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9,"
                    "\"server_tool_use\":{\"web_search_requests\":2}}}\n\n",
                    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"}) ==
               "in 80 out 9 written 70/40 searches 2 audio 0/0 images 0/0 tier standard");
}

BOOST_AUTO_TEST_CASE(openai_states_the_class_beside_the_usage_and_kinds_of_tokens_in_it) {
    constexpr std::string_view used = R"("usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,)"
                                      R"("prompt_tokens_details":{"audio_tokens":3,"image_tokens":4},)"
                                      R"("completion_tokens_details":{"audio_tokens":1,"image_tokens":2},"server_tool_use":{"web_search_requests":1},)"
                                      R"("cache_creation_input_tokens":6,"cache_creation":{"ephemeral_1h_input_tokens":6}})";
    const std::string expected = "in 10 out 5 written 6/6 searches 1 audio 3/1 images 4/2 tier ";
    for (const auto& [word, tier] : std::vector<std::pair<std::string, std::string>>{
             {"flex", "flex"}, {"priority", "priority"}, {"default", "standard"}, {"unheard-of", "none"}}) {
        BOOST_TEST(whole<openai_chat>(R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],)" +
                                      std::string(used) + R"(,"service_tier":")" + word + "\"}") == expected + tier);
        BOOST_TEST(streamed<openai_chat>({"data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
                                          "data: {\"id\":\"x\",\"choices\":[],\"service_tier\":\"" + word + "\"," + std::string(used) + "}\n\n",
                                          "data: [DONE]\n\n"}) == expected + tier);
    }
}

BOOST_AUTO_TEST_CASE(google_states_kinds_of_tokens_the_traffic_and_the_queries) {
    constexpr std::string_view used = R"("usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":15,)"
                                      R"("promptTokensDetails":[{"modality":"TEXT","tokenCount":3},{"modality":"AUDIO","tokenCount":4},)"
                                      R"({"modality":"IMAGE","tokenCount":3}],)"
                                      R"("candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":2}],"trafficType":"ON_DEMAND_PRIORITY"})";
    const std::string text = R"({"content":{"role":"model","parts":[{"text":"the member \"webSearchQueries\":[\"x\"] in a text"}]},"finishReason":"STOP")";
    const std::string grounded = text + R"(,"groundingMetadata":{"webSearchQueries":["a \"b\" , c","d"]}})";
    const std::string expected = "in 10 out 5 written 0/0 searches 2 audio 4/0 images 3/2 tier priority";
    BOOST_TEST(whole<gemini_generate>("{\"candidates\":[" + grounded + "]," + std::string(used) + "}") == expected);
    BOOST_TEST(whole<gemini_generate>("{\"candidates\":[" + text + "}]," + std::string(used) + "}") ==
               "in 10 out 5 written 0/0 searches 0 audio 4/0 images 3/2 tier priority");
    // Each later chunk repeats the queries.
    BOOST_TEST(streamed<gemini_generate>({"data: {\"candidates\":[" + grounded + "]," + std::string(used) + "}\n\n",
                                          "data: {\"candidates\":[" + grounded + "]," + std::string(used) + "}\n\n"}) == expected);
    BOOST_TEST(whole<gemini_generate>(R"({"candidates":[],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"serviceTier":"flex"}})") ==
               "in 1 out 1 written 0/0 searches 0 audio 0/0 images 0/0 tier flex");
}

BOOST_AUTO_TEST_CASE(bedrock_states_the_class_beside_the_usage_and_the_time_of_each_cache) {
    BOOST_TEST(whole<bedrock_converse>(
                   R"({"output":{"message":{"role":"assistant","content":[{"text":"a"}]}},"stopReason":"end_turn","serviceTier":{"type":"flex"},)"
                   R"("usage":{"inputTokens":10,"outputTokens":5,"totalTokens":45,"cacheWriteInputTokens":30,)"
                   R"("cacheDetails":[{"ttl":"5m","inputTokens":10},{"ttl":"1h","inputTokens":20}]}})") ==
               "in 40 out 5 written 30/20 searches 0 audio 0/0 images 0/0 tier flex");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace billed_usage_unit
