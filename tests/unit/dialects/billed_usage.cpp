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

/// What a client reads in a reply of the language \p D to which \p u is written.
template <class D> std::string told_whole(const usage& u) {
    chat_reply reply;
    reply.usage = u;
    reply.service_tier = u.tier;
    chat_choice& choice = reply.choices.emplace_back();
    choice.answer.content.emplace_back(text_part("a"));
    choice.finish = finish_reason::stop;
    std::string body;
    D::encode_reply(reply, reply_options(), body);
    return whole<D>(body);
}

/// The same of a stream: the counters come first when \p early, or with the end.
template <class D> std::string told_streamed(const usage& u, bool early) {
    using kind = chat_event::kind;
    reply_options options;
    options.include_usage = true;
    typename D::stream_encoder encoder(options);
    event_batch batch;
    batch.add(kind::start);
    if (early) batch.add(kind::usage).tokens = u;
    batch.add(kind::text).text = "a";
    batch.add(kind::finish).reason = finish_reason::stop;
    if (!early) batch.add(kind::usage).tokens = u;
    std::string bytes;
    while (const chat_event* const e = batch.try_next()) encoder.encode(*e, bytes);
    encoder.finish(bytes);
    return streamed<D>({bytes});
}

} // namespace

BOOST_AUTO_TEST_SUITE(billed_usage)

BOOST_AUTO_TEST_CASE(each_language_gets_the_counters_of_another_that_it_has_members_for) {
    // As Claude and Gemini report them; the class of service is the reply's, not the counters'.
    usage u;
    u.input_tokens = 100;
    u.output_tokens = 50;
    u.cached_tokens = 7;
    u.cache_write_tokens = 60;
    u.cache_write_1h_tokens = 40;
    u.web_searches = 3;
    u.input_audio_tokens = 5;
    u.output_audio_tokens = 6;
    u.input_image_tokens = 8;
    u.output_image_tokens = 9;
    u.fast = u.us_only = true;
    const std::string openai = "in 100 out 50 written 60/40 searches 3 audio 5/6 images 8/9 tier none";
    const std::string anthropic = "in 100 out 50 written 60/40 searches 3 audio 0/0 images 0/0 tier none";
    const std::string gemini = "in 100 out 50 written 0/0 searches 0 audio 5/6 images 8/9 tier none";
    const std::string bedrock = "in 100 out 50 written 60/40 searches 0 audio 0/0 images 0/0 tier none";
    BOOST_TEST(told_whole<openai_chat>(u) == openai);
    BOOST_TEST(told_whole<anthropic_messages>(u) == anthropic + " fast us");
    BOOST_TEST(told_whole<gemini_generate>(u) == gemini);
    BOOST_TEST(told_whole<bedrock_converse>(u) == bedrock);
    for (const bool early : {false, true}) {
        BOOST_TEST_CONTEXT("early " << early) {
            BOOST_TEST(told_streamed<openai_chat>(u, early) == openai);
            BOOST_TEST(told_streamed<anthropic_messages>(u, early) == anthropic + (early ? " fast us" : ""));
            BOOST_TEST(told_streamed<gemini_generate>(u, early) == gemini);
            BOOST_TEST(told_streamed<bedrock_converse>(u, early) == bedrock);
        }
    }
    // All of it for an hour; none of it.
    u.cache_write_1h_tokens = 60;
    BOOST_TEST(told_whole<bedrock_converse>(u) == "in 100 out 50 written 60/60 searches 0 audio 0/0 images 0/0 tier none");
    usage plain;
    plain.input_tokens = plain.output_tokens = 1;
    std::string body;
    chat_reply reply;
    reply.usage = plain;
    anthropic_messages::encode_reply(reply, reply_options(), body);
    BOOST_TEST((body.find(R"("cache_creation":null)") != std::string::npos), body);
    BOOST_TEST((body.find(R"("server_tool_use":null)") != std::string::npos), body);
    body.clear();
    openai_chat::encode_reply(reply, reply_options(), body);
    for (const std::string_view word : {"cache_", "server_tool_use", "image_tokens"}) BOOST_TEST((body.find(word) == std::string::npos), body);
}

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
