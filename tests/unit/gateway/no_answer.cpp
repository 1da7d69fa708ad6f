// SPDX-License-Identifier: BSL-1.0
// Success without an answer is a failed attempt: another deployment answers, whole and streamed, from each vendor's wire.
#include <unit/gateway/fixture.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace no_answer_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, fallback, timeout>;

struct world_with_reserve : world {
    explicit world_with_reserve(std::string provider) {
        plain_gateway::policies_type policies;
        std::get<fallback>(policies).add("m", {"reserve"});
        gw.emplace(world_of({make("a", "m", std::move(provider), "x"), make("b", "reserve", "openai", "gpt-x")}), policies);
    }
    std::optional<plain_gateway> gw;

    /// A call that the program made itself, so that every provider is reached by its own language.
    result<reply> ask(bool stream) {
        question.stream = stream;
        asked.emplace(runtime, context);
        detail::set_request<chat>(*asked, question, stream);
        return testing::run(gw->execute(*asked));
    }
    chat_request question{"m", "hi"};
    std::optional<call> asked;
};

struct row {
    std::string_view provider, body;
    bool stream = false;
    std::string_view type = "application/json";
};
std::ostream& operator<<(std::ostream& os, const row& r) { return os << r.provider << (r.stream ? " stream " : " ") << r.body; }

constexpr std::string_view sse = "text/event-stream";

constexpr row none[] = {
    {"openai", ""},
    {"openai", " \n"},
    {"openai", "<html>It works!</html>", false, "text/html"},
    {"openai", "{}"},
    {"openai", R"({"id":"x","object":"chat.completion","choices":[]})"},
    {"openai", R"({"id":"x","object":"chat.completion","choices":null})"},
    {"openai", R"({"id":"x","object":"chat.completion","choices":[{}]})"},
    {"openai", R"({"id":"x","choices":[{"index":0,"message":null,"finish_reason":null}]})"},
    {"openai", R"({"id":"x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0,"total_tokens":3}})"},
    {"openai", R"({"id":"x","note":"\"choices\":[{\"index\":0,\"message\":{\"role\":1}}]"})"},
    {"openai", "", true, sse},
    {"openai", ": ping\n\n: ping\n\n", true, sse},
    {"openai", "data: [DONE]\n\n", true, sse},
    {"openai", "data: [DONE]", true, sse},
    {"openai", "data: {\"choices\":[]}\n\ndata: [DONE]\n\n", true, sse},
    {"openai", "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\ndata: [DONE]\n\n", true, sse},
    {"openai", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}\n\ndata: [DONE]\n\n", true, sse},
    {"openai", "<html>It works!</html>", true, "text/html"},
    {"openai", R"({"id":"x","choices":[]})", true, "application/json"},
    {"anthropic", ""},
    {"anthropic", "<html>It works!</html>", false, "text/html"},
    {"anthropic", R"({"id":"x","type":"message","role":"assistant"})"},
    {"anthropic", R"({"id":"x","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":0}})"},
    {"anthropic", "", true, sse},
    {"anthropic", "event: ping\ndata: {\"type\":\"ping\"}\n\n", true, sse},
    {"anthropic", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", true, sse},
    {"anthropic", "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"usage\":{\"input_tokens\":3}}}\n\n"
                  "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", true, sse},
    {"gemini", ""},
    {"gemini", "<html>It works!</html>", false, "text/html"},
    {"gemini", "{}"},
    {"gemini", R"({"candidates":[]})"},
    {"gemini", R"({"candidates":[{"index":0}]})"},
    {"gemini", R"({"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3},"modelVersion":"x"})"},
    {"gemini", "", true, sse},
    {"gemini", "data: {\"usageMetadata\":{\"promptTokenCount\":3,\"totalTokenCount\":3}}\n\n", true, sse},
    {"gemini", "data: {\"candidates\":[]}\n\n", true, sse},
    {"gemini", "[]", true, "application/json"},
};

// What has little in it and is an answer all the same.
constexpr row some[] = {
    {"openai", R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"stop"}]})"},
    {"openai", R"({ "choices" : [ { "index":0, "message" : { "role":"assistant","content":null }, "finish_reason":"length" } ] })"},
    {"openai", "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", true, sse},
    {"anthropic", R"({"id":"x","type":"message","role":"assistant","content":[],"stop_reason":"end_turn"})"},
    {"anthropic", "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"usage\":{\"input_tokens\":3}}}\n\n"
                  "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
                  "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", true, sse},
    {"gemini", R"({"candidates":[{"finishReason":"MAX_TOKENS"}]})"},
    {"gemini", R"({"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP"}]})"},
    {"gemini", "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n", true, sse},
};

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_no_answer)

BOOST_AUTO_TEST_CASE(a_success_without_an_answer_is_a_failed_attempt) {
    for (const row& r : none) {
        BOOST_TEST_CONTEXT(r) {
            world_with_reserve w{std::string(r.provider)};
            w.network.reply(200, std::string(r.body)).field("content-type", std::string(r.type));
            if (r.stream) w.streams();
            else w.network.reply(200, openai_reply);
            const auto got = w.ask(r.stream);
            BOOST_TEST(got.has_value(), (got ? "" : got.error().message()));
            BOOST_TEST(w.context.report.fallbacks == 1u);
            BOOST_REQUIRE(!w.context.report.trail.empty());
            const errc why = w.context.report.trail[0].code;
            BOOST_TEST((why == errc::bad_response || why == errc::truncated), error(why).message());
            BOOST_TEST(w.context.report.deployment_id == "b");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_answer_with_nothing_in_it_is_one) {
    for (const row& r : some) {
        BOOST_TEST_CONTEXT(r) {
            world_with_reserve w{std::string(r.provider)};
            w.network.reply(200, std::string(r.body)).field("content-type", std::string(r.type));
            const auto got = w.ask(r.stream);
            BOOST_TEST(got.has_value(), (got ? "" : got.error().message()));
            BOOST_TEST(w.context.report.fallbacks == 0u);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_caller_of_a_group_without_a_reserve_is_told_what_is_missing) {
    world w;
    gateway<providers, weighted> gw(world_of({make("a", "m", "openai", "x")}));
    w.network.reply(200, R"({"id":"x","choices":[]})");
    const chat_request q("m", "hi");
    const auto r = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().message().find("reported success and sent no answer") != std::string::npos, r.error().message());
    BOOST_TEST(r.error().http_status() == 502);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace no_answer_unit
