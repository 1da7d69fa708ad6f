// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/catalog/model_facts.hpp>

#include <boost/test/data/test_case.hpp>

namespace serving_unit {

using namespace llmx;
using namespace server_test;

BOOST_AUTO_TEST_SUITE(server_serving)

BOOST_AUTO_TEST_CASE(passes_a_reply_of_the_same_dialect_through) {
    fake_gateway gateway;
    std::string seen_body, seen_model;
    std::uint64_t estimate = 0;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen_body = c.in.body;
        seen_model = c.model;
        estimate = c.in.estimated_tokens;
        c.report.retries = 2;
        c.report.fallbacks = 1;
        c.now.dropped.push_back("top_k");
        c.now.dropped.push_back("seed");
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body, "X-Request-Id: mine-1\r\n"));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.complete);
    BOOST_TEST(a.body == openai_reply);
    BOOST_TEST(a.field("content-type") == "application/json");
    BOOST_TEST(a.field("x-request-id") == "mine-1");
    BOOST_TEST(a.field("x-llmx-model") == "fake-large");
    BOOST_TEST(a.field("x-llmx-provider") == "fake");
    BOOST_TEST(a.field("x-llmx-deployment-id") == "dep-1");
    BOOST_TEST(a.field("x-llmx-attempted-retries") == "2");
    BOOST_TEST(a.field("x-llmx-attempted-fallbacks") == "1");
    BOOST_TEST(a.field("x-llmx-dropped-params") == "top_k, seed");
    BOOST_TEST(!a.field("x-llmx-overhead-us").empty());
    BOOST_TEST(a.field("date").size() == 29u);
    BOOST_TEST(a.field("connection").empty());
    BOOST_TEST(seen_body == chat_body);
    BOOST_TEST(seen_model == "m");
    BOOST_TEST(estimate == chat_body.size() / 4);
}

BOOST_AUTO_TEST_CASE(a_reply_states_what_it_cost) {
    model_prices prices;
    price_rate rate;
    rate.amount = money(1250);
    prices.rates.push_back(rate);
    model_facts facts;
    facts.prices = std::make_shared<const model_prices>(prices);
    fake_gateway gateway;
    bool known = true;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        c.report.facts = known ? &facts : nullptr;
        c.report.tokens.input_tokens = 1001;
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().field("x-llmx-response-cost") == "0.00125125");
    known = false;
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().field("x-llmx-response-cost").empty());
}

// A head goes out before a stream's tokens are known: RFC 9110 section 6.5 has a place behind the content.
BOOST_AUTO_TEST_CASE(a_stream_states_what_it_cost_in_its_trailer_section_to_clients_that_read_one) {
    model_prices prices;
    price_rate rate;
    rate.amount = money(1250);
    prices.rates.push_back(rate);
    model_facts facts;
    facts.prices = std::make_shared<const model_prices>(prices);
    fake_gateway gateway;
    bool known = true;
    const auto behave = streams<openai_chat>({"data: {}\n\n", "data: [DONE]\n\n"});
    gateway.act = [&](call& c) {
        c.report.facts = known ? &facts : nullptr;
        c.report.tokens.input_tokens = 1001;
        return behave(c);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", stream_body, "TE: gzip;q=0.5, Trailers\r\n"));
    const answer with = c.read(true);
    BOOST_TEST(with.field("trailer") == "x-llmx-response-cost");
    BOOST_TEST(with.field("x-llmx-response-cost").empty());
    BOOST_REQUIRE(c.read_until("\r\n\r\n"));
    BOOST_TEST(c.pending().ends_with("\r\n0\r\nx-llmx-response-cost: 0.00125125\r\n\r\n"), c.pending());
    {
        client plain(server.port());
        plain.send(post("/v1/chat/completions", stream_body));
        const answer without = plain.read();
        BOOST_TEST(without.complete);
        BOOST_TEST(without.field("trailer").empty());
        BOOST_TEST(without.field("x-llmx-response-cost").empty());
        BOOST_TEST(plain.pending().empty());
    }
    known = false;
    client unpriced(server.port());
    unpriced.send(post("/v1/chat/completions", stream_body, "TE: trailers\r\n"));
    const answer none = unpriced.read();
    BOOST_TEST(none.complete);
    BOOST_TEST(none.field("trailer").empty());
    BOOST_TEST(unpriced.pending().empty());
}

BOOST_AUTO_TEST_CASE(makes_up_a_request_id_and_takes_only_usable_ones) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    std::vector<std::string> ids;
    for (const std::string given : {"", "X-Request-Id: with space\r\n", "X-Request-Id: quo\"te\r\n"}) {
        c.send(post("/v1/chat/completions", chat_body, given));
        ids.push_back(c.read().field("x-request-id"));
        BOOST_TEST(ids.back().size() == 32u);
        BOOST_TEST(ids.back().find_first_not_of("0123456789abcdef") == std::string::npos);
    }
    BOOST_TEST(ids[0] != ids[1]);
    c.send(post("/v1/chat/completions", chat_body, "X-Request-Id: " + std::string(129, 'a') + "\r\n"));
    BOOST_TEST(c.read().field("x-request-id").size() == 32u);
    c.send(post("/v1/chat/completions", chat_body, "X-Request-Id: " + std::string(128, 'a') + "\r\n"));
    BOOST_TEST(c.read().field("x-request-id") == std::string(128, 'a'));
}

BOOST_AUTO_TEST_CASE(translates_a_reply_of_another_dialect) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/messages",
                R"({"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}]})"));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.json().at("type").as_string() == "message");
    BOOST_TEST(a.json().at("content").at(0).at("text").as_string() == "hello");
    c.send(post("/v1beta/models/m:generateContent", R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})"));
    const answer g = c.read();
    BOOST_TEST(g.status == 200);
    BOOST_TEST(g.json().at("candidates").at(0).at("content").at("parts").at(0).at("text").as_string() == "hello");
}

BOOST_AUTO_TEST_CASE(takes_a_tool_of_ours_out_of_a_reply_of_the_same_dialect) {
    fake_gateway gateway;
    gateway.act = [&](call&) -> asio::awaitable<result<reply>> {
        reply r = reply_with(codec_of<anthropic_messages>, R"({"id":"m","type":"message","role":"assistant","model":"c",)"
            R"("content":[{"type":"tool_use","id":"t","name":"json_tool_call","input":{"a":1}}],"stop_reason":"tool_use"})");
        r.how = std::make_unique<detail::chat_rendering>(true, nullptr);
        co_return std::move(r);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/messages", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})"));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body.find(R"({"type":"text","text":"{\"a\":1}")") != std::string::npos);
    BOOST_TEST(a.body.find("json_tool_call") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_functions_their_names_again) {
    fake_gateway gateway;
    const std::string original = "mcp__" + std::string(80, 'q');
    gateway.act = [&](call&) -> asio::awaitable<result<reply>> {
        chat_request q("m", "hi");
        q.tools.emplace_back(original, "", "{}");
        auto names = std::make_unique<tool_names>();
        names->make_fit(q, openai_chat::tool_names);
        reply r = reply_with(codec_of<openai_chat>, R"({"id":"c","object":"chat.completion","created":7,"model":"g",)"
            R"("choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function",)"
            R"("function":{"name":")" + q.tools[0].name + R"(","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})");
        r.how = std::make_unique<detail::chat_rendering>(false, std::move(names));
        co_return std::move(r);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/messages", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})"));
    BOOST_TEST(c.read().json().at("content").at(0).at("name").as_string() == original);
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().body.find(original) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_a_reply_that_broke_off_as_an_error) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<gemini_generate>,
                             R"({"candidates":[{"content":{"role":"model","parts":[]},"finishReason":"MALFORMED_FUNCTION_CALL"}]})");
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 502);
    BOOST_TEST(a.json().as_object().contains("error"));
    gateway.act = says("not json at all");
    c.send(post("/v1/messages", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})"));
    const answer b = c.read();
    BOOST_TEST(b.status == 502);
    BOOST_TEST(b.json().at("type").as_string() == "error");
}

BOOST_AUTO_TEST_CASE(finds_model_and_stream_in_paths) {
    fake_gateway gateway;
    std::vector<std::string> seen;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen.push_back(std::string(c.model) + "|" + std::string(c.in.path_model) + (c.in.stream ? "|stream" : ""));
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    const std::string body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
    for (const std::string path : {"/v1beta/models/a/b:generateContent", "/models/a%2Fb:generateContent",
                                   "/v1/models/x:streamGenerateContent?alt=sse"}) {
        c.send(post(path, body));
        BOOST_TEST(c.read().status == 404);
    }
    c.send(post("/openai/deployments/my%20dep/chat/completions?api-version=1", R"({"messages":[{"role":"user","content":"hi"}]})"));
    BOOST_TEST(c.read().status == 404);
    BOOST_REQUIRE(seen.size() == 4u);
    BOOST_TEST(seen[0] == "a/b|a/b");
    BOOST_TEST(seen[1] == "a/b|a/b");
    BOOST_TEST(seen[2] == "x|x|stream");
    BOOST_TEST(seen[3] == "my dep|my dep");
    c.send(post("/v1beta/models/a%ZZ:generateContent", body));
    BOOST_TEST(c.read().status == 400);
    BOOST_TEST(seen.size() == 4u);
}

BOOST_AUTO_TEST_CASE(understands_a_model_written_with_escapes) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen = c.model;
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", R"({"model":"\u006d\/x","messages":[{"role":"user","content":"hi"}]})"));
    (void)c.read();
    BOOST_TEST(seen == "m/x");
}

BOOST_AUTO_TEST_CASE(forwards_the_fields_of_the_dialect_and_no_others) {
    fake_gateway gateway;
    std::string seen, wishes;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        wishes += !c.in.drop_params ? '-' : *c.in.drop_params ? '1' : '0';
        for (std::size_t i = 0; i < c.in.forwarded_count; ++i)
            seen += std::string(c.in.forwarded[i].name) + "=" + std::string(c.in.forwarded[i].value) + ";";
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    for (const std::string wish : {"", "x-llmx-drop-params: true\r\n", "X-Llmx-Drop-Params: false\r\n"}) {
        c.send(post("/v1/chat/completions", chat_body, wish));
        (void)c.read();
    }
    BOOST_TEST(wishes == "-10");
    c.send(post("/v1/messages", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})",
                "Anthropic-Version: 2023-06-01\r\nanthropic-beta: a,b\r\nAuthorization: Bearer s3cret\r\nCookie: c\r\n"));
    (void)c.read();
    BOOST_TEST(seen == "Anthropic-Version=2023-06-01;anthropic-beta=a,b;");
}

BOOST_AUTO_TEST_CASE(relays_a_stream_as_it_comes) {
    fake_gateway gateway;
    const std::vector<std::string> pieces{"data: {\"a\":1}\n\n", "data: {\"b\"", ":2}\n\ndata: [DONE]\n\n"};
    gateway.act = streams<openai_chat>(pieces);
    running_server server(gateway);
    client c(server.port());
    for (int round = 0; round < 2; ++round) {
        c.send(post("/v1/chat/completions", stream_body));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.complete);
        BOOST_TEST(a.body == pieces[0] + pieces[1] + pieces[2]);
        BOOST_TEST(a.field("content-type") == "text/event-stream; charset=utf-8");
        BOOST_TEST(a.field("cache-control") == "no-cache");
        BOOST_TEST(a.field("transfer-encoding") == "chunked");
        BOOST_TEST(a.field("content-length").empty());
        BOOST_TEST(a.field("x-llmx-provider") == "fake");
    }
}

BOOST_AUTO_TEST_CASE(ends_a_stream_to_http_1_0_with_the_connection) {
    fake_gateway gateway;
    gateway.act = streams<openai_chat>({"data: 1\n\n", "data: [DONE]\n\n"});
    running_server server(gateway);
    client c(server.port());
    c.send("POST /v1/chat/completions HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: " +
           std::to_string(stream_body.size()) + "\r\n\r\n" + std::string(stream_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("transfer-encoding").empty());
    BOOST_TEST(a.field("connection") == "close");
    BOOST_TEST(a.body == "data: 1\n\ndata: [DONE]\n\n");
    BOOST_TEST(a.complete);
}

BOOST_AUTO_TEST_CASE(a_cut_stream_has_no_clean_end) {
    fake_gateway gateway;
    error cut(errc::truncated);
    gateway.act = streams<openai_chat>({"data: {\"a\":1}\n\n"}, [cut](scripted_stream& s) { s.failure = cut; });
    running_server server(gateway);
    {
        client c(server.port());
        c.send(post("/v1/chat/completions", stream_body));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(!a.complete);
        BOOST_TEST(a.body.find("\"error\"") != std::string::npos);
        BOOST_TEST(a.body.find("[DONE]") == std::string::npos);
        BOOST_TEST(c.closed());
    }
    // In the middle of an event nothing more can be reported.
    gateway.act = streams<openai_chat>({"data: {\"a\":"}, [cut](scripted_stream& s) { s.failure = cut; });
    {
        client c(server.port());
        c.send(post("/v1/chat/completions", stream_body));
        const answer a = c.read();
        BOOST_TEST(!a.complete);
        BOOST_TEST(a.body == "data: {\"a\":");
        BOOST_TEST(c.closed());
    }
    // The provider's own words are enough.
    gateway.act = streams<openai_chat>({"data: {\"error\":{}}\n\n"}, [cut](scripted_stream& s) {
        s.failure = cut;
        s.said_so = true;
    });
    {
        client c(server.port());
        c.send(post("/v1/chat/completions", stream_body));
        const answer a = c.read();
        BOOST_TEST(!a.complete);
        BOOST_TEST(a.body == "data: {\"error\":{}}\n\n");
    }
    // HTTP/1.0 has no other way than a reset.
    gateway.act = streams<openai_chat>({"data: {\"a\":1}\n\n"}, [cut](scripted_stream& s) { s.failure = cut; });
    {
        client c(server.port());
        c.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: " + std::to_string(stream_body.size()) +
               "\r\n\r\n" + std::string(stream_body));
        const answer a = c.read();
        BOOST_TEST(!a.complete);
        BOOST_TEST(c.was_reset());
    }
}

BOOST_AUTO_TEST_CASE(a_stream_that_fails_before_its_first_byte_is_an_error) {
    fake_gateway gateway;
    error cut(errc::truncated);
    gateway.act = streams<openai_chat>(std::vector<std::string>(), [cut](scripted_stream& s) { s.failure = cut; });
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", stream_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 502);
    BOOST_TEST(a.complete);
    BOOST_TEST(a.json().as_object().contains("error"));
    c.send(post("/v1/messages",
                R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})"));
    const answer b = c.read();
    BOOST_TEST(b.status == 502);
    BOOST_TEST(b.json().at("type").as_string() == "error");
}

namespace {
const std::vector<std::string> openai_events{
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fake-large\",\"choices\":[{\"index\":0,"
    "\"delta\":{\"role\":\"assistant\",\"content\":\"hel\"},\"finish_reason\":null}]}\n\n",
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fake-large\",\"choices\":[{\"index\":0,"
    "\"delta\":{\"content\":\"lo\"},\"finish_reason\":null}]}\n\n",
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fake-large\",\"choices\":[{\"index\":0,"
    "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: [DONE]\n\n"};
const std::string anthropic_stream_body =
    R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
const std::string gemini_body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
} // namespace

BOOST_AUTO_TEST_CASE(translates_a_stream) {
    fake_gateway gateway;
    gateway.act = streams<openai_chat>(openai_events);
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/messages", anthropic_stream_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.complete);
    BOOST_TEST(a.body.find("event: message_start") == 0u);
    BOOST_TEST(a.body.find("event: message_stop") != std::string::npos);
    BOOST_TEST(a.body.find("\"hel\"") != std::string::npos);
    c.send(post("/v1beta/models/m:streamGenerateContent?alt=sse", gemini_body));
    const answer g = c.read();
    BOOST_TEST(g.complete);
    BOOST_TEST(g.body.starts_with("data: {"));
    BOOST_TEST(g.field("content-type") == "text/event-stream; charset=utf-8");
    c.send(post("/v1beta/models/m:streamGenerateContent", gemini_body));
    const answer array = c.read();
    BOOST_TEST(array.complete);
    BOOST_TEST(array.field("content-type") == "application/json; charset=utf-8");
    BOOST_REQUIRE(array.json().is_array());
    BOOST_TEST(array.json().at(0).as_object().contains("candidates"));
}

BOOST_AUTO_TEST_CASE(a_translated_stream_that_breaks_off_is_cut) {
    fake_gateway gateway;
    const std::vector<std::string> half(openai_events.begin(), openai_events.begin() + 2);
    running_server server(gateway);
    const auto attempt = [&](std::string_view path, std::string_view body) {
        client c(server.port());
        c.send(post(path, body));
        answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(!a.complete);
        BOOST_TEST(c.closed());
        return a.body;
    };
    // The transport ends cleanly, the dialect did not.
    gateway.act = streams<openai_chat>(half);
    std::string got = attempt("/v1/messages", anthropic_stream_body);
    BOOST_TEST(got.find("event: error") != std::string::npos);
    BOOST_TEST(got.find("message_stop") == std::string::npos);
    // The stream itself reports that it failed.
    gateway.act = streams<openai_chat>(half, [](scripted_stream& s) { s.failure = error(errc::idle_timeout); });
    got = attempt("/v1/messages", anthropic_stream_body);
    BOOST_TEST(got.find("event: error") != std::string::npos);
    got = attempt("/v1beta/models/m:streamGenerateContent", gemini_body);
    BOOST_TEST(got.find("\"error\"") != std::string::npos);
    // Garbage in the middle.
    std::vector<std::string> garbage = half;
    garbage.push_back("data: {{{\n\n");
    gateway.act = streams<openai_chat>(garbage);
    got = attempt("/v1/messages", anthropic_stream_body);
    BOOST_TEST(got.find("event: error") != std::string::npos);
    BOOST_TEST(got.find("\"lo\"") != std::string::npos);
    // A generation that the provider gave up on.
    gateway.act = streams<gemini_generate>(
        {"data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"x\"}]}}]}\n\n",
         "data: {\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\"}]}\n\n"});
    got = attempt("/v1/messages", anthropic_stream_body);
    BOOST_TEST(got.find("event: error") != std::string::npos);
    BOOST_TEST(got.find("message_stop") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_carry_status_and_retry_after) {
    fake_gateway gateway;
    error limited(errc::rate_limited, "slow down");
    limited.with_retry_after(std::chrono::milliseconds(1201));
    gateway.act = fails(limited);
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 429);
    BOOST_TEST(a.field("retry-after") == "2");
    BOOST_TEST(a.field("x-llmx-deployment-id") == "dep-1");
    BOOST_TEST(!a.field("x-request-id").empty());
    BOOST_TEST(a.json().at("error").at("message").as_string() == "slow down");
    gateway.act = fails(error(errc::provider_internal));
    c.send(post("/v1/chat/completions", chat_body));
    const answer b = c.read();
    BOOST_TEST(b.status == 500);
    BOOST_TEST(b.field("retry-after").empty());
}

BOOST_AUTO_TEST_CASE(a_throwing_gateway_costs_one_answer) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> { throw std::bad_alloc(); };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().status == 500);
    gateway.act = says();
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().status == 200);
}

BOOST_AUTO_TEST_CASE(lists_models_in_three_languages) {
    fake_gateway gateway;
    running_server server(gateway);
    client c(server.port());
    c.send(get("/v1/models"));
    auto list = c.read().json();
    BOOST_TEST(list.at("object").as_string() == "list");
    BOOST_REQUIRE(list.at("data").as_array().size() == 2u);
    BOOST_TEST(list.at("data").at(0).at("id").as_string() == "m");
    BOOST_TEST(list.at("data").at(0).at("owned_by").as_string() == "fake");
    BOOST_TEST(list.at("data").at(0).at("created").as_int64() > 0);
    BOOST_TEST(list.at("data").at(1).at("id").as_string() == "vendor/m-2");
    c.send(get("/v1/models?return_wildcard_routes=true"));
    list = c.read().json();
    BOOST_REQUIRE(list.at("data").as_array().size() == 3u);
    BOOST_TEST(list.at("data").at(2).at("id").as_string() == "any/*");
    BOOST_TEST(list.at("data").at(2).at("owned_by").as_string() == "fake");
    // It is the name of no model.
    c.send(get("/v1/models/any/*"));
    BOOST_TEST(c.read().status == 404);
    for (const std::string path : {"/v1/models/vendor/m-2", "/models/vendor%2Fm-2"}) {
        c.send(get(path));
        const answer one = c.read();
        BOOST_TEST(one.status == 200);
        BOOST_TEST(one.json().at("id").as_string() == "vendor/m-2");
    }
    c.send(get("/v1/models/nope"));
    const answer none = c.read();
    BOOST_TEST(none.status == 404);
    BOOST_TEST(none.json().at("error").is_object());
    c.send(get("/v1/models", "anthropic-version: 2023-06-01\r\n"));
    list = c.read().json();
    BOOST_TEST(list.at("data").at(0).at("type").as_string() == "model");
    BOOST_TEST(list.at("first_id").as_string() == "m");
    BOOST_TEST(list.at("last_id").as_string() == "vendor/m-2");
    BOOST_TEST(!list.at("has_more").as_bool());
    c.send(get("/v1/models/nope", "anthropic-version: 2023-06-01\r\n"));
    BOOST_TEST(c.read().json().at("type").as_string() == "error");
    c.send(get("/v1beta/models"));
    list = c.read().json();
    BOOST_TEST(list.at("models").at(0).at("name").as_string() == "models/m");
    c.send(get("/v1beta/models/nope"));
    BOOST_TEST(c.read().json().at("error").at("status").as_string() == "NOT_FOUND");
    c.send("HEAD /v1/models HTTP/1.1\r\nHost: x\r\n\r\n");
    const answer head = c.read(true);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(std::stoul(head.field("content-length")) > 10u);
    c.send(get("/health"));
    BOOST_TEST(c.read().status == 200); // nothing of a body was between the two
}

BOOST_AUTO_TEST_CASE(reports_health) {
    fake_gateway gateway;
    llmx::server_options o;
    o.key = secret("sk-1");
    running_server server(gateway, o);
    client c(server.port());
    for (const std::string path : {"/health/liveliness", "/health/liveness", "/health/readiness"}) {
        c.send(get(path));
        BOOST_TEST(c.read().status == 200);
    }
    c.send(get("/health"));
    BOOST_TEST(c.read().status == 401);
    c.send(get("/health", "Authorization: Bearer sk-1\r\n"));
    const auto facts = c.read().json();
    BOOST_TEST(facts.at("status").as_string() == "ready");
    BOOST_REQUIRE(facts.at("deployments").as_array().size() == 3u);
    BOOST_TEST(facts.at("deployments").at(0).at("id").as_string() == "dep-1");
    BOOST_TEST(facts.at("deployments").at(0).at("upstream_model").as_string() == "fake-large");
    gateway.empty_topology();
    c.send(get("/health/readiness"));
    const answer a = c.read();
    BOOST_TEST(a.status == 503);
    BOOST_TEST(a.json().at("status").as_string() == "no deployments");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace serving_unit
