// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/policies/rate_limit.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace execute_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, fallback, timeout>;

/// The bytes of a client as a call.
template <class Dialect> void set_body(call& c, std::string_view body) {
    const auto head = Dialect::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    c.in.codec = &codec_of<Dialect>;
    c.in.body = body;
    c.model = head->model;
    c.in.stream = head->stream;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
}

struct finished {
    int times = 0;
    std::optional<outcome> how;
    static void told(void* self, const call&, const deployment*, const outcome& o) noexcept {
        auto& f = *static_cast<finished*>(self);
        ++f.times;
        f.how = o;
    }
};

/// The names of the calls in a streamed answer.
boost::asio::awaitable<std::string> streamed_names(plain_gateway& gw, world& w, call_context& context,
                                                   const chat_request& q) {
    std::string names;
    auto opened = co_await gw.stream(w.runtime, context, q);
    if (opened.has_error()) co_return opened.error().message();
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next())
            if (e->what == chat_event::kind::tool_call) names += e->name;
    co_return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_execute)

BOOST_AUTO_TEST_CASE(bytes_of_the_same_dialect_pass_through_but_for_the_model) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply(200, openai_reply).field("x-request-id", "up-1");
    const std::string body = R"({ "model" : "gpt", "messages":[{"role":"user","content":"é"}],  "new_member":{"x":[1, 2]}})";
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->body == openai_reply);
    BOOST_TEST((r->codec == &codec_of<openai_chat>));
    BOOST_TEST(r->request_id == "up-1");
    BOOST_TEST(r->tokens.output_tokens == 5);
    BOOST_REQUIRE(w.network.requests().size() == 1u);
    const auto& sent = w.network.requests()[0];
    BOOST_TEST(sent.body == R"({ "model" : "gpt-4o", "messages":[{"role":"user","content":"é"}],  "new_member":{"x":[1, 2]}})");
    BOOST_TEST(sent.target == "/v1/chat/completions");
    BOOST_TEST(sent.to.authority == "api.openai.com");
    BOOST_TEST(sent.to.tls);
    BOOST_TEST(sent.fields.find("authorization: Bearer sk-upstream\r\n") != std::string::npos);
    BOOST_TEST(w.context.report.provider == "openai");
    BOOST_TEST(w.context.report.deployment_id == "a");
}

// A façade's placeholders and other vendors' signatures are refused by the façade's own vendor.
BOOST_AUTO_TEST_CASE(foreign_signatures_do_not_pass_through) {
    world w;
    plain_gateway gw(world_of({make("a", "claude-x", "anthropic", "claude-x"), make("b", "gem", "gemini", "gem-x")}));
    const std::string claude_reply = R"({"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text",)"
        R"("text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}})";
    const auto sent = [&](call& c, std::string_view reply) {
        const std::size_t before = w.network.requests().size();
        w.network.reply(200, std::string(reply));
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST((r->codec == c.in.codec));
        return w.network.requests().at(before);
    };
    const auto history = [](std::string_view signature) {
        return R"({"model":"claude-x","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant",)"
            R"("content":[{"type":"thinking","thinking":"hm","signature":)" +
               std::string(signature) + R"(},{"type":"text","text":"so"}]},{"role":"user","content":"go on"}]})";
    };
    for (const std::string_view foreign : {R"("")", R"( "call-signature:abc=")", R"("llmx::gemini_generate:abc=")"}) {
        call c(w.runtime, w.context);
        const std::string body = history(foreign);
        set_body<anthropic_messages>(c, body);
        c.in.forwarded[0].name = "anthropic-beta";
        c.in.forwarded[0].value = "some-beta";
        c.in.forwarded_count = 1;
        const auto got = sent(c, claude_reply);
        BOOST_TEST(got.body.find("hm") == std::string::npos);
        BOOST_TEST(got.body.find(R"({"type":"text","text":"so"})") != std::string::npos);
        BOOST_TEST(got.fields.find("anthropic-beta: some-beta\r\n") != std::string::npos);
    }
    const std::string quoted = R"({"model":"claude-x","max_tokens":9,"messages":[{"role":"user",)"
        R"("content":"is \"signature\":\"\" ok, llmx::gemini_generate:?"}]})";
    const std::string argument = R"({"model":"claude-x","max_tokens":9,"messages":[{"role":"user","content":"x"},)"
        R"({"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"signature":""}}]},{"role":"user",)"
        R"("content":[{"type":"tool_result","tool_use_id":"t","content":"y"}]}]})";
    for (const std::string& own : {history(R"("EqQB+/==")"), quoted, argument}) {
        call c(w.runtime, w.context);
        set_body<anthropic_messages>(c, own);
        BOOST_TEST(sent(c, claude_reply).body == own);
    }
    for (const bool foreign : {true, false}) {
        call c(w.runtime, w.context);
        const std::string body = R"({ "contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model",)"
            R"("parts":[{"text":"hm","thought":true,"thoughtSignature":")" +
                                 std::string(foreign ? "bGxteDo6YW50aHJvcGljX21lc3NhZ2VzOkVxUUI=" : "bGxtEDo6") +
                                 R"("},{"text":"so"}]},{"role":"user","parts":[{"text":"go on"}]}]})";
        c.in.codec = &codec_of<gemini_generate>;
        c.in.body = body;
        c.model = c.in.path_model = "gem";
        const auto got = sent(c, R"({"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"x"}]}}]})");
        BOOST_TEST((got.body == body) == !foreign);
        BOOST_TEST((got.body.find("hm") == std::string::npos) == foreign);
    }
}

BOOST_AUTO_TEST_CASE(another_dialect_is_translated_and_losses_are_reported) {
    world w;
    plain_gateway gw(world_of({make("a", "claude", "anthropic", "claude-x")}));
    const std::string body = R"({"model":"claude","messages":[{"role":"user","content":"hi"}],"n":2,"max_tokens":9})";
    {
        call c(w.runtime, w.context);
        set_body<openai_chat>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::unsupported_parameter));
        BOOST_TEST(r.error().param() == "n");
        BOOST_TEST(r.error().http_status() == 400);
        BOOST_TEST(w.network.calls() == 0u);
        BOOST_TEST(c.now.dropped.empty(), "what was refused was not dropped");
    }
    w.network.reply(200, R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text",)"
        R"("text":"hey"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":4,"output_tokens":2}})");
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, body);
    c.in.drop_params = true;
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(c.now.dropped.size() == 1u);
    BOOST_TEST(c.now.dropped[0] == "n");
    BOOST_TEST((r->codec == &codec_of<anthropic_messages>));
    BOOST_TEST(r->tokens.input_tokens == 4);
    const auto& sent = w.network.requests().at(0);
    BOOST_TEST(sent.target == "/v1/messages");
    BOOST_TEST(sent.fields.find("x-api-key: sk-upstream\r\n") != std::string::npos);
    BOOST_TEST(sent.fields.find("anthropic-version: 2023-06-01\r\n") != std::string::npos);
    BOOST_TEST(sent.body.find("\"model\":\"claude-x\"") != std::string::npos);
    BOOST_TEST(sent.body.find("\"n\"") == std::string::npos);
}

// A loss is named as the caller wrote it, whatever the vocabulary calls it.
BOOST_AUTO_TEST_CASE(losses_have_the_callers_names) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o"), make("b", "gem", "gemini", "gemini-x")}));
    const auto lost = [&](call& c) {
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::unsupported_parameter));
        BOOST_TEST(r.error().message().find('\'' + r.error().param() + '\'') != std::string::npos);
        return r.error().param();
    };
    const auto anthropic_says = [&](std::string_view model, std::string_view members, std::string_view content) {
        const std::string body = R"({"model":")" + std::string(model) + R"(","max_tokens":9,)" + std::string(members) +
                                 R"("messages":[{"role":"user","content":)" + std::string(content) + "}]}";
        call c(w.runtime, w.context);
        set_body<anthropic_messages>(c, body);
        return lost(c);
    };
    BOOST_TEST(anthropic_says("gpt", R"("system":"s",)", R"([{"type":"container_upload","file_id":"f"}])") == "messages[0].content[0]");
    BOOST_TEST(anthropic_says("gem", R"("mcp_servers":[{"name":"a"}],)", R"("x")") == "mcp_servers");
    call c(w.runtime, w.context);
    const std::string body = R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseMimeType":"text/x.enum"}})";
    c.in.codec = &codec_of<gemini_generate>;
    c.in.body = body;
    c.model = c.in.path_model = "gpt";
    BOOST_TEST(lost(c) == "generationConfig.responseMimeType");
    // What a program made itself has the vocabulary's names.
    chat_request q("gem", "x");
    q.logit_bias = raw_json(R"({"1":2})");
    const auto r = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().param() == "logit_bias");
    // So are hints, which are no errors.
    w.network.reply(400, "{}");
    const std::string hinting = R"({"model":"gem","max_tokens":9,"tools":[{"name":"f","input_schema":{}}],"messages":[{"role":"user","content":"x"}],)"
                                R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true}})";
    call hinted(w.runtime, w.context);
    set_body<anthropic_messages>(hinted, hinting);
    BOOST_TEST(testing::run(gw.execute(hinted)).has_error());
    const auto& names = hinted.now.dropped;
    BOOST_TEST((std::find(names.begin(), names.end(), "tool_choice.disable_parallel_tool_use") != names.end()));
}

BOOST_AUTO_TEST_CASE(functions_have_the_callers_names_again) {
    const std::string original = "mcp__" + std::string(80, 'q');
    chat_request q("gpt", "hi");
    q.tools.emplace_back(original, "", R"({"type":"object","properties":{}})");
    chat_request told = q;
    tool_names names;
    names.make_fit(told, openai_chat::tool_names);
    const std::string name = told.tools[0].name;
    const std::string call = R"([{"index":0,"id":"t","type":"function","function":{"name":")" + name + R"(","arguments":"{}"}}])";
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply(200, R"({"id":"c","object":"chat.completion","created":7,"model":"g","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":null,"tool_calls":)" + call + R"(},"finish_reason":"tool_calls"}]})");
    w.network.reply(200, R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"g","choices":[{"index":0,)"
        R"("delta":{"role":"assistant","tool_calls":)" + call + R"(},"finish_reason":null}]})"
                         "\n\n"
                         R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"g","choices":[{"index":0,)"
                         R"("delta":{},"finish_reason":"tool_calls"}]})"
                         "\n\ndata: [DONE]\n\n").field("content-type", "text/event-stream");
    const auto whole = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST(w.network.requests()[0].body.find(name) != std::string::npos);
    BOOST_TEST(w.network.requests()[0].body.find(original) == std::string::npos);
    BOOST_TEST(std::get<tool_call_part>(whole->choices.at(0).answer.content.at(0)).name == original);
    call_context second;
    const auto streamed = testing::run(streamed_names(gw, w, second, q));
    BOOST_TEST(streamed == original);
}

BOOST_AUTO_TEST_CASE(an_unknown_model_is_not_found) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    finished f;
    call c(w.runtime, w.context);
    c.on_finish(&f, &finished::told);
    set_body<openai_chat>(c, R"({"model":"nope","messages":[{"role":"user","content":"x"}]})");
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::not_found));
    BOOST_TEST(r.error().param() == "model");
    BOOST_TEST(f.times == 1);
}

BOOST_AUTO_TEST_CASE(an_unknown_model_costs_nobody_anything) {
    world w;
    using limited = gateway<providers, weighted, retry, fallback, rate_limit>;
    limited::policies_type policies;
    std::get<retry>(policies).not_found = 3;
    std::get<fallback>(policies).add("old-name", {"gpt"});
    std::get<rate_limit>(policies).gateway(1, 1'000'000);
    limited gw(world_of({make("a", "gpt", "openai", "gpt-4o")}), policies);
    for (int i = 0; i < 3; ++i) {
        call c(w.runtime, w.context);
        set_body<openai_chat>(c, R"({"model":"nope","messages":[{"role":"user","content":"x"}]})");
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::not_found));
    }
    BOOST_TEST(w.runtime.sleeps().empty());
    w.network.reply(200, openai_reply);
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
    BOOST_TEST(testing::run(gw.execute(c)).has_value());
}

BOOST_AUTO_TEST_CASE(a_model_nobody_serves_may_have_a_fallback) {
    world w;
    plain_gateway::policies_type policies;
    std::get<fallback>(policies).add("old-name", {"gpt"}).otherwise({"gpt"});
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}), policies);
    w.network.reply(200, openai_reply);
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"old-name","messages":[{"role":"user","content":"x"}]})");
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.context.report.fallbacks == 1u);
    // "*" is for groups that fail, not for misspelt names.
    call misspelt(w.runtime, w.context);
    set_body<openai_chat>(misspelt, R"({"model":"odl-name","messages":[{"role":"user","content":"x"}]})");
    BOOST_TEST(testing::run(gw.execute(misspelt)).has_error());
    BOOST_TEST(w.network.calls() == 1u);
}

BOOST_AUTO_TEST_CASE(an_error_with_status_200_is_one) {
    static constexpr std::pair<std::string_view, errc> cases[] = {
        {R"({"error":{"message":"boom"}})", errc::bad_response},
        {R"({"error":{"message":"slow down","code":429}})", errc::rate_limited},
    };
    for (const bool stream : {false, true})
        for (const auto& [body, expected] : cases) {
            world w;
            gateway<providers, weighted, fallback>::policies_type policies;
            std::get<fallback>(policies).add("gpt", {"other"});
            gateway<providers, weighted, fallback> gw(
                world_of({make("a", "gpt", "openai", "gpt-4o"), make("b", "other", "openai", "gpt-4o")}), policies);
            w.network.reply(200, std::string(body)).field("content-type", "application/json");
            w.network.reply(503, "{}");
            const std::string asked = std::string(R"({"model":"gpt",)") + (stream ? R"("stream":true,)" : "") +
                                      R"("messages":[{"role":"user","content":"x"}]})";
            call c(w.runtime, w.context);
            set_body<openai_chat>(c, asked);
            c.in.stream = stream;
            const auto r = testing::run(gw.execute(c));
            BOOST_REQUIRE(r.has_error());
            BOOST_TEST(w.context.report.fallbacks == 1u);
            BOOST_REQUIRE(!w.context.report.trail.empty());
            BOOST_TEST((w.context.report.trail[0].code == expected));
        }
}

BOOST_AUTO_TEST_CASE(what_is_no_stream) {
    struct row {
        std::string_view body, type;
        errc expected;
        std::string_view said;
    };
    static constexpr row rows[] = {
        {"<html>It works!</html>", "text/html", errc::bad_response, "HTML"},
        {"", "text/event-stream", errc::truncated, "before any content"},
        {" \n", "text/event-stream", errc::truncated, "before any content"},
    };
    for (const row& given : rows) {
        world w;
        gateway<providers, weighted> gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
        w.network.reply(200, std::string(given.body)).field("content-type", std::string(given.type));
        call c(w.runtime, w.context);
        set_body<openai_chat>(c, R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"x"}]})");
        c.in.stream = true;
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == given.expected));
        BOOST_TEST(r.error().message().find(given.said) != std::string::npos, r.error().message());
    }
}

BOOST_AUTO_TEST_CASE(a_provider_that_quotes_the_key_is_not_quoted) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply(401, R"({"error":{"message":"Incorrect API key provided: sk-upstream, sk-upstream.","code":"sk-upstream","param":"x sk-upstream"}})");
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().provider_message() == "Incorrect API key provided: ***, ***.");
    BOOST_TEST(r.error().provider_code() == "***");
    BOOST_TEST(r.error().param() == "x ***");
}

BOOST_AUTO_TEST_CASE(a_wildcard_takes_the_rest_of_the_name) {
    world w;
    plain_gateway gw(world_of({make("a", "openai/*", "openai", "*")}));
    w.network.reply(200, openai_reply);
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"openai/gpt-9","messages":[{"role":"user","content":"x"}]})");
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.network.requests()[0].body.find("\"gpt-9\"") != std::string::npos);
    BOOST_TEST(w.context.report.upstream_model == "gpt-9");
}

BOOST_AUTO_TEST_CASE(a_failed_attempt_goes_to_another_deployment_and_leaves_a_trail) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o"), make("b", "gpt", "openai", "gpt-4o")}));
    w.network.reply(429, R"({"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded","param":null}})")
        .field("retry-after", "7");
    w.network.reply(200, openai_reply);
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.context.report.retries == 1u);
    BOOST_TEST(w.runtime.sleeps().empty());
    BOOST_REQUIRE(w.context.report.trail.size() == 1u);
    BOOST_TEST(w.context.report.trail[0].status == 429);
    BOOST_TEST(w.context.report.trail[0].deployment != w.context.report.deployment_id);
}

BOOST_AUTO_TEST_CASE(the_last_error_keeps_the_provider_s_words_and_every_attempt) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply_always(503, R"({"error":{"message":"try later","type":"server_error","code":null,"param":null}})");
    call c(w.runtime, w.context);
    set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::overloaded));
    BOOST_TEST(r.error().http_status() == 503);
    BOOST_TEST(r.error().provider() == "openai");
    BOOST_TEST(r.error().provider_message() == "try later");
    BOOST_TEST(r.error().attempts().size() == 3u);
    BOOST_TEST(r.error().message().find("try later") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_with_status_200_is_not_an_answer) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    for (const char* garbage : {"<html>proxy</html>", "", "[1,2]", "{\"id\":", "\xff\xfe{}"}) {
        w.network.clear();
        w.network.reply_always(200, garbage);
        call c(w.runtime, w.context);
        set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::bad_response));
        BOOST_TEST(r.error().http_status() == 502);
    }
}

BOOST_AUTO_TEST_CASE(listeners_hear_once_with_the_true_count) {
    world w;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o")}));
    w.network.reply(200, openai_reply);
    finished f;
    {
        call c(w.runtime, w.context);
        c.on_finish(&f, &finished::told);
        set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    }
    BOOST_TEST(f.times == 1);
    BOOST_TEST(!f.how->failure.has_value());
    BOOST_TEST(f.how->tokens.input_tokens == 3);
}

BOOST_AUTO_TEST_CASE(an_abandoned_call_counts_as_cancelled) {
    world w;
    finished f;
    {
        call c(w.runtime, w.context);
        c.on_finish(&f, &finished::told);
    }
    BOOST_TEST(f.times == 1);
    BOOST_TEST((f.how->failure == errc::cancelled));
}

BOOST_AUTO_TEST_CASE(a_reload_is_seen_by_the_next_call_and_keeps_what_was_learnt) {
    world w;
    using careful = gateway<providers, weighted, breaker, timeout>;
    careful gw(world_of({make("a", "gpt", "openai", "gpt-4o"), make("b", "gpt", "openai", "gpt-4o")}));
    w.network.reply(429, R"({"error":{"message":"no","type":"t","code":"c","param":null}})").field("retry-after", "60");
    const auto ask = [&] {
        call_context context;
        context.started = w.runtime.now();
        call c(w.runtime, context);
        set_body<openai_chat>(c, R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})");
        const auto r = testing::run(gw.execute(c));
        return std::make_pair(r.has_value(), std::string(context.report.deployment_id));
    };
    const auto [ok, cooled] = ask();
    BOOST_TEST(!ok);
    w.network.reply_always(200, openai_reply);
    gw.reload(world_of({make("b", "gpt", "openai", "gpt-4o"), make("a", "gpt", "openai", "gpt-4o")}), careful::policies_type());
    for (int i = 0; i < 20; ++i) {
        const auto [served, by] = ask();
        BOOST_TEST(served);
        BOOST_TEST(by != cooled);
    }
    gw.reload(world_of({make("c", "other", "openai", "gpt-4o")}), careful::policies_type());
    BOOST_TEST(!ask().first);
}

BOOST_AUTO_TEST_CASE(a_fallback_serves_when_the_group_fails) {
    world w;
    fallback chain;
    chain.groups["gpt"].push_back("claude");
    plain_gateway::policies_type policies;
    std::get<fallback>(policies) = chain;
    std::get<retry>(policies).max_retries = 0;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt-4o"), make("b", "claude", "anthropic", "claude-x")}), policies);
    w.network.reply(500, "{}").when_path("/v1/chat");
    w.network.reply(200, R"({"id":"m","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text",)"
        R"("text":"from claude"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}})")
        .when_path("/v1/messages");
    const chat_request q("gpt", "hi");
    const auto r = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->text() == "from claude");
    BOOST_TEST(w.context.report.fallbacks == 1u);
    BOOST_TEST(w.context.report.deployment_id == "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace execute_unit
