// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/bedrock.hpp>

#include <llmx/dialects/bedrock/invoke.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bedrock_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

static_assert(authorizing_provider<bedrock> && completing_provider<bedrock> && checking_provider<bedrock> && model_checking_provider<bedrock>);
using only = registry<bedrock>;

std::optional<std::string> no_variables(std::string_view) { return std::nullopt; }

bedrock::settings keys(std::string region = "us-east-1") {
    bedrock::settings own;
    own.access_key_id = secret("AKID");
    own.secret_access_key = secret("the-secret-key");
    own.region = std::move(region);
    const result<void> found = own.find_credentials(no_variables);
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found.has_error() ? found.error().message() : std::string()));
    return own;
}
deployment at(std::string model, std::optional<bedrock::settings> own = keys()) {
    deployment d;
    d.id = "d";
    d.provider = "bedrock";
    d.model = std::move(model);
    if (own) d.settings = any_settings::of(*own);
    return d;
}
deployment completed(deployment d) {
    const result<void> done = only::complete(d, no_variables);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done.has_error() ? done.error().message() : std::string()));
    return d;
}
http_request prepared(const deployment& d, bool stream = false) {
    http_request out;
    out.to = &d.api_base.where;
    out.body.assign("{}");
    outgoing what(codec_of<bedrock_converse>);
    what.stream = stream;
    what.model = d.model;
    BOOST_REQUIRE(bedrock().prepare(d, what, out).has_value());
    return out;
}
std::string refusal(deployment d) {
    const result<void> done = only::complete(d, no_variables);
    BOOST_REQUIRE(done.has_error());
    BOOST_TEST((done.error() == errc::bad_configuration));
    return done.error().message();
}
error classified(int status, std::string_view type, std::string_view message) {
    const std::string named = std::string(type) + ":http://internal.amazon.com/coral/com.amazon.bedrock/";
    const std::string body = R"({"message":")" + std::string(message) + "\"}";
    const std::vector<http_field> fields = {{"x-amzn-errortype", named}, {"x-amzn-requestid", "r-1"}};
    return bedrock().classify(status, fields, body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_bedrock)

BOOST_AUTO_TEST_CASE(the_base_is_the_regions_unless_another_is_named) {
    BOOST_TEST(completed(at("m")).api_base.where.host == "bedrock-runtime.us-east-1.amazonaws.com");
    BOOST_TEST(completed(at("m", keys("cn-north-1"))).api_base.where.host == "bedrock-runtime.cn-north-1.amazonaws.com.cn");
    BOOST_TEST(completed(at("m", keys("eusc-de-east-1"))).api_base.where.host == "bedrock-runtime.eusc-de-east-1.amazonaws.eu");
    bedrock::settings own = keys();
    own.runtime_endpoint = "https://vpce-1.example.com/x";
    BOOST_TEST(completed(at("m", own)).api_base.where.host == "vpce-1.example.com");
    BOOST_TEST(prepared(completed(at("m", own))).target == "/x/model/m/converse");
    deployment d = at("m");
    d.api_base = parse_base_url("http://127.0.0.1:9").value();
    BOOST_TEST(completed(d).api_base.where.authority == "127.0.0.1:9");
    own.runtime_endpoint = "no url";
    BOOST_TEST(refusal(at("m", own)).starts_with("deployment 'd': aws_bedrock_runtime_endpoint: "));
}

BOOST_AUTO_TEST_CASE(route_and_region_may_stand_before_the_model) {
    const deployment d = completed(at("converse/eu-central-1/anthropic.claude-3-haiku-20240307-v1:0"));
    BOOST_TEST(d.model == "anthropic.claude-3-haiku-20240307-v1:0");
    BOOST_TEST(d.api_base.where.host == "bedrock-runtime.eu-central-1.amazonaws.com");
    BOOST_TEST(d.settings.get<bedrock::settings>().credentials->region == "eu-central-1");
    BOOST_TEST(completed(at("us-gov-west-1/*")).model == "*");
    const std::string arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0";
    BOOST_TEST(completed(at(arn)).model == arn);
    for (const char* const route : {"converse_like/m", "agent/m"})
        BOOST_TEST(refusal(at(route)).find("is not supported: llmx calls Bedrock by its Converse API") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(invoke_before_a_model_has_the_form_of_its_vendor) {
    const auto forms = [](const deployment& d, std::string_view model) {
        std::string all;
        for (const codec_ops* const form : {&codec_of<bedrock_converse>, &codec_of<bedrock_invoke_messages>, &codec_of<bedrock_invoke_nova>,
                                            &codec_of<bedrock_invoke_chat>})
            if (bedrock::takes(*form, d, model)) all.append(form->name).append(" ");
        return all;
    };
    const deployment d = completed(at("invoke/eu-central-1/eu.anthropic.claude-sonnet-4-20250514-v1:0"));
    BOOST_TEST(d.model == "eu.anthropic.claude-sonnet-4-20250514-v1:0");
    BOOST_TEST(d.api_base.where.host == "bedrock-runtime.eu-central-1.amazonaws.com");
    BOOST_TEST(forms(d, d.model) == "bedrock_invoke_messages ");
    // A second completion keeps the route.
    BOOST_TEST(forms(completed(d), d.model) == "bedrock_invoke_messages ");
    http_request out;
    out.to = &d.api_base.where;
    outgoing what(codec_of<bedrock_invoke_messages>);
    what.stream = true;
    what.model = d.model;
    BOOST_REQUIRE(bedrock().prepare(d, what, out).has_value());
    BOOST_TEST(out.target == "/model/eu.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream");
    const deployment any = completed(at("*"));
    BOOST_TEST(forms(any, "invoke/us.amazon.nova-pro-v1:0") == "bedrock_invoke_nova ");
    BOOST_TEST(forms(any, "invoke/openai.gpt-oss-120b-1:0") == "bedrock_invoke_chat ");
    BOOST_TEST(forms(any, "us.amazon.nova-pro-v1:0") == "bedrock_converse ");
    what.model = "invoke/us.amazon.nova-pro-v1:0";
    what.stream = false;
    BOOST_REQUIRE(bedrock().prepare(any, what, out).has_value());
    BOOST_TEST(out.target == "/model/us.amazon.nova-pro-v1%3A0/invoke");
    BOOST_TEST((bedrock::traits_of(any, "invoke/openai.gpt-oss-120b-1:0").reasoning == model_traits::reasoning_style::effort));
    BOOST_TEST((bedrock::traits_of(any, "openai.gpt-oss-120b-1:0").reasoning == model_traits::reasoning_style::budget));
}

BOOST_AUTO_TEST_CASE(the_path_has_the_model_percent_encoded) {
    BOOST_TEST(prepared(completed(at("us.anthropic.claude-sonnet-4-20250514-v1:0"))).target == "/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse");
    const http_request r = prepared(completed(at("arn:aws:bedrock:us-east-1:1:inference-profile/x")), true);
    BOOST_TEST(r.target == "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream");
    BOOST_TEST(r.fields.find("accept: application/vnd.amazon.eventstream\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named_and_no_secret) {
    BOOST_TEST(refusal(at("m", std::nullopt)) .starts_with("deployment 'd': AWS credentials: none found; give aws_access_key_id"));
    BOOST_TEST(refusal(at("us-east-1/m", std::nullopt)).starts_with("deployment 'd': AWS credentials: none found; give aws_access_key_id"));
    // The region may come with the model's name alone.
    bedrock::settings own = keys("");
    BOOST_TEST(own.credentials->region == "");
    BOOST_TEST(refusal(at("m", own)).find("there is no region") != std::string::npos);
    BOOST_TEST(completed(at("us-west-2/m", own)).settings.get<bedrock::settings>().credentials->region == "us-west-2");
    deployment elsewhere = at("m", own);
    elsewhere.api_base = parse_base_url("http://127.0.0.1:9").value();
    BOOST_TEST(refusal(elsewhere).find("there is no region to sign for") != std::string::npos);
    own = bedrock::settings();
    BOOST_TEST(own.find_credentials(no_variables).error().message().starts_with("AWS credentials: none found; give aws_access_key_id"));
    own.access_key_id = secret("AKID");
    BOOST_TEST(own.find_credentials(no_variables).error().message() == "AWS credentials: the access key id has no secret access key");
    deployment foreign = at("m", std::nullopt);
    foreign.settings = any_settings::of(5);
    BOOST_TEST(refusal(foreign) == "deployment 'd': its settings are not those of provider 'bedrock'");
}

BOOST_AUTO_TEST_CASE(credentials_of_a_deployment_are_not_replaced_by_a_key_of_the_environment) {
    bedrock::settings own;
    own.region = "us-east-1";
    own.access_key_id = secret("AKID"); // without its secret
    deployment d = at("m", own);
    d.key = secret("key-of-the-environment");
    BOOST_TEST(refusal(d).find("has no secret access key") != std::string::npos);
    own.access_key_id = secret();
    d = at("m", own);
    d.key = secret("key-of-the-environment");
    BOOST_TEST(completed(d).settings.get<bedrock::settings>().credentials != nullptr);
}

BOOST_AUTO_TEST_CASE(an_endpoint_of_the_deployment_counts_for_more_than_a_variable) {
    bedrock::settings own = keys("eu-west-1");
    own.runtime_endpoint = "https://vpce.example.com";
    deployment d = at("m", own);
    d.api_base = parse_base_url("https://from-a-variable.example.com").value();
    BOOST_TEST(completed(d).api_base.where.host == "vpce.example.com");
}

BOOST_AUTO_TEST_CASE(behind_a_wildcard_the_callers_name_may_have_route_and_region) {
    const deployment d = completed(at("*", keys("us-west-2")));
    http_request out;
    out.to = &d.api_base.where;
    outgoing what(codec_of<bedrock_converse>);
    what.model = "converse/us-west-2/anthropic.claude-x";
    BOOST_REQUIRE(bedrock().prepare(d, what, out).has_value());
    BOOST_TEST(out.target == "/model/anthropic.claude-x/converse");
    for (const std::string_view wrong : {"eu-west-1/m", "invoke/eu-west-1/m", "agent/m"}) {
        what.model = wrong;
        const result<void> refused = bedrock().prepare(d, what, out);
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error() == errc::invalid_request));
    }
}

BOOST_AUTO_TEST_CASE(a_quoted_canonical_request_is_left_out) {
    const error e = classified(403, "InvalidSignatureException",
                               "The request signature we calculated does not match. The Canonical String for this request should have "
                               "been 'POST\\n/model/m\\nx-amz-security-token:IQoJSECRET'");
    BOOST_TEST(e.provider_message().find("does not match") != std::string::npos);
    BOOST_TEST(e.provider_message().find("SECRET") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_request_is_signed_for_bedrock_at_the_runtimes_time) {
    testing::scripted_transport script;
    testing::manual_runtime on(script);
    cancellation stop;
    http_limits limits;
    const deployment d = completed(at("m"));
    http_request out = prepared(d);
    const result<void> done = testing::run(bedrock().authorize(on, d, out, limits, stop));
    BOOST_REQUIRE(done.has_value());
    http_request expected = prepared(d);
    BOOST_REQUIRE(sign_sigv4(expected, aws_keys("AKID", secret("the-secret-key")), sigv4_options("us-east-1", "bedrock", on.unix_seconds())).has_value());
    BOOST_TEST(out.fields == expected.fields);
    BOOST_TEST(out.fields.find("/us-east-1/bedrock/aws4_request") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bedrock_api_key_is_a_bearer_token) {
    testing::scripted_transport script;
    testing::manual_runtime on(script);
    cancellation stop;
    http_limits limits;
    const auto authorization = [&](const deployment& d) {
        http_request out = prepared(d);
        BOOST_REQUIRE(testing::run(bedrock().authorize(on, d, out, limits, stop)).has_value());
        return out.fields.substr(out.fields.find("authorization: "));
    };
    deployment d = at("us-east-1/m", std::nullopt);
    d.key = secret("api-key");
    BOOST_TEST(authorization(completed(d)) == "authorization: Bearer api-key\r\n");
    bedrock::settings own;
    own.region = "us-east-1";
    BOOST_REQUIRE(own.find_credentials(no_variables, secret("other-key")).has_value());
    BOOST_TEST(authorization(completed(at("m", own))) == "authorization: Bearer other-key\r\n");
    // Keys of the deployment's own count for more.
    own = bedrock::settings();
    own.region = "us-east-1";
    own.access_key_id = secret("AKID");
    own.secret_access_key = secret("s");
    BOOST_REQUIRE(own.find_credentials(no_variables, secret("from-the-environment")).has_value());
    BOOST_TEST(authorization(completed(at("m", own))).starts_with("authorization: AWS4-HMAC-SHA256 Credential=AKID/"));
}

BOOST_AUTO_TEST_CASE(every_error_has_its_class) {
    struct row {
        int status;
        std::string_view type, message;
        errc code;
    };
    for (const row& r : {row{429, "ThrottlingException", "Too many requests, please wait", errc::rate_limited},
                         row{429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", errc::quota_exceeded},
                         row{400, "ValidationException", "Malformed input request", errc::invalid_request},
                         row{400, "ValidationException", "Input is too long for requested model.", errc::context_window_exceeded},
                         row{400, "ValidationException", "input length and `max_tokens` exceed context limit: 1 + 2 > 2", errc::context_window_exceeded},
                         row{400, "ValidationException", "The provided model identifier is invalid.", errc::not_found},
                         row{403, "AccessDeniedException", "You don't have access to the model", errc::permission_denied},
                         row{403, "ExpiredTokenException", "The security token included in the request is expired", errc::authentication},
                         row{403, "UnrecognizedClientException", "The security token included in the request is invalid.", errc::authentication},
                         row{403, "InvalidSignatureException", "The request signature we calculated does not match", errc::authentication},
                         row{404, "ResourceNotFoundException", "Model not found", errc::not_found},
                         row{408, "ModelTimeoutException", "The model timed out", errc::overloaded},
                         row{424, "ModelErrorException", "The model failed", errc::provider_internal},
                         row{429, "ModelNotReadyException", "The model is not ready", errc::overloaded},
                         row{400, "ServiceQuotaExceededException", "Over the quota", errc::quota_exceeded},
                         row{503, "ServiceUnavailableException", "Down", errc::overloaded},
                         row{500, "InternalServerException", "Broken", errc::provider_internal},
                         row{418, "SomethingNew", "?", errc::invalid_request}}) {
        const error e = classified(r.status, r.type, r.message);
        BOOST_TEST((e == r.code), r.type << " " << r.message << ": " << e.message());
        BOOST_TEST(e.provider_code() == r.type);
        BOOST_TEST(e.provider_message() == r.message);
        BOOST_TEST(e.provider_status() == r.status);
        BOOST_TEST(e.request_id() == "r-1");
        BOOST_TEST(e.provider() == "bedrock");
    }
    const error in_body = bedrock().classify(400, {}, R"({"__type":"com.amazon.coral.service#SerializationException","message":"x"})");
    BOOST_TEST((in_body == errc::invalid_request));
    BOOST_TEST((bedrock().classify(502, {}, "<html>") == errc::provider_internal));
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace bedrock_unit
