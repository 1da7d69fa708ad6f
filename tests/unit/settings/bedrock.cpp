// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <boost/test/unit_test.hpp>

namespace bedrock_unit {

#if !defined(LLMX_NO_TLS)

using namespace settings_test;

namespace {

std::string model_list(std::string_view params) {
    return R"({"model_list":[{"model_name":"m","litellm_params":{)" + std::string(params) + "}}]}";
}
const llmx::bedrock::settings& own(const llmx::deployment& d) { return d.settings.get<llmx::bedrock::settings>(); }

} // namespace

BOOST_AUTO_TEST_SUITE(settings_bedrock)

BOOST_AUTO_TEST_CASE(credentials_are_found_in_the_deployment_and_in_the_environment) {
    auto read = from_json(model_list(R"("model":"bedrock/us-west-2/anthropic.claude","aws_access_key_id":"AK","aws_secret_access_key":"the-secret")"));
    BOOST_REQUIRE_MESSAGE(read.has_value(), (read.has_error() ? read.error().message() : std::string()));
    llmx::deployment d = read->deployments.at(0);
    BOOST_TEST(d.provider == "bedrock");
    BOOST_REQUIRE(own(d).credentials != nullptr);
    BOOST_TEST(own(d).credentials->keys.access_key_id == "AK");
    BOOST_REQUIRE(llmx::stock_registry::complete(d).has_value());
    BOOST_TEST(d.api_base.where.host == "bedrock-runtime.us-west-2.amazonaws.com");

    read = from_json(model_list(R"("model":"converse/anthropic.claude")"),
                     {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_REGION", "eu-west-1"}});
    BOOST_REQUIRE_MESSAGE(read.has_value(), (read.has_error() ? read.error().message() : std::string()));
    BOOST_TEST(own(read->deployments.at(0)).credentials->keys.access_key_id == "ENV");
    BOOST_TEST(own(read->deployments.at(0)).credentials->region == "eu-west-1");

    read = from_json(model_list(R"("model":"bedrock_converse/x","api_key":"bearer-1","aws_region_name":"us-east-1")"),
                     {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
    BOOST_REQUIRE_MESSAGE(read.has_value(), (read.has_error() ? read.error().message() : std::string()));
    BOOST_TEST(own(read->deployments.at(0)).credentials->bearer_token.reveal() == "bearer-1");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_unsupported_is_named_with_its_place) {
    auto read = from_json(model_list(R"("model":"bedrock/m","aws_region_name":"us-east-1")"));
    BOOST_REQUIRE(read.has_error());
    BOOST_TEST(read.error().message().find("AWS credentials: none found") != std::string::npos);
    read = from_json(model_list(R"("model":"bedrock/agent/m","aws_access_key_id":"AK","aws_secret_access_key":"the-secret","aws_region_name":"us-east-1")"));
    BOOST_REQUIRE(read.has_error());
    BOOST_TEST(read.error().message().find("'agent/' is not supported") != std::string::npos);
    BOOST_TEST(read.error().message().find("the-secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace bedrock_unit
