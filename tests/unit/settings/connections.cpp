// SPDX-License-Identifier: BSL-1.0
// How connections to providers are made, and what callers may bring.
#include "support.hpp"

#include <llmx/core/callers_access.hpp>
#include <llmx/transport/connection_rules.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#if !defined(LLMX_NO_TLS)
#include "../../support/tls_identity.hpp"
#endif

namespace connections_unit {

using namespace settings_test;

namespace {

std::string with(std::string_view params, std::string_view sections = "") {
    const std::string model = R"({"model_list":[{"model_name":"m","litellm_params":{"model":"openai/gpt-4o","api_key":"k")";
    return model + std::string(params) + "}}]" + std::string(sections) + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_connections)

BOOST_AUTO_TEST_CASE(nothing_is_stated) {
    const auto c = from_json(with(""));
    BOOST_REQUIRE(c);
    BOOST_TEST((c->deployments[0].connection == nullptr));
    BOOST_TEST((c->deployments[0].callers == nullptr));
}

BOOST_AUTO_TEST_CASE(what_callers_may_bring) {
    const auto c = from_json(with(R"(,"configurable_clientside_auth_params":["api_key",{"api_base":"https://*.example.com/v1"},"api_version"])",
                                  R"(,"litellm_settings":{"user_url_allowed_hosts":["10.0.0.7:8080"]})"));
    BOOST_REQUIRE_MESSAGE(c, message_of(c));
    const llmx::callers_access& may = *c->deployments[0].callers;
    BOOST_TEST((may.key && may.base && may.version));
    BOOST_TEST_REQUIRE(may.bases.size() == 1u);
    BOOST_TEST(may.bases[0].where.host == "*.example.com");
    BOOST_TEST(may.bases[0].path == "/v1");
    BOOST_TEST_REQUIRE((may.connection != nullptr));
    BOOST_TEST(may.connection->public_only);
    BOOST_TEST(may.connection->allowed_hosts == std::vector<std::string>(1, "10.0.0.7:8080"), boost::test_tools::per_element());
    BOOST_TEST((may.mock_settings == nullptr));
    for (const std::string_view wrong : {R"(["secret"])", R"("api_key")", R"([{"api_base":"^https://.*direct\\.example\\.ai/v1$"}])", R"([{"api_base":"x"}])",
                                         R"(["api_base"])", R"([{"api_base":"https://a.*.example/"},"api_key"])"})
        BOOST_TEST(!from_json(with(R"(,"configurable_clientside_auth_params":)" + std::string(wrong))), wrong);
}

BOOST_AUTO_TEST_CASE(all_callers_may_bring_credentials_or_answers) {
    const auto c = from_json(with("", R"(,"general_settings":{"allow_client_side_credentials":true})"));
    BOOST_REQUIRE_MESSAGE(c, message_of(c));
    BOOST_TEST((c->deployments[0].callers->key && c->deployments[0].callers->base));
    BOOST_TEST(c->deployments[0].callers->connection->public_only);
    const auto mocks = from_json(with("", R"(,"general_settings":{"allow_client_mock_responses":true})"));
    BOOST_REQUIRE_MESSAGE(mocks, message_of(mocks));
    BOOST_TEST((mocks->deployments[0].callers->mock_settings != nullptr));
    BOOST_TEST(!mocks->deployments[0].callers->key);
    const auto open = from_json(with("", R"(,"general_settings":{"allow_client_side_credentials":true},"litellm_settings":{"user_url_validation":false})"));
    BOOST_REQUIRE(open);
    BOOST_TEST(!open->deployments[0].callers->connection->public_only);
    BOOST_TEST(open->warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_proxy_of_a_deployment) {
    const auto c = from_json(with(R"(,"proxy_url":"http://user:pass@proxy.test:3128")"));
    BOOST_REQUIRE_MESSAGE(c, message_of(c));
    BOOST_TEST(c->deployments[0].connection->proxies->https->where.authority == "proxy.test:3128");
    const auto direct = from_json(with(R"(,"proxy_url":"none")"));
    BOOST_REQUIRE(direct);
    BOOST_TEST(!direct->deployments[0].connection->proxies->https.has_value());
    const auto wrong = from_json(with(R"(,"proxy_url":"socks5://user:hunter2@proxy.test")"));
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(message_of(wrong).find("hunter2") == std::string::npos, message_of(wrong));
}

#if !defined(LLMX_NO_TLS)
BOOST_AUTO_TEST_CASE(certificates_and_pins) {
    const llmx_test::identity own;
    const std::string file = own.file.string();
    const std::string pin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const auto c = from_json(with(R"(,"ssl_verify":")" + file + R"(","ssl_pins":[")" + pin + R"("])",
                                  R"(,"litellm_settings":{"ssl_verify":false},"general_settings":{"ssl_pins":{"api.openai.com":[")" + pin + R"("]}})"));
    BOOST_REQUIRE_MESSAGE(c, message_of(c));
    const llmx::tls_options& o = c->deployments[0].connection->tls->options();
    BOOST_TEST(o.ca_file == file);
    BOOST_TEST(!o.insecure_skip_verify);
    BOOST_TEST_REQUIRE(o.pins.size() == 1u);
    BOOST_TEST(o.pins[0].host == "*");
    BOOST_TEST(c->warnings.size() == 1u);
    const auto general = from_json(with("", R"(,"general_settings":{"ssl_pins":{"api.openai.com":")" + pin + R"("}})"));
    BOOST_REQUIRE_MESSAGE(general, message_of(general));
    BOOST_TEST(general->deployments[0].connection->tls->options().pins[0].host == "api.openai.com");
    for (const char* const wrong : {R"(,"ssl_verify":"/nowhere/ca.pem")", R"(,"client_cert":"/nowhere/c.pem")", R"(,"client_key":"/nowhere/k.pem")",
                                     R"(,"ssl_pins":["sha256/short"])", R"(,"ssl_verify":"")"})
        BOOST_TEST(!from_json(with(wrong)), wrong);
}

BOOST_AUTO_TEST_CASE(the_same_settings_are_one_object) {
    const auto c = from_json(R"({"model_list":[{"model_name":"a","litellm_params":{"model":"openai/x","api_key":"k"}},)"
                             R"({"model_name":"b","litellm_params":{"model":"openai/y","api_key":"k","ssl_verify":true}},)"
                             R"({"model_name":"c","litellm_params":{"model":"openai/z","api_key":"k"}}]})",
                             {{"SSL_VERIFY", "false"}});
    BOOST_REQUIRE_MESSAGE(c, message_of(c));
    BOOST_TEST((c->deployments[0].connection == c->deployments[2].connection));
    BOOST_TEST((c->deployments[0].connection != c->deployments[1].connection));
    BOOST_TEST(c->deployments[0].connection->tls->options().insecure_skip_verify);
    BOOST_TEST(!c->deployments[1].connection->tls->options().insecure_skip_verify);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace connections_unit
