// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/sap.hpp>

#include <unit/gateway/fixture.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sap_unit {

#if !defined(LLMX_NO_TLS)

using namespace gateway_test;

namespace {

static_assert(authorizing_provider<sap> && completing_provider<sap> && editing_provider<sap> && choosing_provider<sap>);
using only = registry<sap>;
using variables_map = std::map<std::string, std::string, std::less<>>;

variable_lookup variables(variables_map values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto it = values.find(name);
        return it != values.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

const std::string service_key = R"({"clientid":"sb-1","clientsecret":"s$cret-value","url":"https://me.authentication.eu10.hana.ondemand.com",)"
                                R"("serviceurls":{"AI_API_URL":"https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com"}})";

deployment at(std::string model, std::string key = service_key) {
    deployment d = make("a", "m", "sap", std::move(model));
    d.api_base = base_url();
    d.key = secret(std::move(key));
    sap::settings own;
    own.deployment_id = "d0123";
    own.resource_group = "team";
    d.settings = any_settings::of(std::move(own));
    return d;
}

struct sent {
    sent() = default;
    std::string token_request, target, fields;
    boost::json::value body;
    std::string text;
    result<void> done = success();
    usage tokens;
};

sent ask(std::string model, const std::string& members, bool stream, std::string answer) {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    call_context context;
    network.use_clock(runtime.clock());
    runtime.hold_sleeps(true);
    context.started = runtime.now();
    gateway<only, weighted> gw(only::make_topology({at(std::move(model))}).value());
    network.reply(200, R"({"access_token":"tok","expires_in":43199,"token_type":"bearer"})");
    if (stream) network.reply(200).field("content-type", "text/event-stream").piece(std::move(answer));
    else network.reply(200, std::move(answer));
    const std::string body = R"({"model":"m",)" + members + R"("messages":[{"role":"user","content":"hi"}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    const auto request = openai_chat::decode_request(body, request_target());
    sent s;
    const auto r = testing::run(io, gw.call<chat>(runtime, context, *request));
    if (!r) s.done = r.error();
    else s.text = r->text(), s.tokens = r->usage;
    if (network.requests().size() < 2) return s;
    const auto& token = network.requests()[0];
    s.token_request = token.to.host + token.target + " " + token.body;
    s.target = network.requests()[1].target;
    s.fields = network.requests()[1].fields;
    s.body = boost::json::parse(network.requests()[1].body);
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_sap)

BOOST_AUTO_TEST_CASE(an_orchestration_has_the_conversation_as_its_template) {
    const sent s = ask("gpt-4o",
                       R"("max_tokens":9,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],)",
                       false,
                       R"({"request_id":"r","intermediate_results":{},"final_result":{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o",)"
                       R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],)"
                       R"("usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}})");
    BOOST_REQUIRE_MESSAGE(s.done.has_value(), s.done.error().message());
    BOOST_TEST(s.text == "Hi");
    BOOST_TEST(s.tokens.input_tokens == 3);
    BOOST_TEST(s.token_request == "me.authentication.eu10.hana.ondemand.com/oauth/token grant_type=client_credentials"
                                  "&client_id=sb-1&client_secret=s%24cret-value");
    BOOST_TEST(s.target == "/v2/inference/deployments/d0123/v2/completion");
    BOOST_TEST(s.fields.find("ai-resource-group: team\r\n") != std::string::npos);
    BOOST_TEST(s.fields.find("authorization: Bearer tok\r\n") != std::string::npos);
    BOOST_TEST(s.body == boost::json::parse(R"({"config":{"modules":{"prompt_templating":{"prompt":{"template":[{"role":"user","content":"hi"}],)"
                                            R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]},)"
                                            R"("model":{"name":"gpt-4o","version":"latest","params":{"max_tokens":9}}}}}})"));
}

BOOST_AUTO_TEST_CASE(a_deployment_of_a_model_speaks_openais_language) {
    const sent s = ask("deployment/gpt-4o", "", false, openai_reply);
    BOOST_REQUIRE_MESSAGE(s.done.has_value(), s.done.error().message());
    BOOST_TEST(s.target == "/v2/inference/deployments/d0123/chat/completions?api-version=2024-12-01-preview");
    BOOST_TEST(s.body.at("model") == "gpt-4o");
}

BOOST_AUTO_TEST_CASE(events_carry_chunks_and_the_request_asks_for_them) {
    drop_report drops;
    encode_options options;
    options.model = "gpt-4o";
    options.stream = true;
    options.include_usage = true;
    std::string body;
    chat_request request("m", "hi");
    request.extra.add("openai_chat", "model_version", R"("2024-08-06")");
    request.extra.add("openai_chat", "config_modules", R"({"filtering":{"input":{}},"prompt_templating":7})");
    BOOST_REQUIRE(sap_orchestration::encode_request(request, options, body, drops).has_value());
    BOOST_TEST(boost::json::parse(body) ==
               boost::json::parse(R"({"config":{"modules":{"filtering":{"input":{}},"prompt_templating":{"prompt":{"template":)"
                                  R"([{"role":"user","content":"hi"}]},)"
                                  R"("model":{"name":"gpt-4o","version":"2024-08-06","params":{"stream_options":{"include_usage":true}}}}},)"
                                  R"("stream":{"enabled":true}}})"));
    const std::string stream = "data: {\"request_id\":\"r\",\"final_result\":{\"id\":\"c\",\"choices\":[{\"index\":0,"
                               "\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}}\n\n"
                               "data: {\"request_id\":\"r\",\"final_result\":{\"id\":\"c\",\"choices\":[{\"index\":0,"
                               "\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}],"
                               "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}}\n\ndata: [DONE]\n\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{50}, stream.size()}) {
        sap_orchestration::stream_decoder decoder;
        sap_orchestration::stream_watch watch;
        event_batch batch;
        std::string text;
        stream_progress seen;
        for (std::size_t i = 0; i < stream.size(); i += step) {
            const std::string_view piece = std::string_view(stream).substr(i, step);
            batch.clear();
            BOOST_REQUIRE(decoder.feed(piece, batch).has_value());
            for (const chat_event& e : batch.events())
                if (e.what == chat_event::kind::text) text += e.text;
            seen = watch.feed(piece);
        }
        BOOST_TEST(decoder.finish(batch).has_value());
        BOOST_TEST(text == "Hello");
        BOOST_TEST(seen.complete);
        BOOST_TEST(seen.tokens.output_tokens == 2);
    }
    sap_orchestration::stream_decoder broken;
    event_batch batch;
    BOOST_TEST(broken.feed("data: {\"error\":{\"request_id\":\"r\",\"code\":400,\"message\":\"filtered\"}}\n\n", batch).has_error());
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named_and_no_secret) {
    const auto failure = [](deployment d, variables_map values = {}) {
        const result<void> done = only::complete(d, variables(std::move(values)));
        return done ? std::string() : done.error().message();
    };
    deployment none = at("m", "");
    none.settings = any_settings();
    BOOST_TEST(failure(none).find("give api_key (AICORE_SERVICE_KEY), or aicore_client_id") != std::string::npos);
    BOOST_TEST(failure(at("m", "no json")).find("is not the JSON object of a service key") != std::string::npos);
    deployment unnamed = at("m");
    unnamed.settings = any_settings();
    BOOST_TEST(failure(unnamed).find("give api_base (AICORE_DEPLOYMENT_URL)") != std::string::npos);
    BOOST_TEST(failure(unnamed, {{"AICORE_DEPLOYMENT_ID", "x"}}) == "");
    deployment by_variable = at("m", "");
    BOOST_TEST(failure(by_variable, {{"AICORE_SERVICE_KEY", "{\n\"credentials\": " + service_key + "}\n"}}) == "");
    variables_map own = {{"AICORE_CLIENT_ID", "id"}, {"AICORE_CLIENT_SECRET", "s"}, {"AICORE_AUTH_URL", "http://plain.test"},
                         {"AICORE_BASE_URL", "https://b.test/v2/"},
                         {"AICORE_DEPLOYMENT_ID", "x"}};
    BOOST_TEST(failure(none, own) == "deployment 'a': aicore_auth_url is not https, which would expose the credentials; use an https URL");
    own["AICORE_AUTH_URL"] = "https://auth.test/oauth/token";
    deployment made = none;
    BOOST_REQUIRE(only::complete(made, variables(own)).has_value());
    BOOST_TEST(made.api_base.where.host == "b.test");
    BOOST_TEST(made.api_base.path == "/v2/inference/deployments/x");
    // A second completion changes nothing.
    BOOST_TEST(only::complete(made, variables({})).has_value());
    // Settings that are shared with another deployment bring no base URL along.
    made.api_base = base_url();
    BOOST_REQUIRE(only::complete(made, variables({})).has_value());
    BOOST_TEST(made.api_base.path == "/v2/inference/deployments/x");
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace sap_unit
