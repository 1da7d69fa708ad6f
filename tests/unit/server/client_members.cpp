// SPDX-License-Identifier: BSL-1.0
// Members of a body that are for the gateway, and the usage that callers find in each whole reply.
#include "support.hpp"

#include <llmx/dialects/bedrock/converse.hpp>

#include <boost/json/parse.hpp>

namespace client_members_unit {

using namespace llmx;
using namespace server_test;

namespace {

/// A request in each language with \p members, which end with a comma.
std::string request_in(std::string_view path, std::string_view members) {
    const std::string m(members);
    if (path == "/v1/chat/completions") return "{" + m + R"("model":"m","messages":[{"role":"user","content":"hi"}]})";
    if (path == "/v1/messages") return "{" + m + R"("model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    return "{" + m + R"("contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
}
constexpr std::string_view paths[] = {"/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent"};

/// What a call asks of the gateway, as words.
std::string wishes_of(std::string_view path, std::string_view members, std::string_view fields = std::string_view()) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&seen](call& c) -> asio::awaitable<result<reply>> {
        if (c.in.drop_params) seen += *c.in.drop_params ? "drop " : "keep ";
        if (c.in.retries) seen += "retries=" + std::to_string(*c.in.retries) + " ";
        if (c.in.time_limit != duration::zero())
            seen += "ms=" + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(c.in.time_limit).count()) + " ";
        if (c.in.no_fallback) seen += "alone ";
        if (c.in.fallbacks != nullptr)
            for (const std::string& name : *c.in.fallbacks) seen += "then:" + name + " ";
        if (const brought_access* const b = c.in.brought.get())
            seen += "brings " + std::string(b->key.reveal()) + "," + b->base_member + "=" + b->base + "," + b->version + "," + b->mock + " ";
        for (const std::string& name : c.in.not_obeyed) seen += name + "? ";
        seen += c.in.has_gateway_members ? "own" : "none";
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post(path, request_in(path, members), std::string(fields)));
    (void)c.read();
    return seen;
}

/// The whole answer in the language of \p path to a reply of \p codec.
answer answer_to(std::string_view path, const codec_ops& codec, std::string body) {
    fake_gateway gateway;
    gateway.act = [&codec, &body](call&) -> asio::awaitable<result<reply>> {
        reply r = reply_with(codec, body);
        r.tokens = codec.scan_usage(body);
        co_return r;
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post(path, request_in(path, "")));
    return c.read();
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_client_members)

BOOST_AUTO_TEST_CASE(members_for_the_gateway_are_obeyed_or_reported) {
    struct {
        std::string_view members, seen;
    } constexpr rows[] = {{"", "none"},
                          {R"("drop_params":true,)", "drop own"},
                          {R"("drop_params":false,)", "keep own"},
                          {R"("num_retries":3,)", "retries=3 own"},
                          {R"("max_retries":"0",)", "retries=0 own"},
                          {R"("timeout":1.5,)", "ms=1500 own"},
                          {R"("request_timeout":"30",)", "ms=30000 own"},
                          {R"("stream_timeout":2,)", "own"},
                          {R"("disable_fallbacks":true,)", "alone own"},
                          {R"("fallbacks":["a","b/c"],)", "then:a then:b/c own"},
                          {R"("fallbacks":[{"m":["a","b"]},{"other":["c"]}],)", "then:a then:b own"},
                          {R"("fallbacks":["a",{"model":"b","api_key":"sk"}],)", "then:a fallbacks? own"},
                          {R"("fallbacks":["a","*","../x",7],)", "then:a fallbacks? own"},
                          {R"("fallbacks":"a",)", "fallbacks? own"},
                          {R"("tags":["a"],"cache":{"no-cache":true},)", "tags? cache? own"},
                          {R"("tags":[],"cache":null,"fallbacks":[],)", "own"},
                          {R"("mock_response":"x","api_key":"sk-1","api_base":"https://a.example",)", "brings sk-1,api_base=https://a.example,,x own"},
                          {R"("base_url":"http:\u002f/a","api_version":"2024-10-21",)", "brings ,base_url=http://a,2024-10-21, own"},
                          {R"("api_key":"sk\r\nx: y","api_base":7,"mock_response":["a"],)", "api_key? api_base? mock_response? own"},
                          {R"("guardrails":["g"],"no-log":true,"litellm_metadata":{"a":[1]},)", "guardrails? no-log? litellm_metadata? own"},
                          {R"("num_\u0072etries":1,)", "retries=1 own"}};
    for (const auto path : paths)
        for (const auto& row : rows) BOOST_TEST(wishes_of(path, row.members) == row.seen, path << " " << row.members);
    BOOST_TEST(wishes_of(paths[0], R"("drop_params":true,)", "x-llmx-drop-params: false\r\n") == "keep own");
    BOOST_TEST(wishes_of(paths[0], R"("stream":true,"timeout":9,"stream_timeout":2,)") == "ms=2000 own");
    // Metadata of OpenAI's form is OpenAI's; other forms are for a gateway.
    BOOST_TEST(wishes_of(paths[0], R"("metadata":{"a":"b"},)") == "none");
    BOOST_TEST(wishes_of(paths[0], R"("metadata":{"a":["b"]},)") == "own");
    BOOST_TEST(wishes_of(paths[0], R"("metadata":["a"],)") == "own");
    BOOST_TEST(wishes_of(paths[1], R"("metadata":{"user_id":"u"},)") == "none");
}

BOOST_AUTO_TEST_CASE(whole_replies_to_callers_of_openai_have_usage) {
    struct {
        const codec_ops* codec;
        std::string body;
        /// Whether the provider reports tokens.
        bool reported;
    } const rows[] = {
        {&codec_of<openai_chat>, R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
            R"("finish_reason":"stop"}]})", false},
        {&codec_of<openai_chat>, R"({"id":"c","model":"m","usage":null,"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]})", false},
        {&codec_of<openai_chat>,
         R"({"id":"c","model":"m","usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0},"choices":[{"index":0,)"
             R"("message":{"content":"Hello"}}]})", true},
        {&codec_of<anthropic_messages>, R"({"type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],)"
            R"("stop_reason":"end_turn"})", false},
        {&codec_of<anthropic_messages>,
         R"({"type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",)"
             R"("usage":{"input_tokens":0,"output_tokens":0}})", true},
        {&codec_of<gemini_generate>, R"({"candidates":[{"content":{"parts":[{"text":"Hello"}]},"finishReason":"STOP"}]})", false},
        {&codec_of<gemini_generate>, R"({"candidates":[{"content":{"parts":[{"text":"Hello"}]},"finishReason":"STOP"}],)"
            R"("usageMetadata":{"promptTokenCount":0}})", true},
        {&codec_of<bedrock_converse>, R"({"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn"})", false},
        {&codec_of<bedrock_converse>,
         R"({"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn","usage":{"inputTokens":0,)"
             R"("outputTokens":0}})", true}};
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.body) {
        const answer a = answer_to("/v1/chat/completions", *row.codec, row.body);
        BOOST_TEST(a.status == 200);
        const boost::json::value tree = boost::json::parse(a.body);
        BOOST_TEST_REQUIRE(tree.at("usage").is_object());
        const std::int64_t in = tree.at("usage").at("prompt_tokens").to_number<std::int64_t>();
        const std::int64_t out = tree.at("usage").at("completion_tokens").to_number<std::int64_t>();
        BOOST_TEST(tree.at("usage").at("total_tokens").to_number<std::int64_t>() == in + out);
        BOOST_TEST((in > 0) == !row.reported);
        BOOST_TEST((out > 0) == !row.reported);
        BOOST_TEST(a.field("x-llmx-usage-estimated") == (row.reported ? "" : "true"));
        BOOST_TEST(tree.at("choices").at(0).at("message").at("content") == "Hello");
    }
    // Other languages have it always; what is not reported is estimated there too.
    const answer a = answer_to("/v1/messages", codec_of<openai_chat>, rows[0].body);
    BOOST_TEST(boost::json::parse(a.body).at("usage").at("output_tokens").to_number<int>() > 0);
    BOOST_TEST(a.field("x-llmx-usage-estimated") == "true");
}

BOOST_AUTO_TEST_CASE(the_log_marks_tokens_that_are_an_estimate) {
    call_context context;
    context.report.estimate.input_tokens = 4;
    context.report.estimate.output_tokens = 5;
    access_record r;
    r.context = &context;
    std::string line;
    rfc3339_text memory;
    append_access_line(line, r, memory);
    BOOST_TEST((line.find(R"("tokens_in":4,"tokens_out":5,"tokens_estimated":true)") != std::string::npos), line);
    // Of an earlier attempt: the answer has counters.
    context.report.tokens.input_tokens = 7;
    line.clear();
    append_access_line(line, r, memory);
    BOOST_TEST((line.find(R"("tokens_in":7,)") != std::string::npos), line);
    BOOST_TEST((line.find("estimated") == std::string::npos), line);
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_named_without_a_code_to_callers_of_openai) {
    fake_gateway gateway;
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/unknown", "{}"));
    const answer a = c.read();
    BOOST_TEST(a.status == 404);
    BOOST_TEST(boost::json::parse(a.body).at("error").at("code").is_null());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_members_unit
