// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/sagemaker.hpp>

#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sagemaker_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

static_assert(authorizing_provider<sagemaker_chat> && completing_provider<sagemaker_chat> && checking_provider<sagemaker_chat>);
using only = registry<sagemaker_chat>;

std::optional<std::string> variables(std::string_view name) {
    // Bedrock's, which must not go to SageMaker.
    if (name == "AWS_BEARER_TOKEN_BEDROCK") return "bedrock-api-key";
    return std::nullopt;
}

deployment at(std::string endpoint, std::string region = "eu-west-1") {
    sagemaker_chat::settings own;
    own.access_key_id = secret("AKID");
    own.secret_access_key = secret("the-secret-key");
    own.region = std::move(region);
    deployment d;
    d.id = "d";
    d.provider = "sagemaker_chat";
    d.model = std::move(endpoint);
    d.settings = any_settings::of(std::move(own));
    return d;
}
http_request prepared(const deployment& d, bool stream) {
    http_request out;
    out.to = &d.api_base.where;
    out.body.assign("{}");
    outgoing what(codec_of<sagemaker_messages>);
    what.stream = stream;
    what.model = d.model;
    BOOST_REQUIRE(sagemaker_chat().prepare(d, what, out).has_value());
    return out;
}
error classified(int status, std::string_view type, std::string_view body) {
    const std::vector<http_field> fields = {{"x-amzn-errortype", type}, {"x-amzn-requestid", "r-1"}};
    return sagemaker_chat().classify(status, fields, body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_sagemaker)

BOOST_AUTO_TEST_CASE(the_url_names_the_endpoint_and_fields_the_rest) {
    deployment d = at("my/endpoint");
    BOOST_REQUIRE(only::complete(d, variables).has_value());
    BOOST_TEST(d.api_base.where.host == "runtime.sagemaker.eu-west-1.amazonaws.com");
    const http_request whole = prepared(d, false);
    BOOST_TEST(whole.target == "/endpoints/my%2Fendpoint/invocations");
    BOOST_TEST(whole.fields == "");
    sagemaker_chat::settings own = d.settings.get<sagemaker_chat::settings>();
    own.inference_component = "llama";
    own.target_variant = "blue";
    d.settings = any_settings::of(own);
    const http_request stream = prepared(d, true);
    BOOST_TEST(stream.target == "/endpoints/my%2Fendpoint/invocations-response-stream");
    BOOST_TEST(stream.fields == "x-amzn-sagemaker-accept: text/event-stream\r\nx-amzn-sagemaker-inference-component: llama\r\n"
                                "x-amzn-sagemaker-target-variant: blue\r\n");
    deployment china = at("e", "cn-north-1");
    BOOST_REQUIRE(only::complete(china, variables).has_value());
    BOOST_TEST(china.api_base.where.host == "runtime.sagemaker.cn-north-1.amazonaws.com.cn");
    deployment own_base = at("e");
    own_base.api_base = parse_base_url("http://127.0.0.1:9/x").value();
    BOOST_REQUIRE(only::complete(own_base, variables).has_value());
    BOOST_TEST(prepared(own_base, false).target == "/x/endpoints/e/invocations");
}

BOOST_AUTO_TEST_CASE(requests_are_signed_for_sagemaker_and_no_key_is_sent) {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    deployment d = at("e");
    d.key = secret("a-key-of-another-vendor");
    BOOST_REQUIRE(only::complete(d, variables).has_value());
    http_request out = prepared(d, true);
    http_limits limits;
    cancellation stop;
    BOOST_REQUIRE(testing::run(io, sagemaker_chat().authorize(runtime, d, out, limits, stop)).has_value());
    BOOST_TEST(out.fields.find("authorization: AWS4-HMAC-SHA256 Credential=AKID/") != std::string::npos);
    BOOST_TEST(out.fields.find("/eu-west-1/sagemaker/aws4_request") != std::string::npos);
    BOOST_TEST(out.fields.find("a-key-of-another-vendor") == std::string::npos);
    BOOST_TEST(out.fields.find("Bearer") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
    const auto refusal = [](deployment d) {
        const result<void> done = only::complete(d, variables);
        return done ? std::string() : done.error().message();
    };
    deployment none;
    none.id = "d";
    none.provider = "sagemaker_chat";
    none.model = "e";
    none.key = secret("k");
    BOOST_TEST(refusal(none).starts_with("deployment 'd': AWS credentials: none found; give aws_access_key_id"));
    BOOST_TEST(refusal(at("e", "")).find("there is no region; give aws_region_name") != std::string::npos);
    deployment d = at("e");
    sagemaker_chat::settings own = d.settings.get<sagemaker_chat::settings>();
    own.target_variant = "a\r\nb";
    d.settings = any_settings::of(own);
    BOOST_TEST(refusal(d) == "deployment 'd': sagemaker_target_variant holds a line break");
}

BOOST_AUTO_TEST_CASE(the_containers_own_status_counts) {
    const error from_model = classified(424, "ModelError",
                                        R"({"ErrorCode":"CLIENT_ERROR_FROM_MODEL","OriginalMessage":"{\"error\":{\"message\":\"bad role\"}}",)"
                                        R"("OriginalStatusCode":400,"Message":"Received client error (400) from primary"})");
    BOOST_TEST((from_model == errc::invalid_request));
    BOOST_TEST(from_model.provider_message() == "bad role");
    BOOST_TEST((classified(424, "ModelError", R"({"OriginalStatusCode":503,"OriginalMessage":"busy"})") == errc::overloaded));
    BOOST_TEST((classified(424, "ModelError", R"({"Message":"x"})").value() != errc::invalid_request));
    const error missing = classified(400, "ValidationError", R"({"Message":"Endpoint e of account 1 not found."})");
    BOOST_TEST(missing.provider_message() == "Endpoint e of account 1 not found.");
    BOOST_TEST((classified(400, "ThrottlingException", R"({"Message":"Rate exceeded"})") == errc::rate_limited));
    const error denied = classified(403, "InvalidSignatureException",
                                    R"({"message":"The request signature does not match. The Canonical String for this request should have been 'secret'"})");
    BOOST_TEST((denied == errc::authentication));
    BOOST_TEST(denied.provider_message().find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace sagemaker_unit
