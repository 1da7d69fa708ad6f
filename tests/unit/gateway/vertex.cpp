// SPDX-License-Identifier: BSL-1.0
#include "spoken.hpp"

#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/wire/json_writer.hpp>

#include <support/rsa_key.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vertex_unit {

// Gemini and Claude on Vertex AI through a gateway: whose language is sent, what is done to a body on both paths, and the
// token that all calls share.

#if !defined(LLMX_NO_TLS)

using namespace gateway_test;
using namespace std::chrono_literals;

namespace {

using vertex_gateway = gateway<registry<vertex_ai>, weighted>;

std::string vertex_account() {
    static const rsa_test::key key;
    std::string out;
    json_writer w(out);
    w.object().member("type", "service_account").member("project_id", "p-1").member("private_key_id", "kid-1");
    w.member("private_key", key.private_pem()).member("client_email", "robot@p-1.iam.gserviceaccount.com").end_object();
    return out;
}

deployment on_vertex(std::string model) {
    deployment d = make("v-1", "m", "vertex_ai", std::move(model));
    d.key = secret();
    vertex_ai::settings own;
    own.location = "us-east5";
    own.credentials = secret(vertex_account());
    d.settings = any_settings::of(own);
    return d;
}

/// A gateway with one deployment on a core without a network.
struct vertex_world {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    call_context context;
    vertex_gateway gw;

    explicit vertex_world(std::string model) : gw(registry<vertex_ai>::make_topology({on_vertex(std::move(model))}).value()) {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
        context.started = runtime.now();
    }
    testing::scripted_reply& token(std::string text, int lifetime = 3600) {
        return network.reply(200, R"({"access_token":")" + text + R"(","expires_in":)" + std::to_string(lifetime) + "}").when_path("/token");
    }
    result<reply> ask(call& c) { return testing::run(io, gw.execute(c)); }
    /// Requests but those for tokens.
    std::vector<testing::recorded_request> asked() const {
        std::vector<testing::recorded_request> some;
        for (const auto& r : network.requests())
            if (r.target != "/token") some.push_back(r);
        return some;
    }
};

/// What arrives at Vertex of the request \p body in the language \p Dialect.
template <class Dialect>
testing::recorded_request arrives(const std::string& model, const std::string& body, std::vector<http_field> fields = {},
                                  std::string_view path_model = std::string_view()) {
    vertex_world w(model);
    w.token("ya29.t");
    const codec_ops& to = model.find("claude") != std::string::npos ? codec_of<anthropic_messages> : codec_of<gemini_generate>;
    w.network.reply_always(200, whole(to, "Hello"));
    request_target target;
    target.model = path_model;
    const auto head = Dialect::scan_request(body, target);
    BOOST_REQUIRE_MESSAGE(head.has_value(), body);
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<Dialect>;
    c.in.body = body;
    c.model = "m";
    c.in.path_model = path_model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    std::copy(fields.begin(), fields.end(), c.in.forwarded.begin());
    c.in.forwarded_count = fields.size();
    const auto r = w.ask(c);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(w.asked().size() == 1u);
    return w.asked().at(0);
}

const std::string claude_path = "/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/claude-x:rawPredict";
const std::string gemini_path = "/v1/projects/p-1/locations/us-east5/publishers/google/models/gemini-x:generateContent";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_vertex)

BOOST_AUTO_TEST_CASE(bytes_in_anthropic_s_language_pass_to_claude_without_model_and_with_a_version) {
    const auto sent = arrives<anthropic_messages>(
        "claude-x", R"({ "model" : "m", "max_tokens":9,"new":[1, 2],"messages":[{"role":"user","content":"h\u0069"}]})");
    BOOST_TEST(sent.target == claude_path);
    BOOST_TEST(sent.to.authority == "us-east5-aiplatform.googleapis.com");
    BOOST_TEST(sent.body == R"({"anthropic_version":"vertex-2023-10-16",  "max_tokens":9,"new":[1, 2],"messages":[{"role":"user","content":"h\u0069"}]})");
    BOOST_TEST(sent.fields.find("authorization: Bearer ya29.t\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_version_in_the_body_stays_and_another_one_in_a_field_counts) {
    const std::string tail = R"("max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    const auto body = [&](std::string members, std::vector<http_field> fields) {
        const auto sent = arrives<anthropic_messages>("claude-x", R"({"model":"m",)" + members + tail, std::move(fields));
        BOOST_TEST(sent.fields.find("anthropic-version") == std::string::npos);
        return sent.body;
    };
    const http_field usual{"anthropic-version", "2023-06-01"}, later{"anthropic-version", "2026-10-21"}, beta{"anthropic-beta", "b-1"};
    BOOST_TEST(body(R"("anthropic_version":"own",)", {later}) == R"({"anthropic_version":"own",)" + tail);
    BOOST_TEST(body(R"("anthropic_version":null,)", {}) == R"({"anthropic_version":"vertex-2023-10-16",)" + tail);
    BOOST_TEST(body("", {usual}) == R"({"anthropic_version":"vertex-2023-10-16",)" + tail);
    BOOST_TEST(body("", {beta, later}) == R"({"anthropic_version":"2026-10-21",)" + tail);
    const auto with_beta = arrives<anthropic_messages>("claude-x", R"({"model":"m",)" + tail, {beta});
    BOOST_TEST(with_beta.fields.find("anthropic-beta: b-1\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_escaped_model_is_not_sent_and_a_missing_one_is_not_added) {
    const std::string tail = R"("max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    const auto escaped = arrives<anthropic_messages>("claude-x", R"({"mod\u0065l":"m",)" + tail);
    BOOST_TEST(escaped.body == R"({"anthropic_version":"vertex-2023-10-16",)" + tail);
    const auto in_path = arrives<anthropic_messages>("claude-x", "{" + tail, {}, "m");
    BOOST_TEST(in_path.body == R"({"anthropic_version":"vertex-2023-10-16",)" + tail);
}

BOOST_AUTO_TEST_CASE(a_translated_request_to_claude_has_the_same_edits_and_a_limit_of_tokens) {
    const auto sent = arrives<openai_chat>("claude-x", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
    BOOST_TEST(sent.target == claude_path);
    const boost::json::object o = boost::json::parse(sent.body).as_object();
    BOOST_TEST(!o.contains("model"));
    BOOST_TEST(o.at("anthropic_version").as_string() == "vertex-2023-10-16");
    BOOST_TEST(o.at("max_tokens").as_int64() == 4096);
    BOOST_TEST(o.contains("messages"));
}

BOOST_AUTO_TEST_CASE(bytes_in_gemini_s_language_pass_to_gemini_unchanged) {
    const std::string body = R"({ "contents":[{"role":"user","parts":[{"text":"h\u0069"}]}], "labels":{"team":"a"}})";
    const auto sent = arrives<gemini_generate>("gemini-x", body, {}, "m");
    BOOST_TEST(sent.target == gemini_path);
    BOOST_TEST(sent.body == body);
    const auto translated = arrives<anthropic_messages>("gemini-x", R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})");
    BOOST_TEST(translated.target == gemini_path);
    BOOST_TEST(boost::json::parse(translated.body).as_object().contains("contents"));
    BOOST_TEST(translated.body.find("anthropic_version") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_of_a_translated_embedding_stand_in_its_config) {
    vertex_world w("gemini-embedding-2");
    w.token("ya29.t");
    w.network.reply_always(200, R"({"embedding":{"values":[0.5]}})");
    embedding_request request("m", "Hi");
    request.dimensions = 3;
    const auto got = testing::run(w.io, w.gw.call<embeddings>(w.runtime, w.context, request));
    BOOST_REQUIRE_MESSAGE(got.has_value(), (got.has_error() ? got.error().message() : std::string()));
    const auto sent = w.asked().at(0);
    BOOST_TEST(sent.target == "/v1/projects/p-1/locations/us-east5/publishers/google/models/gemini-embedding-2:embedContent");
    BOOST_TEST((boost::json::parse(sent.body) == boost::json::parse(R"({"embedContentConfig":{"outputDimensionality":3},)"
        R"("content":{"parts":[{"text":"Hi"}]}})")), sent.body);
}

BOOST_AUTO_TEST_CASE(a_model_of_another_publisher_is_named_as_its_publisher_does) {
    const auto sent = [](std::string model, std::string body) {
        vertex_world w(std::move(model));
        w.token("ya29.t");
        w.network.reply(200, whole(codec_of<openai_chat>, "Hello"));
        call c(w.runtime, w.context);
        const auto head = openai_chat::scan_request(body, request_target());
        BOOST_REQUIRE(head.has_value());
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = body;
        c.in.stream = head->stream;
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        c.in.members = head->members;
        c.model = head->model;
        c.in.drop_params = true;
        const auto r = w.ask(c);
        BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
        return w.network.requests().back().body;
    };
    const std::string asked = R"({"model":"m","messages":[{"role":"user","content":"hi"}],"seed":7,"logprobs":true})";
    // The bytes pass but for what the publisher has otherwise.
    BOOST_TEST(sent("meta/llama-x", asked) == R"({"model":"meta/llama-x","messages":[{"role":"user","content":"hi"}],"seed":7,"logprobs":true})");
    BOOST_TEST(sent("mistral-large-2411@001", asked) ==
               R"({"model":"mistral-large-2411","messages":[{"role":"user","content":"hi"}],"random_seed":7})");
    BOOST_TEST(sent("jamba-1.5-mini@001", asked).starts_with(R"({"model":"jamba-1.5-mini","messages")"));
    BOOST_TEST(sent("openai/1234567890", asked) == R"({"messages":[{"role":"user","content":"hi"}],"seed":7,"logprobs":true})");
}

BOOST_AUTO_TEST_CASE(fifty_calls_at_once_share_one_token_and_an_expired_one_is_fetched_again) {
    vertex_world w("gemini-x");
    w.token("ya29.first").takes(2s);
    w.network.reply_always(200, whole(codec_of<gemini_generate>, "Hello"));
    const auto ask_all = [&w](std::size_t n) {
        w.context.started = w.runtime.now();
        std::vector<std::unique_ptr<call>> calls;
        std::size_t good = 0;
        const auto drive = [&w] {
            w.io.restart();
            while (w.io.poll() != 0) {}
        };
        for (std::size_t i = 0; i < n; ++i) {
            calls.push_back(std::make_unique<call>(w.runtime, w.context));
            set_up(*calls.back(), all_spoken()[0], false);
            boost::asio::co_spawn(w.io, w.gw.execute(*calls.back()), [&good](std::exception_ptr, result<reply> r) { good += r.has_value() ? 1 : 0; });
        }
        drive();
        // What the token server takes; the calls wait for it together.
        w.runtime.advance(2s);
        drive();
        return good;
    };
    BOOST_TEST(ask_all(50) == 50u);
    BOOST_TEST(w.asked().size() == 50u);
    BOOST_TEST(w.network.calls() == 51u);
    for (const auto& r : w.asked()) BOOST_TEST(r.fields.find("authorization: Bearer ya29.first\r\n") != std::string::npos);
    w.runtime.advance(2h);
    w.token("ya29.second");
    BOOST_TEST(ask_all(3) == 3u);
    BOOST_TEST(w.network.calls() == 55u);
    BOOST_TEST(w.asked().back().fields.find("authorization: Bearer ya29.second\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_account_is_an_authentication_error_that_names_the_deployment_and_no_secret) {
    vertex_world w("claude-x");
    w.network.reply(400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})").when_path("/token");
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[1], false);
    const auto r = w.ask(c);
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error() == errc::authentication));
    BOOST_TEST(r.error().message().find("deployment 'v-1'") != std::string::npos, r.error().message());
    BOOST_TEST(r.error().provider() == "vertex_ai");
    BOOST_TEST(w.asked().empty());
    const std::string form = w.network.requests().at(0).body, assertion = form.substr(form.rfind('=') + 1);
    BOOST_TEST_REQUIRE(assertion.size() > 100u);
    for (const std::string& text : {r.error().message(), std::string(r.error().provider_message())}) {
        BOOST_TEST(text.find(assertion) == std::string::npos);
        BOOST_TEST(text.find("PRIVATE KEY") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

#endif // LLMX_NO_TLS

} // namespace vertex_unit
