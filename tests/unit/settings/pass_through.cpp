// SPDX-License-Identifier: BSL-1.0
// Vendors' own paths and paths of the operator's own, in a configuration.
#include "unit/settings/support.hpp"

#include <llmx/gateway/pass_through.hpp>
#include <llmx/settings/assemble.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace pass_through_unit {

using namespace settings_test;

namespace {

const std::string models = "model_list:\n"
                           "  - {model_name: a, litellm_params: {model: openai/gpt-4o, api_key: sk-second, order: 2}}\n"
                           "  - {model_name: b, litellm_params: {model: openai/o3, api_key: sk-first, order: 1}}\n";
std::string with(const std::string& general) { return models + "general_settings:\n" + general; }
std::string route(const std::string& lines) { return with("  pass_through_endpoints:\n    - " + lines); }

const llmx::deployment* of(const stock& s, std::string_view provider) {
    for (const llmx::deployment& d : s.vendor_paths)
        if (d.provider == provider) return &d;
    return nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_pass_through)

BOOST_AUTO_TEST_CASE(a_vendors_paths_have_the_credentials_of_its_first_deployment_else_of_its_variables) {
    const std::string and_mock = models + "  - {model_name: m, litellm_params: {model: mock/echo}}\n";
    const auto s = from_yaml(and_mock, {{"ANTHROPIC_API_KEY", "sk-variable"}, {"OPENAI_API_KEY", "sk-unused"}});
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->warnings.empty());
    BOOST_TEST(s->deployments.size() == 3u);
    BOOST_TEST_REQUIRE(of(*s, "openai") != nullptr);
    BOOST_TEST(of(*s, "openai")->key.matches("sk-first"));
    BOOST_TEST(of(*s, "openai")->model == "*");
    BOOST_TEST(of(*s, "openai")->id == llmx::pass_through_group("openai"));
    BOOST_TEST_REQUIRE(of(*s, "anthropic") != nullptr);
    BOOST_TEST(of(*s, "anthropic")->key.matches("sk-variable"));
    BOOST_TEST(of(*s, "anthropic")->api_base.where.host == "api.anthropic.com");
    BOOST_TEST(of(*s, "gemini") == nullptr);
    BOOST_TEST(of(*s, "mock") == nullptr);
    const auto served = llmx::topology_from<llmx::stock_registry>(*s);
    BOOST_TEST_REQUIRE(served.has_value(), message_of(served));
    BOOST_TEST((*served)->find(llmx::pass_through_group("openai")) != nullptr);
}

BOOST_AUTO_TEST_CASE(without_a_file_each_vendor_of_the_environment_has_its_paths) {
    const auto s = llmx::settings_from_environment<llmx::stock_gateway>(env({{"GROQ_API_KEY", "sk-g"}}));
    BOOST_TEST_REQUIRE(s.has_value());
    BOOST_TEST_REQUIRE(of(*s, "groq") != nullptr);
    BOOST_TEST(of(*s, "groq")->key.matches("sk-g"));
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_wrong_for_a_vendor_without_models_stops_nothing) {
    const auto s = from_yaml(models, {{"MISTRAL_API_KEY", "sk-m"}, {"MISTRAL_API_BASE", "not a url"}, {"COHERE_API_KEY", "two\nlines"},
                                      {"GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/credentials.json"}});
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->warnings.empty());
    for (const char* const none : {"mistral", "cohere", "vertex_ai"}) BOOST_TEST(of(*s, none) == nullptr, none);
}

BOOST_AUTO_TEST_CASE(requests_that_are_passed_on_have_a_time_of_their_own) {
    const auto s = from_yaml(with("  pass_through_request_timeout: 2.5\n  pass_through_endpoints:\n    - {path: /x, target: https://x.test}\n"), {});
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->warnings.empty());
    const auto served = llmx::topology_from<llmx::stock_registry>(*s);
    BOOST_TEST_REQUIRE(served.has_value(), message_of(served));
    for (const llmx::deployment& d : (*served)->deployments()) {
        const bool passes = llmx::is_pass_through_group(d.model_group);
        BOOST_TEST((d.timeout == (passes ? std::optional<llmx::duration>(std::chrono::milliseconds(2500)) : std::nullopt)), d.id);
        BOOST_TEST((d.first_token_timeout == d.timeout), d.id);
    }
    BOOST_TEST(!from_yaml(with("  pass_through_request_timeout: -1\n"), {}).has_value());
}

BOOST_AUTO_TEST_CASE(vendors_paths_can_be_turned_off) {
    const auto s = from_yaml(with("  pass_through: false\n"));
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->vendor_paths.empty());
    BOOST_TEST(message_of(from_yaml(with("  pass_through: sometimes\n"))).starts_with("config.yaml:5: general_settings.pass_through: "));
}

BOOST_AUTO_TEST_CASE(an_own_path_is_read_in_litellms_form) {
    const auto s = from_yaml(route("{path: /v1/rerank/, target: 'https://api.test:8443/v2/rerank', headers: {Authorization: bearer os.environ/K, "
                                   "accept: application/json, x-n: 7}, include_subpath: true, forward_headers: true, methods: [post, GET], auth: false, "
                                   "cost_per_request: 0.002, default_query_params: {version: 2, 'a b': 'c&d'}, id: one}\n"),
                             {{"K", "sk-target"}});
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->warnings.empty());
    BOOST_TEST_REQUIRE(s->own_paths.size() == 1u);
    const llmx::own_path& p = s->own_paths[0];
    BOOST_TEST(p.path == "/v1/rerank");
    BOOST_TEST(p.target.where.authority == "api.test:8443");
    BOOST_TEST(p.target.path == "/v2/rerank");
    BOOST_TEST_REQUIRE(p.headers.size() == 3u);
    BOOST_TEST(p.headers[0].second.reveal() == "bearer sk-target");
    BOOST_TEST(p.headers[2].second.reveal() == "7");
    BOOST_TEST(p.query == "version=2&a%20b=c%26d");
    BOOST_TEST(int{p.methods} == 5);
    BOOST_TEST(p.include_subpath);
    BOOST_TEST(p.forward_headers);
    BOOST_TEST(!p.needs_key);
    BOOST_TEST((p.cost_per_request == llmx::money(2'000'000)));
    const auto served = llmx::topology_from<llmx::stock_registry>(*s);
    BOOST_TEST_REQUIRE(served.has_value(), message_of(served));
    BOOST_TEST((*served)->find(llmx::pass_through_group("/v1/rerank")) != nullptr);
    const auto least = from_yaml(route("{path: /x, target: 'http://h'}\n"));
    BOOST_TEST_REQUIRE(least.has_value(), message_of(least));
    BOOST_TEST(least->own_paths[0].needs_key);
    BOOST_TEST(!least->own_paths[0].include_subpath);
}

BOOST_AUTO_TEST_CASE(every_mistake_of_an_own_path_is_reported_with_its_line) {
    const std::string at = "config.yaml:6: general_settings.pass_through_endpoints[0]";
    const auto refused = [&at](const std::string& lines, const std::string& message) {
        const std::string got = message_of(from_yaml(route(lines + "\n"), {{"PLANTED", "planted-secret"}}));
        BOOST_TEST(got.starts_with(at + message), got);
        BOOST_TEST(got.find("planted-secret") == std::string::npos);
    };
    refused("text", ": ");
    refused("{target: 'http://h'}", ".path: missing");
    refused("{path: /x}", ".target: missing");
    refused("{path: x, target: 'http://h'}", ".path: \"x\" cannot be a path");
    refused("{path: /, target: 'http://h'}", ".path: \"/\" cannot be a path");
    refused("{path: /a/../b, target: 'http://h'}", ".path: ");
    refused("{path: /x, target: 'ftp://h'}", ".target: base URL: ");
    refused("{path: /x, target: 'http://u:planted-secret@h'}", ".target: base URL: ");
    refused("{path: /x, target: 'http://h', headers: [a]}", ".headers: ");
    refused("{path: /x, target: 'http://h', headers: {'a b': c}}", ".headers.");
    refused("{path: /x, target: 'http://h', headers: {host: evil}}", ".headers.host: the field belongs to the connection");
    refused("{path: /x, target: 'http://h', headers: {a: \"os.environ/PLANTED\\nb\"}}", ".headers.a: ");
    refused("{path: /x, target: 'http://h', headers: {a: bearer os.environ/NONE}}", ".headers.a: the environment variable NONE is not set");
    refused("{path: /x, target: 'http://h', methods: [BREW]}", ".methods: ");
    refused("{path: /x, target: 'http://h', auth: perhaps}", ".auth: ");
    refused("{path: /x, target: 'http://h', cost_per_request: -1}", ".cost_per_request: ");
    const std::string twice = message_of(from_yaml(route("{path: /x, target: 'http://h'}\n    - {path: /x/, target: 'http://i'}\n")));
    BOOST_TEST(twice.starts_with("config.yaml:7: general_settings.pass_through_endpoints[1].path: \"/x\" is the path of another entry too"), twice);
    BOOST_TEST(message_of(from_yaml(with("  pass_through_endpoints: /x\n"))).starts_with("config.yaml:5: general_settings.pass_through_endpoints: "));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace pass_through_unit
