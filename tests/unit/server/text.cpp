// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/wire/utf8.hpp>

#include <string>
#include <vector>

namespace text_unit {

// Text of callers and providers in what the server writes: UTF-8 in bodies, ASCII in heads, no key anywhere.

using namespace llmx;
using namespace server_test;

namespace {

const std::string key = "sk-up/PLANTED+91c2";

const deployment& keyed() {
    static const deployment d = [] {
        deployment made;
        made.id = "dep-1";
        made.key = secret(key);
        return made;
    }();
    return d;
}

struct request {
    std::string name, path, body, stream_path, stream_body;
};

/// One request in each language.
std::vector<request> requests() {
    const std::string gemini = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
    return {
        {"openai", "/v1/chat/completions", std::string(chat_body), "/v1/chat/completions", std::string(stream_body)},
        {"anthropic", "/v1/messages", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})",
         "/v1/messages", R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})"},
        {"gemini", "/v1beta/models/m:generateContent", gemini, "/v1beta/models/m:streamGenerateContent?alt=sse", gemini},
        {"gemini, array", "/v1beta/models/m:generateContent", gemini, "/v1beta/models/m:streamGenerateContent", gemini},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_text)

BOOST_AUTO_TEST_CASE(paths_that_are_not_utf8_are_refused) {
    fake_gateway gateway;
    gateway.act = fails(error(errc::not_found));
    running_server server(gateway);
    const std::string gemini = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
    for (const std::string bad : {"%ff", "a%c0%80", "%ed%a0%80", "x%c3", "%80y", "%f5%80%80%80", "%zz", "a%", "a%4", "%00"}) {
        for (const std::string& sent :
             {post("/v1beta/models/" + bad + ":generateContent", gemini),
              post("/openai/deployments/" + bad + "/chat/completions", chat_body), get("/v1/models/" + bad),
              get("/v1beta/models/" + bad), get("/nowhere/" + bad), get("/health/" + bad)}) {
            client c(server.port());
            c.send(sent);
            const answer a = c.read();
            BOOST_TEST(a.status == 400, sent);
            BOOST_TEST(a.body.find("the path must be percent-encoded UTF-8") != std::string::npos, a.body);
            BOOST_TEST(valid_utf8(a.body));
            (void)a.json();
        }
    }
    BOOST_TEST(gateway.executed == 0);
    for (const std::string good : {"%c3%a9", "a%20b", "%f0%9f%98%80", "%25ff"}) {
        client c(server.port());
        c.send(post("/v1beta/models/" + good + ":generateContent", gemini));
        BOOST_TEST(c.read().status == 404, good);
        c.send(get("/nowhere/" + good));
        BOOST_TEST(c.read().status == 404, good);
    }
    BOOST_TEST(gateway.executed == 4);
    server.finish();
    BOOST_TEST(valid_utf8(server.sink->text()));
    (void)server.sink->calls();
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_pair_is_no_invalid_utf8) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen = c.model;
        error e(errc::not_found, "no such model: '" + std::string(c.model) + "'");
        e.with_param(std::string(c.model));
        co_return e;
    };
    running_server server(gateway);
    for (const std::string half : {"\\ud800", "x\\udc00", "\\ud83d\\u0041", "\\ud800\\ud800\\udc00"}) {
        client c(server.port());
        c.send(post("/v1/chat/completions", R"({"model":")" + half + R"(","messages":[{"role":"user","content":"hi"}]})"));
        const answer a = c.read();
        BOOST_TEST(a.status == 404);
        BOOST_TEST(valid_utf8(seen));
        BOOST_TEST(seen.find("\xEF\xBF\xBD") != std::string::npos);
        BOOST_TEST(valid_utf8(a.body));
        (void)a.json();
    }
    server.finish();
    BOOST_TEST(valid_utf8(server.sink->text()));
}

BOOST_AUTO_TEST_CASE(errors_are_json_whatever_a_provider_says) {
    fake_gateway gateway;
    error e(errc::provider_internal, "ours \xff");
    e.with_provider_message("theirs \xc3(\xe2\x82 \xf0\x9f end").with_provider_code("code\xfe").with_param("p\x80").with_request_id("id\xff");
    for (const request& r : requests()) {
        gateway.act = fails(e);
        running_server server(gateway);
        client c(server.port());
        for (const auto& [path, body] : {std::pair(r.path, r.body), std::pair(r.stream_path, r.stream_body)}) {
            c.send(post(path, body));
            const answer a = c.read();
            BOOST_TEST(a.status == 500);
            BOOST_TEST(valid_utf8(a.body), r.name);
            (void)a.json();
        }
        server.finish();
        BOOST_TEST(valid_utf8(server.sink->text()));
        BOOST_TEST(server.sink->calls().size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(one_odd_dropped_name_does_not_hide_the_others) {
    fake_gateway gateway;
    std::vector<std::string> dropped;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        c.now.dropped = dropped;
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    running_server server(gateway);
    const auto field = [&](std::vector<std::string> names) {
        dropped = std::move(names);
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.field("Evil").empty());
        BOOST_TEST(a.head.find("\nEvil") == std::string::npos);
        for (const char ch : a.head) BOOST_TEST((ch == '\r' || ch == '\n' || (ch >= ' ' && ch < 0x7f)));
        return a.field("x-llmx-dropped-params");
    };
    for (const std::string odd : {"x\r\nEvil: 1", "\xff\xfe", "\x01", "n\xc3\xa9", "\x7f"})
        for (const std::vector<std::string>& names :
             {std::vector<std::string>{"top_k", odd, "seed"}, {odd, "top_k", "seed"}, {"top_k", "seed", odd}}) {
            const std::string got = field(names);
            BOOST_TEST(got.find("top_k") != std::string::npos, got);
            BOOST_TEST(got.find("seed") != std::string::npos, got);
        }
    BOOST_TEST(field({"x\r\nEvil: 1", "n\xc3\xa9"}) == "x%0D%0AEvil: 1, n%C3%A9");
    const std::string long_name(100000, 'a');
    BOOST_TEST(field({long_name, "top_k"}) == std::string(256, 'a') + "..., top_k");
    BOOST_TEST(field(std::vector<std::string>(100000, "name")).size() < 1100u);
    BOOST_TEST(field(std::vector<std::string>(1000, std::string(300, '\x01'))).size() < 1100u);
}

BOOST_AUTO_TEST_CASE(heads_are_ascii) {
    fake_gateway gateway;
    std::string model, id;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        c.report.upstream_model = model;
        c.report.deployment_id = id;
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    running_server server(gateway);
    const auto ask = [&](std::string name) {
        model = name;
        id = std::move(name);
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body));
        return c.read();
    };
    answer a = ask("vendor/\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87 1");
    BOOST_TEST(a.field("x-llmx-model") == "vendor/%D0%BA%D0%BB%D1%8E%D1%87 1");
    BOOST_TEST(a.field("x-llmx-deployment-id") == a.field("x-llmx-model"));
    a = ask("a\r\nEvil: 1");
    BOOST_TEST(a.field("Evil").empty());
    BOOST_TEST(a.status == 200);
    for (const char ch : a.head) BOOST_TEST((ch == '\r' || ch == '\n' || (ch >= ' ' && ch < 0x7f)));
}

BOOST_AUTO_TEST_CASE(a_key_that_decoding_finds_is_hidden) {
    const std::string quoted = "bad sk-up\\/PLANTED+91c2 !";
    const auto event = [&](const std::string& json) { return "event: error\ndata: " + json + "\n\n"; };
    const std::vector<std::pair<const codec_ops*, std::string>> errors = {
        {&codec_of<openai_chat>, R"({"error":{"message":")" + quoted + R"(","type":"x","code":"y"}})"},
        {&codec_of<anthropic_messages>, R"({"type":"error","error":{"type":"api_error","message":")" + quoted + R"("}})"},
        {&codec_of<gemini_generate>, R"({"error":{"code":500,"message":")" + quoted + R"(","status":"INTERNAL"}})"},
    };
    const std::vector<std::string> begun = {
        "",
        R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"g","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})"
        "\n\n",
    };
    for (const request& r : requests())
        for (const auto& [dialect, json] : errors)
            BOOST_TEST_CONTEXT(r.name << " of " << dialect->name) {
                fake_gateway gateway;
                bool whole = true;
                std::vector<std::string> pieces;
                gateway.act = [&, spoken = dialect, text = json](call& c) -> asio::awaitable<result<reply>> {
                    c.now.target = &keyed();
                    if (whole) {
                        reply whole_reply = reply_with(*spoken, text);
                        whole_reply.from = &keyed();
                        co_return std::move(whole_reply);
                    }
                    reply streamed;
                    streamed.codec = spoken;
                    streamed.from = &keyed();
                    streamed.stream = std::make_unique<scripted_stream>(c, pieces);
                    co_return streamed;
                };
                running_server server(gateway);
                const bool same = dialect->name == "gemini_generate" ? r.name.starts_with("gemini")
                                  : r.name == (dialect->name == "openai_chat" ? "openai" : "anthropic");
                if (!same) {
                    client c(server.port());
                    c.send(post(r.path, r.body));
                    const answer a = c.read();
                    BOOST_TEST(a.status >= 400);
                    BOOST_TEST(a.body.find("PLANTED") == std::string::npos, a.body);
                }
                whole = false;
                // What passes through was looked at before; here the façade decodes.
                if (same && r.name != "gemini, array") continue;
                for (const std::string& first : begun) {
                    if (!first.empty() && dialect->name != "openai_chat") continue;
                    pieces = {first + event(json)};
                    client c(server.port());
                    c.send(post(r.stream_path, r.stream_body));
                    const answer a = c.read();
                    BOOST_TEST(a.body.find("PLANTED") == std::string::npos, a.body);
                    BOOST_TEST(a.body.find("***") != std::string::npos, a.body);
                    if (!first.empty()) BOOST_TEST(a.body.find("Hel") != std::string::npos);
                }
                server.finish();
                BOOST_TEST(server.sink->text().find("PLANTED") == std::string::npos);
            }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace text_unit
