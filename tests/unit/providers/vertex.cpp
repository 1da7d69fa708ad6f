// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/speech.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vertex_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

using vertex_registry = registry<vertex_ai>;
using variable_map = std::map<std::string, std::string, std::less<>>;

variable_lookup vertex_variables(variable_map all) {
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto it = all.find(name);
        return it != all.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

constexpr std::string_view user =
    R"({"type":"authorized_user","client_id":"id","client_secret":"client-secret/1","refresh_token":"1//refresh-token")";

/// A deployment of \p model with the credentials of a user and a project, not completed.
deployment vertex_deployment(std::string model, std::string location = "", std::string project = "p-1") {
    deployment d;
    d.id = "v";
    d.provider = "vertex_ai";
    d.model = std::move(model);
    vertex_ai::settings own;
    own.project = std::move(project);
    own.location = std::move(location);
    own.credentials = secret(std::string(user) + "}");
    d.settings = any_settings::of(own);
    return d;
}

deployment completed(deployment d, variable_map variables = variable_map()) {
    const auto good = vertex_registry::complete(d, vertex_variables(std::move(variables)));
    BOOST_REQUIRE_MESSAGE(good.has_value(), (good.has_error() ? good.error().message() : std::string()));
    return d;
}

std::string why_not(deployment d, variable_map variables = variable_map()) {
    const auto r = vertex_registry::complete(d, vertex_variables(std::move(variables)));
    if (!r.has_error()) return std::string();
    BOOST_TEST((r.error() == errc::bad_configuration));
    return r.error().message();
}

http_request prepared(const deployment& d, bool stream = false, const operation_info& op = chat::info, std::string fields = std::string()) {
    const codec_ops* const form = provider_ops_of<vertex_ai>.codec_for(op, nullptr, d, d.model);
    BOOST_REQUIRE(form != nullptr);
    outgoing what(*form);
    what.stream = stream;
    what.model = d.model;
    http_request out;
    out.fields = std::move(fields);
    BOOST_REQUIRE(vertex_ai().prepare(d, what, out).has_value());
    return out;
}

std::string url(const deployment& d, bool stream = false, const operation_info& op = chat::info) {
    const auto& to = d.api_base.where;
    return (to.tls ? "https://" : "http://") + to.authority + prepared(d, stream, op).target;
}

const codec_ops* form_of(std::string_view model, const operation_info& op, const codec_ops* from) {
    return provider_ops_of<vertex_ai>.codec_for(op, from, deployment(), model);
}

} // namespace

BOOST_AUTO_TEST_SUITE(vertex)

BOOST_AUTO_TEST_CASE(each_kind_of_location_has_its_host) {
    const std::string tail = "/publishers/google/models/gemini-3-pro:generateContent";
    const auto at = [&](std::string location) { return url(completed(vertex_deployment("gemini-3-pro", std::move(location)))); };
    BOOST_TEST(at("us-central1") == "https://us-central1-aiplatform.googleapis.com/v1/projects/p-1/locations/us-central1" + tail);
    BOOST_TEST(at("global") == "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global" + tail);
    BOOST_TEST(at("") == "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global" + tail);
    BOOST_TEST(at("us") == "https://aiplatform.us.rep.googleapis.com/v1/projects/p-1/locations/us" + tail);
    BOOST_TEST(at("eu") == "https://aiplatform.eu.rep.googleapis.com/v1/projects/p-1/locations/eu" + tail);
}

BOOST_AUTO_TEST_CASE(a_configured_base_may_carry_the_version) {
    for (const auto& [base, expected] : std::map<std::string, std::string>{{"http://127.0.0.1:1", "/v1"},
                                                                          {"http://127.0.0.1:1/v1", "/v1"},
                                                                          {"http://127.0.0.1:1/x/v1beta1", "/x/v1beta1"}}) {
        deployment d = vertex_deployment("gemini-x", "us-east5");
        d.api_base = parse_base_url(base).value();
        BOOST_TEST(url(completed(std::move(d))) ==
                   "http://127.0.0.1:1" + expected + "/projects/p-1/locations/us-east5/publishers/google/models/gemini-x:generateContent");
    }
}

BOOST_AUTO_TEST_CASE(the_method_follows_publisher_operation_and_stream) {
    const auto path = [](std::string model, bool stream, const operation_info& op = chat::info) {
        const std::string target = prepared(completed(vertex_deployment(std::move(model), "l")), stream, op).target;
        return target.substr(std::string_view("/v1/projects/p-1/locations/l/publishers/").size());
    };
    BOOST_TEST(path("gemini-x", true) == "google/models/gemini-x:streamGenerateContent?alt=sse");
    BOOST_TEST(path("google/gemini-x", false) == "google/models/gemini-x:generateContent");
    BOOST_TEST(path("models/gemini-x", false) == "google/models/gemini-x:generateContent");
    BOOST_TEST(path("gemini-embedding-2", false, embeddings::info) == "google/models/gemini-embedding-2:embedContent");
    for (const char* model : {"claude-x@20250929", "anthropic/claude-x@20250929", "publishers/anthropic/models/claude-x@20250929"}) {
        BOOST_TEST(path(model, false) == "anthropic/models/claude-x@20250929:rawPredict");
        BOOST_TEST(path(model, true) == "anthropic/models/claude-x@20250929:streamRawPredict");
    }
    BOOST_TEST(path("anthropic/opus", false) == "anthropic/models/opus:rawPredict");
    BOOST_TEST(path("gemini x:y?", false) == "google/models/gemini%20x%3Ay%3F:generateContent");
}

BOOST_AUTO_TEST_CASE(a_full_resource_name_brings_project_and_location) {
    const deployment tuned = completed(vertex_deployment("projects/q/locations/europe-west4/endpoints/123", "", ""));
    BOOST_TEST(url(tuned) == "https://europe-west4-aiplatform.googleapis.com/v1/projects/q/locations/europe-west4/endpoints/123:generateContent");
    const deployment claude = completed(vertex_deployment("projects/q/locations/eu/publishers/anthropic/models/c@1", "", ""));
    BOOST_TEST(url(claude, true) == "https://aiplatform.eu.rep.googleapis.com/v1/projects/q/locations/eu/publishers/anthropic/models/c@1:streamRawPredict");
}

BOOST_AUTO_TEST_CASE(other_publishers_are_reached_in_openais_language) {
    const std::string at = "https://us-central1-aiplatform.googleapis.com/v1/projects/p-1/locations/us-central1";
    const auto to = [](std::string model, bool stream = false) { return url(completed(vertex_deployment(std::move(model))), stream); };
    for (const char* model : {"mistral-large-2411@001", "mistralai/mistral-large-2411@001", "publishers/mistralai/models/mistral-large-2411@001"}) {
        BOOST_TEST(to(model) == at + "/publishers/mistralai/models/mistral-large-2411@001:rawPredict");
        BOOST_TEST(to(model, true) == at + "/publishers/mistralai/models/mistral-large-2411@001:streamRawPredict");
    }
    BOOST_TEST(to("codestral-2501") == at + "/publishers/mistralai/models/codestral-2501:rawPredict");
    BOOST_TEST(to("jamba-1.5-mini@001", true) == at + "/publishers/ai21/models/jamba-1.5-mini@001:streamRawPredict");
    for (const char* model : {"meta/llama-4-maverick-17b-128e-instruct-maas", "deepseek-ai/deepseek-v3.1-maas", "openai/gpt-oss-120b-maas"}) {
        BOOST_TEST(to(model) == at + "/endpoints/openapi/chat/completions");
        BOOST_TEST(to(model, true) == at + "/endpoints/openapi/chat/completions");
    }
    BOOST_TEST(to("openai/1234567890") == at + "/endpoints/1234567890/chat/completions");
    BOOST_TEST(url(completed(vertex_deployment("meta/x", "us-east5")))
                   .starts_with("https://us-east5-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east5/"));
    deployment keyed = vertex_deployment("mistral-x", "", "");
    keyed.settings = any_settings();
    keyed.key = secret("k");
    // A model of one of them may have other operations for a key.
    keyed = completed(std::move(keyed));
    outgoing what(codec_of<openai_chat>);
    what.model = keyed.model;
    http_request out;
    const result<void> refused_key = vertex_ai().prepare(keyed, what, out);
    BOOST_REQUIRE(refused_key.has_error());
    BOOST_TEST((refused_key.error() == errc::unsupported_operation));
    BOOST_TEST(refused_key.error().message() == "deployment 'v' has an API key, and other publishers' models on Vertex AI take none; give it "
                                                "vertex_credentials in place of api_key");
    BOOST_TEST(vertex_ai::asks_usage(vertex_deployment("meta/x")));
    BOOST_TEST(!vertex_ai::asks_usage(vertex_deployment("mistral-x")));
    BOOST_TEST(!vertex_ai::asks_usage(vertex_deployment("*")));
    const error refused = vertex_ai().classify(422, {}, R"({"object":"error","message":"Extra inputs are not permitted","type":"invalid_request_error"})");
    BOOST_TEST(refused.provider_message() == "Extra inputs are not permitted");
}

BOOST_AUTO_TEST_CASE(ranking_is_at_a_host_of_its_own) {
    const deployment d = completed(vertex_deployment("semantic-ranker-default@latest", "us-east5"));
    BOOST_TEST(d.api_base.where.host == "discoveryengine.googleapis.com");
    outgoing what(codec_of<vertex_rerank>);
    what.model = d.model;
    http_request out;
    BOOST_REQUIRE(vertex_ai().prepare(d, what, out).has_value());
    BOOST_TEST(out.target == "/v1/projects/p-1/locations/global/rankingConfigs/default_ranking_config:rank");
    BOOST_TEST(vertex_ai::takes(codec_of<vertex_rerank>, d, d.model));
    BOOST_TEST(!vertex_ai::takes(codec_of<vertex_rerank>, vertex_deployment("*"), d.model));
    BOOST_TEST(!vertex_ai::takes(codec_of<vertex_rerank>, vertex_deployment("gemini-x"), "gemini-x"));
    BOOST_TEST(!vertex_ai::takes(codec_of<gemini_generate>, d, d.model));
}

BOOST_AUTO_TEST_CASE(the_language_follows_the_model_and_bytes_of_that_language_pass) {
    const codec_ops &google = codec_of<gemini_generate>, &anthropic_form = codec_of<anthropic_messages>, &openai_form = codec_of<openai_chat>;
    for (const codec_ops* const from : {&google, &anthropic_form, &openai_form}) {
        BOOST_TEST((form_of("gemini-x", chat::info, from) == &google));
        BOOST_TEST((form_of("claude-x", chat::info, from) == &anthropic_form));
        BOOST_TEST((form_of("meta/llama-4-maas", chat::info, from) == &openai_form));
        BOOST_TEST((form_of("publishers/mistralai/models/mistral-x", chat::info, from) == &openai_form));
    }
    BOOST_TEST((form_of("gemini-embedding-2", embeddings::info, nullptr) == &codec_of<gemini_embed>));
    BOOST_TEST((form_of("gemini-embedding-2", embeddings::info, &codec_of<gemini_batch_embed>) == &codec_of<gemini_embed>));
    BOOST_TEST((form_of("claude-x", embeddings::info, nullptr) == nullptr));
    for (const char* model : {"gemini-embedding-001", "text-embedding-005", "text-multilingual-embedding-002", "google/text-embedding-005"})
        BOOST_TEST((form_of(model, embeddings::info, nullptr) == nullptr), model);
    BOOST_TEST((form_of("gemini-x", speech::info, nullptr) == nullptr));
}

BOOST_AUTO_TEST_CASE(claude_is_asked_as_anthropic_s_own_api_and_gemini_as_google_s) {
    const provider_ops& ops = provider_ops_of<vertex_ai>;
    BOOST_TEST(ops.traits_for(deployment(), "claude-x").default_max_tokens == 4096);
    BOOST_TEST(!ops.traits_for(deployment(), "claude-x").native_json_schema);
    BOOST_TEST(ops.traits_for(deployment(), "gemini-x").default_max_tokens == 0);
    BOOST_TEST(ops.traits_for(deployment(), "gemini-x").native_json_schema);
    deployment own;
    own.traits = model_traits();
    own.traits->default_max_tokens = 7;
    BOOST_TEST(ops.traits_for(own, "claude-x").default_max_tokens == 7);
    BOOST_TEST(!completed(vertex_deployment("*")).traits.has_value(), "a deployment of all models must not fix them");
}

BOOST_AUTO_TEST_CASE(project_and_location_come_from_settings_then_variables_then_credentials) {
    const auto places = [](deployment d, variable_map variables) {
        const auto own = completed(std::move(d), std::move(variables)).settings.get<vertex_ai::settings>();
        return own.project + " " + own.location;
    };
    const variable_map all = {{"VERTEXAI_PROJECT", "a"}, {"VERTEX_PROJECT", "b"}, {"GOOGLE_CLOUD_PROJECT", "c"},
                              {"VERTEXAI_LOCATION", "la"}, {"VERTEX_LOCATION", "lb"}, {"GOOGLE_CLOUD_LOCATION", "lc"}};
    BOOST_TEST(places(vertex_deployment("m", "l"), all) == "p-1 l");
    BOOST_TEST(places(vertex_deployment("m", "", ""), all) == "a la");
    variable_map fewer = all;
    fewer.erase("VERTEXAI_PROJECT");
    fewer.erase("VERTEXAI_LOCATION");
    BOOST_TEST(places(vertex_deployment("m", "", ""), fewer) == "b lb");
    BOOST_TEST(places(vertex_deployment("m", "", ""), {{"GOOGLE_CLOUD_PROJECT", "c"}, {"GOOGLE_CLOUD_LOCATION", "lc"}}) == "c lc");
    const std::string with_project = std::string(user) + R"(,"quota_project_id":"q"})";
    deployment bare = vertex_deployment("m", "", "");
    bare.settings = any_settings();
    BOOST_TEST(places(bare, {{"VERTEXAI_CREDENTIALS", with_project}}) == "q global");
    BOOST_TEST(why_not(vertex_deployment("m", "", "")) == "deployment 'v': no Google Cloud project is known; give vertex_project or set VERTEXAI_PROJECT");
}

BOOST_AUTO_TEST_CASE(a_quota_project_of_the_credentials_is_charged) {
    deployment d = vertex_deployment("gemini-x");
    vertex_ai::settings own = d.settings.get<vertex_ai::settings>();
    own.credentials = secret(std::string(user) + R"(,"quota_project_id":"q-9"})");
    d.settings = any_settings::of(own);
    const http_request r = prepared(completed(std::move(d)));
    BOOST_TEST(r.fields == "x-goog-user-project: q-9\r\n");
    BOOST_TEST(r.target.find("/projects/p-1/") != std::string::npos);
    BOOST_TEST(prepared(completed(vertex_deployment("gemini-x"))).fields == "");
}

BOOST_AUTO_TEST_CASE(a_completed_deployment_reads_no_file_again) {
    deployment d = completed(vertex_deployment("gemini-x", "us-east5"));
    const token_source_ptr tokens = d.settings.get<vertex_ai::settings>().found.tokens;
    BOOST_TEST_REQUIRE((tokens != nullptr));
    BOOST_TEST(vertex_registry::complete(d, vertex_variables({{"VERTEXAI_CREDENTIALS", "/nowhere"}, {"VERTEXAI_LOCATION", "x"}})).has_value());
    BOOST_TEST((d.settings.get<vertex_ai::settings>().found.tokens == tokens));
    BOOST_TEST(d.settings.get<vertex_ai::settings>().location == "us-east5");
    BOOST_TEST(d.api_base.where.host == "us-east5-aiplatform.googleapis.com");
}

BOOST_AUTO_TEST_CASE(an_api_key_alone_is_one_of_the_express_mode) {
    deployment d = vertex_deployment("gemini-x");
    d.settings = any_settings();
    d.key = secret("k-1");
    const variable_map elsewhere = {{"GOOGLE_CLOUD_PROJECT", "c"}, {"GOOGLE_CLOUD_LOCATION", "us-east5"}, {"GOOGLE_APPLICATION_CREDENTIALS", "/nowhere"}};
    const deployment express = completed(d, elsewhere);
    BOOST_TEST(url(express, true) == "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-x:streamGenerateContent?alt=sse");
    BOOST_TEST(prepared(express).fields == "x-goog-api-key: k-1\r\n");
    vertex_ai::settings own;
    own.project = "p-1";
    own.location = "us-east5";
    d.settings = any_settings::of(own);
    BOOST_TEST(url(completed(d)) == "https://us-east5-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east5/publishers/g"
        "oogle/models/gemini-x:generateContent");
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused_with_one_line_and_no_secret) {
    deployment d = vertex_deployment("gemini-x");
    d.key = secret("k-1");
    BOOST_TEST(why_not(d) == "deployment 'v': api_key and vertex_credentials exclude each other, give one of them");
    vertex_ai::settings own;
    own.location = "us-east5";
    d.settings = any_settings::of(own);
    BOOST_TEST(why_not(d) == "deployment 'v': vertex_location beside api_key needs vertex_project; without them the key is one of the express mode");
    d.settings = any_settings();
    d.model = "claude-x";
    BOOST_TEST(why_not(d) == "deployment 'v': Claude models on Vertex AI take no API key; give vertex_credentials in place of api_key");
    BOOST_TEST(why_not(vertex_deployment("m", "l.evil.test/")) == "deployment 'v': vertex_location is not a location, such as us-central1 or global");
    BOOST_TEST(why_not(vertex_deployment("m", "l", "p/../q")) == "deployment 'v': vertex_project is not the id of a project, such as my-project-123");
    own = vertex_deployment("m").settings.get<vertex_ai::settings>();
    own.credentials = secret("{\"type\":\"service_account\",\"client_email\":\"e\",\"private_key\":\"SECRET\"}");
    deployment broken = vertex_deployment("m");
    broken.settings = any_settings::of(own);
    const std::string why = why_not(broken);
    BOOST_TEST(why.starts_with("deployment 'v': Google credentials: private_key: "), why);
    BOOST_TEST(why.find("SECRET") == std::string::npos);
    own.credentials = secret("/nowhere/key.json");
    broken.settings = any_settings::of(own);
    BOOST_TEST(why_not(broken).find("/nowhere/key.json") != std::string::npos);
    BOOST_TEST(why_not(vertex_deployment("m")) == "");
}

BOOST_AUTO_TEST_CASE(the_version_field_of_an_anthropic_client_is_not_sent) {
    const deployment claude = completed(vertex_deployment("claude-x"));
    const auto fields = [&](std::string before) { return prepared(claude, false, chat::info, std::move(before)).fields; };
    BOOST_TEST(fields("anthropic-version: 2023-06-01\r\nanthropic-beta: b\r\n") == "anthropic-beta: b\r\n");
    BOOST_TEST(fields("anthropic-beta: b\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n") ==
               "anthropic-beta: b\r\ncontent-type: application/json\r\n");
    BOOST_TEST(fields("anthropic-beta: b\r\n") == "anthropic-beta: b\r\n");
}

BOOST_AUTO_TEST_CASE(errors_in_google_s_words_and_in_anthropic_s_are_understood) {
    const auto e = [](int status, std::string_view body) { return vertex_ai().classify(status, {}, body); };
    const error quota = e(429, R"({"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED",
        "details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}})");
    BOOST_TEST((quota == errc::rate_limited));
    BOOST_TEST((quota.retry_after() == std::chrono::seconds(7)));
    BOOST_TEST(quota.provider() == "vertex_ai");
    BOOST_TEST(quota.provider_message() == "Quota exceeded");
    const error denied = e(401, R"([{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}])");
    BOOST_TEST((denied == errc::authentication));
    BOOST_TEST(denied.provider_message() == "Request had invalid authentication credentials.");
    const error large = e(400, R"({"type":"error","error":{"type":"invalid_request_error",)"
        R"("message":"prompt is too long: 9 tokens > 8 maximum"},"request_id":"req_vrtx_1"})");
    BOOST_TEST((large == errc::context_window_exceeded));
    BOOST_TEST(large.provider_message() == "prompt is too long: 9 tokens > 8 maximum");
    BOOST_TEST(large.provider_code() == "invalid_request_error");
    BOOST_TEST((e(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") == errc::overloaded));
    BOOST_TEST((e(404, "<html>") == errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

#endif // LLMX_NO_TLS

} // namespace vertex_unit
