// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/azure_ai.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/databricks.hpp>
#include <llmx/providers/watsonx.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace oauth_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

using all = registry<azure_openai, azure_ai, databricks, watsonx>;
using variables_map = std::map<std::string, std::string, std::less<>>;

variable_lookup variables(variables_map values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto it = values.find(name);
        return it != values.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

deployment at(std::string provider, std::string key = std::string()) {
    deployment d;
    d.id = "d";
    d.provider = std::move(provider);
    d.model = "m";
    d.key = secret(std::move(key));
    d.api_base = parse_base_url("https://own.test/base").value();
    return d;
}

/// Authorizes one request, and keeps what was asked of the token server.
struct authorized {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;
    http_request out;

    authorized() {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
    }
    template <class P> result<void> operator()(const deployment& d) {
        return testing::run(io, P().authorize(runtime, d, out, limits, stop));
    }
    [[nodiscard]] std::string asked(std::size_t i = 0) const {
        const auto& r = network.requests().at(i);
        return r.to.host + r.target + " " + r.body;
    }
};

const std::string good_token = R"({"token_type":"Bearer","expires_in":3599,"access_token":"tok-1"})";
const variables_map application = {{"AZURE_TENANT_ID", "t/1"}, {"AZURE_CLIENT_ID", "app"}, {"AZURE_CLIENT_SECRET", "s&cret-value"}};

std::string failure_of(std::string provider, variables_map values) {
    deployment d = at(std::move(provider));
    const result<void> r = all::complete(d, variables(std::move(values)));
    return r ? std::string() : r.error().message();
}

} // namespace

BOOST_AUTO_TEST_SUITE(oauth_credentials)

BOOST_AUTO_TEST_CASE(an_application_of_entra_gets_one_token_for_many_requests) {
    authorized a;
    a.network.reply(200, good_token);
    deployment d = at("azure");
    BOOST_REQUIRE(all::complete(d, variables(application)).has_value());
    for (int i = 0; i < 3; ++i) {
        a.out.fields.clear();
        BOOST_REQUIRE(a.operator()<azure_openai>(d).has_value());
        BOOST_TEST(a.out.fields == "authorization: Bearer tok-1\r\n");
    }
    BOOST_REQUIRE(a.network.requests().size() == 1u);
    BOOST_TEST(a.asked() == "login.microsoftonline.com/t%2F1/oauth2/v2.0/token grant_type=client_credentials&client_id=app&client_secret=s%26cret-value"
                            "&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default");
    // The request itself has no key then.
    http_request out;
    BOOST_REQUIRE(azure_openai().prepare(d, outgoing(codec_of<openai_chat>), out).has_value());
    BOOST_TEST(out.fields == "");
}

BOOST_AUTO_TEST_CASE(a_key_is_used_in_place_of_credentials) {
    authorized a;
    deployment d = at("azure", "k-azure");
    BOOST_REQUIRE(all::complete(d, variables(application)).has_value());
    BOOST_REQUIRE(a.operator()<azure_openai>(d).has_value());
    BOOST_TEST(a.network.requests().size() == 0u);
    BOOST_TEST(a.out.fields == "");
    http_request out;
    BOOST_REQUIRE(azure_openai().prepare(d, outgoing(codec_of<openai_chat>), out).has_value());
    BOOST_TEST(out.fields == "api-key: k-azure\r\n");
}

BOOST_AUTO_TEST_CASE(a_workload_sends_the_token_of_its_file_each_time) {
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("llmx-oauth-" + std::to_string(std::rand()));
    std::ofstream(file) << "jwt.one\n";
    authorized a;
    a.network.reply(200, R"({"access_token":"first","expires_in":"600"})");
    deployment d = at("azure_ai");
    BOOST_REQUIRE(all::complete(d, variables({{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "app"}, {"AZURE_FEDERATED_TOKEN_FILE", file.string()},
                                              {"AZURE_AUTHORITY_HOST", "https://login.chinacloudapi.cn/"}})).has_value());
    BOOST_REQUIRE(a.operator()<azure_ai>(d).has_value());
    BOOST_TEST(a.asked() == "login.chinacloudapi.cn/t/oauth2/v2.0/token grant_type=client_credentials&client_id=app&client_assertion_type="
                            "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=jwt.one"
                            "&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default");
    std::ofstream(file) << "jwt.two";
    a.runtime.advance(std::chrono::seconds(700));
    a.network.reply(200, good_token);
    BOOST_REQUIRE(a.operator()<azure_ai>(d).has_value());
    BOOST_TEST(a.asked(1).find("client_assertion=jwt.two") != std::string::npos);
    std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(a_token_of_ones_own_is_sent_as_it_is) {
    authorized a;
    deployment d = at("azure");
    BOOST_REQUIRE(all::complete(d, variables({{"AZURE_AD_TOKEN", "eyJ.own"}})).has_value());
    BOOST_REQUIRE(a.operator()<azure_openai>(d).has_value());
    BOOST_TEST(a.out.fields == "authorization: Bearer eyJ.own\r\n");
    BOOST_TEST(a.network.requests().size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_service_principal_of_databricks_asks_its_workspace) {
    authorized a;
    a.network.reply(200, good_token);
    deployment d = at("databricks");
    BOOST_REQUIRE(all::complete(d, variables({{"DATABRICKS_CLIENT_ID", "id"}, {"DATABRICKS_CLIENT_SECRET", "se:cret"}})).has_value());
    BOOST_REQUIRE(a.operator()<databricks>(d).has_value());
    BOOST_TEST(a.out.fields == "authorization: Bearer tok-1\r\n");
    BOOST_TEST(a.asked() == "own.test/oidc/v1/token grant_type=client_credentials&scope=all-apis");
    // base64 of "id:se%3Acret".
    BOOST_TEST(a.network.requests()[0].fields.find("authorization: Basic aWQ6c2UlM0FjcmV0\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_api_key_of_ibm_is_exchanged_and_never_sent_to_the_model) {
    authorized a;
    a.network.reply(200, good_token);
    deployment d = at("watsonx", "ibm-key-1");
    BOOST_REQUIRE(all::complete(d, variables({{"WATSONX_PROJECT_ID", "p"}})).has_value());
    BOOST_REQUIRE(watsonx().prepare(d, outgoing(codec_of<openai_chat>), a.out).has_value());
    BOOST_TEST(a.out.target == "/base/ml/v1/text/chat?version=2024-10-08");
    BOOST_REQUIRE(a.operator()<watsonx>(d).has_value());
    BOOST_TEST(a.out.fields == "authorization: Bearer tok-1\r\n");
    BOOST_TEST(a.asked() == "iam.cloud.ibm.com/identity/token grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=ibm-key-1");

    authorized zen;
    deployment cluster = at("watsonx");
    BOOST_REQUIRE(all::complete(cluster, variables({{"WATSONX_PROJECT_ID", "p"}, {"WATSONX_ZENAPIKEY", "emVuOmtleQ=="}})).has_value());
    BOOST_REQUIRE(zen.operator()<watsonx>(cluster).has_value());
    BOOST_TEST(zen.out.fields == "authorization: ZenApiKey emVuOmtleQ==\r\n");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_remedy_and_no_secret) {
    authorized a;
    a.network.reply(401, R"({"error":"invalid_client","error_description":"AADSTS7000215: s&cret-value is wrong"})");
    deployment d = at("azure");
    BOOST_REQUIRE(all::complete(d, variables(application)).has_value());
    const result<void> r = a.operator()<azure_openai>(d);
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::authentication));
    BOOST_TEST(r.error().message() == "deployment 'd': the token server login.microsoftonline.com refused the credentials with status 401 "
                                      "(invalid_client); check tenant_id, client_id and the secret, which may have expired, and that the application "
                                      "has a role for the resource");
    BOOST_TEST(r.error().provider_message() == "AADSTS7000215: *** is wrong");
    authorized b;
    b.network.reply(400, R"({"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found."})");
    deployment w = at("watsonx", "ibm-key-1");
    BOOST_REQUIRE(all::complete(w, variables({{"WATSONX_PROJECT_ID", "p"}})).has_value());
    const result<void> refused = b.operator()<watsonx>(w);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().provider_code() == "BXNIM0415E");
    BOOST_TEST(refused.error().provider_message() == "Provided API key could not be found.");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
    BOOST_TEST(failure_of("azure", {}) == "deployment 'd': provider 'azure' needs a key or credentials of Microsoft Entra ID; give api_key, or "
                                          "azure_ad_token, or tenant_id, client_id and client_secret");
    BOOST_TEST(failure_of("azure", {{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_SECRET", "s"}}) ==
               "deployment 'd': the credentials of Microsoft Entra ID are not complete: client_id (AZURE_CLIENT_ID) is missing");
    BOOST_TEST(failure_of("azure_ai", {{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}}) ==
               "deployment 'd': the credentials of Microsoft Entra ID are not complete: client_secret (AZURE_CLIENT_SECRET) or "
               "AZURE_FEDERATED_TOKEN_FILE is missing");
    variables_map plain = application;
    plain["AZURE_AUTHORITY_HOST"] = "http://login.test";
    BOOST_TEST(failure_of("azure", plain) ==
               "deployment 'd': AZURE_AUTHORITY_HOST is not https, which would expose the credentials; use an https URL");
    BOOST_TEST(failure_of("azure", {{"AZURE_AD_TOKEN", "a\r\nb"}}) == "deployment 'd': azure_ad_token holds a line break");
    BOOST_TEST(failure_of("databricks", {{"DATABRICKS_CLIENT_ID", "x"}}).find("DATABRICKS_CLIENT_SECRET") != std::string::npos);
    BOOST_TEST(failure_of("watsonx", {}).find("give project_id (WATSONX_PROJECT_ID)") != std::string::npos);
    BOOST_TEST(failure_of("watsonx", {{"WATSONX_PROJECT_ID", "p"}}).find("give api_key or set WATSONX_APIKEY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_completion_changes_nothing) {
    for (const char* const provider : {"azure", "azure_ai", "databricks", "watsonx"}) {
        variables_map values = application;
        values.insert({{"DATABRICKS_CLIENT_ID", "x"}, {"DATABRICKS_CLIENT_SECRET", "y"}, {"WATSONX_PROJECT_ID", "p"}, {"WATSONX_TOKEN", "t"}});
        deployment d = at(provider);
        BOOST_REQUIRE(all::complete(d, variables(values)).has_value());
        BOOST_TEST(all::complete(d, variables({})).has_value(), provider);
    }
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace oauth_unit
