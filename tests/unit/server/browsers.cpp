// SPDX-License-Identifier: BSL-1.0
// Requests from pages, OPTIONS and HEAD, paths and methods that are not there, and fields that go on to providers.
#include "support.hpp"

#include <llmx/server/cors.hpp>

namespace browsers_unit {

using namespace llmx;
using namespace server_test;

namespace {

std::string options(std::string_view path, std::string_view fields = "") {
    return "OPTIONS " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

constexpr std::string_view preflight = "Origin: http://ui.example\r\nAccess-Control-Request-Method: POST\r\n"
                                       "Access-Control-Request-Headers: authorization,content-type,x-stainless-os\r\n";

server_options with_key() {
    server_options o;
    o.key = secret("sk-key");
    return o;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_browsers)

BOOST_AUTO_TEST_CASE(a_page_may_call_with_a_key_and_asks_without_one) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, with_key());
    client c(server.port());
    for (const std::string_view path : {"/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent", "/v1/models", "/v1/nothing"}) {
        BOOST_TEST_CONTEXT(path) {
            c.send(options(path, preflight));
            const answer a = c.read(true);
            BOOST_TEST(a.status == 204);
            BOOST_TEST(a.field("access-control-allow-origin") == "*");
            BOOST_TEST(a.field("access-control-allow-headers") == "authorization,content-type,x-stainless-os");
            BOOST_TEST(a.field("access-control-allow-methods") == (path == "/v1/models" ? "GET, HEAD" : "POST"));
            BOOST_TEST(a.field("access-control-max-age") == "7200");
            BOOST_TEST(a.field("access-control-allow-credentials").empty());
            BOOST_TEST(a.field("content-length").empty());
            BOOST_TEST(a.field("content-type").empty());
        }
    }
    BOOST_TEST(gateway.executed == 0);
    // Answers, and errors too, can be read by the page.
    c.send(post("/v1/chat/completions", chat_body, "Origin: http://ui.example\r\nAuthorization: Bearer sk-key\r\n"));
    answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("access-control-allow-origin") == "*");
    BOOST_TEST(a.field("access-control-expose-headers").find("x-request-id") != std::string::npos);
    c.send(post("/v1/chat/completions", chat_body, "Origin: http://ui.example\r\n"));
    a = c.read();
    BOOST_TEST(a.status == 401);
    BOOST_TEST(a.field("access-control-allow-origin") == "*");
    c.send(get("/v1/nothing", "Origin: http://ui.example\r\n"));
    a = c.read();
    BOOST_TEST(a.status == 404);
    BOOST_TEST(a.field("access-control-allow-origin") == "*");
    // Who is no page gets none of it.
    c.send(post("/v1/chat/completions", chat_body, "Authorization: Bearer sk-key\r\n"));
    BOOST_TEST(c.read().head.find("access-control") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(origins_can_be_chosen_and_a_server_without_keys_has_those_of_its_machine) {
    fake_gateway gateway;
    gateway.act = says();
    const auto permitted = [&](server_options o, std::string_view origin) {
        running_server server(gateway, std::move(o));
        client c(server.port());
        const std::string from = "Origin: " + std::string(origin) + "\r\n";
        c.send(options("/v1/chat/completions", from + "Access-Control-Request-Method: POST\r\n"));
        const answer asked = c.read(true);
        c.send(post("/v1/chat/completions", chat_body, from + "Authorization: Bearer sk-key\r\n"));
        const answer made = c.read();
        BOOST_TEST(asked.status == 204);
        BOOST_TEST(asked.field("access-control-allow-origin") == made.field("access-control-allow-origin"));
        BOOST_TEST(asked.field("access-control-allow-methods").empty() == made.field("access-control-allow-origin").empty());
        return made.field("access-control-allow-origin");
    };
    BOOST_TEST(permitted(server_options(), "http://evil.example").empty());
    BOOST_TEST(permitted(server_options(), "http://localhost.evil.example").empty());
    for (const std::string_view mine : {"http://localhost", "http://localhost:3000", "https://127.0.0.1:8080", "http://[::1]"})
        BOOST_TEST(permitted(server_options(), mine) == mine);
    server_options o = with_key();
    o.cors_origins.emplace();
    BOOST_TEST(permitted(o, "http://ui.example").empty());
    o.cors_origins->assign({"https://app.example", "https://*.team.example"});
    BOOST_TEST(permitted(o, "https://app.example") == "https://app.example");
    BOOST_TEST(permitted(o, "https://a.b.team.example") == "https://a.b.team.example");
    for (const std::string_view other : {"http://app.example", "https://app.example.evil", "https://team.example",
                                         "https://evil/.team.example", "null"})
        BOOST_TEST(permitted(o, other).empty(), other);
    o.cors_origins->assign({"https://app.example", "*"});
    BOOST_TEST(permitted(o, "null") == "*");
}

BOOST_AUTO_TEST_CASE(options_and_head_are_answered_for_each_path) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, with_key());
    client c(server.port());
    const std::pair<std::string_view, std::string_view> paths[] = {
        {"/v1/chat/completions", "POST, OPTIONS"}, {"/v1/messages", "POST, OPTIONS"}, {"/v1/models", "GET, HEAD, OPTIONS"},
        {"/v1/models/m", "GET, HEAD, OPTIONS"},    {"/health", "GET, HEAD, OPTIONS"}, {"/v1beta/models/m:generateContent", "POST, OPTIONS"}};
    for (const auto& [path, allow] : paths) {
        BOOST_TEST_CONTEXT(path) {
            c.send(options(path));
            answer a = c.read(true);
            BOOST_TEST(a.status == 204);
            BOOST_TEST(a.field("allow") == allow);
            c.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer sk-key\r\n\r\n");
            a = c.read(true);
            BOOST_TEST(a.status == (allow.starts_with("GET") ? 200 : 405));
            if (a.status == 405) BOOST_TEST(a.field("allow") == allow);
        }
    }
    c.send(options("*"));
    BOOST_TEST(c.read(true).status == 204);
    c.send(options("/v1/nothing"));
    BOOST_TEST(c.read().status == 404);
    c.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
    BOOST_TEST(c.read(true).status == 404);
    BOOST_TEST(gateway.executed == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_404_in_each_vendors_words) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    struct row {
        std::string_view method, path, fields, expected;
    };
    const row rows[] = {
        {"POST", "/v1/responses", "", R"("type":"invalid_request_error","param":null,"code":null)"},
        {"GET", "/v1/nothing", "", R"("code":null)"},
        {"POST", "/v1/models", "", R"("code":null)"},
        {"DELETE", "/v1/models/ft:m:acme::1", "", R"("code":null)"},
        {"GET", "/v1/models/none", "", R"("code":"model_not_found")"},
        {"POST", "/v1/messages/none", "", R"({"type":"error","error":{"type":"not_found_error")"},
        {"POST", "/v1/models", "anthropic-version: 2023-06-01\r\n", R"("type":"not_found_error")"},
        {"POST", "/v1beta/models/m:countTokens", "", R"("status":"NOT_FOUND")"},
        {"POST", "/v1/models/m:countTokens", "", R"("status":"NOT_FOUND")"},
        {"POST", "/v1/models/vendor/m-2:batchGenerateContent", "", "models/vendor/m-2 is not found, or is not supported for batchGenerateContent"},
        {"POST", "/v1beta/models/m", "", R"("status":"NOT_FOUND")"},
        {"PATCH", "/v1beta/cachedContents/1", "", R"("status":"NOT_FOUND")"},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.method << " " << r.path) {
            std::string request = std::string(r.method) + " " + std::string(r.path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(r.fields);
            if (r.method.starts_with('P')) request += "Content-Length: 0\r\n";
            c.send(request + "\r\n");
            const answer a = c.read();
            BOOST_TEST(a.status == 404);
            BOOST_TEST(a.body.find(r.expected) != std::string::npos, a.body);
        }
    }
}

BOOST_AUTO_TEST_CASE(anthropics_callers_find_the_requests_id_where_their_sdk_reads_it) {
    const std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/messages", body, "x-request-id: mine\r\n"));
    BOOST_TEST(c.read().field("request-id") == "mine");
    c.send(post("/v1/chat/completions", chat_body, "x-request-id: mine\r\n"));
    BOOST_TEST(c.read().field("request-id").empty());
    gateway.act = fails(error(errc::rate_limited));
    c.send(post("/v1/messages", body, "x-request-id: mine\r\n"));
    answer a = c.read();
    BOOST_TEST(a.field("request-id") == "mine");
    BOOST_TEST(a.json().at("request_id").as_string() == "mine");
    // A provider's own id is the one that its support can use.
    gateway.act = fails(error(errc::rate_limited).with_provider("anthropic").with_request_id("req_of_provider"));
    c.send(post("/v1/messages", body, "x-request-id: mine\r\n"));
    a = c.read();
    BOOST_TEST(a.field("request-id") == "req_of_provider");
    BOOST_TEST(a.field("x-request-id") == "mine");
    BOOST_TEST(a.json().at("request_id").as_string() == "req_of_provider");
    c.send(get("/v1/nothing", "anthropic-version: 2023-06-01\r\n"));
    a = c.read();
    BOOST_TEST(a.field("request-id").size() == 32u);
    BOOST_TEST(a.json().at("request_id").as_string() == a.field("request-id"));
}

BOOST_AUTO_TEST_CASE(traces_and_chosen_fields_go_on_and_no_others) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen.clear();
        for (std::size_t i = 0; i != c.in.relayed_count; ++i)
            seen += std::string(c.in.relayed[i].name) + "=" + std::string(c.in.relayed[i].value) + " ";
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    constexpr std::string_view fields = "Traceparent: 00-a-b-01\r\ntraceparent: 00-c-d-01\r\ntracestate: a=b\r\ntracestate: c=d\r\nx-request-id: mine\r\n"
                                        "Cookie: secret\r\nAuthorization: Bearer k\r\nx-api-key: k\r\nX-Team: red\r\nx-forwarded-for: 1.2.3.4\r\n"
                                        "x-stainless-os: Linux\r\nx-llmx-drop-params: true\r\nHelicone-Id: 7\r\nUser-Agent: mine/1\r\n";
    const auto relayed = [&](std::vector<std::string> names) {
        server_options o;
        o.forward_headers = std::move(names);
        running_server server(gateway, o);
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body, fields));
        BOOST_TEST(c.read().status == 200);
        return seen;
    };
    const std::string always = "Traceparent=00-a-b-01 tracestate=a=b tracestate=c=d x-request-id=mine ";
    BOOST_TEST(relayed({}) == always);
    BOOST_TEST(relayed({"x-*"}) == always + "X-Team=red ");
    BOOST_TEST(relayed({"helicone-*", "user-agent"}) == always + "Helicone-Id=7 User-Agent=mine/1 ");
    BOOST_TEST(relayed({"*"}) == always + "X-Team=red Helicone-Id=7 User-Agent=mine/1 ");
    BOOST_TEST(relayed({"x-forwarded-for", "authorization", "cookie", "x-api-key", "content-length"}) == always + "x-forwarded-for=1.2.3.4 ");
    // One that cannot be a request's id was replaced.
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body, "x-request-id: two words\r\n"));
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(seen.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace browsers_unit
