// SPDX-License-Identifier: BSL-1.0
// Vertex AI's settings out of a file and the environment; credentials are read with the file.
#include "support.hpp"

#include <llmx/registry/provider_ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace vertex_unit {

#if !defined(LLMX_NO_TLS)

using namespace settings_test;

namespace {

const std::string user_json =
    R"({"type":"authorized_user","client_id":"id","client_secret":"cs-secret","refresh_token":"rt-secret","quota_project_id":"q-1"})";

/// A file that goes away with it.
struct credentials_file {
    std::filesystem::path at = std::filesystem::temp_directory_path() / ("llmx-vertex-" + std::to_string(std::rand()) + ".json");
    explicit credentials_file(std::string_view text) { std::ofstream(at) << text; }
    ~credentials_file() { std::filesystem::remove(at); }
};

std::string yaml_of(std::string_view params) {
    return "model_list:\n  - model_name: m\n    litellm_params:\n      model: vertex_ai/gemini-x\n" + std::string(params);
}

const llmx::deployment& only(const llmx::result<stock>& c) {
    BOOST_REQUIRE_MESSAGE(c.has_value(), message_of(c));
    BOOST_REQUIRE_MESSAGE(c->warnings.empty(), (c->warnings.empty() ? std::string() : c->warnings.front()));
    BOOST_REQUIRE(c->deployments.size() == 1u);
    return c->deployments[0];
}

std::string places(const llmx::deployment& d) {
    const auto& own = d.settings.get<llmx::vertex_ai::settings>();
    return own.project + " " + own.location + (own.found.tokens != nullptr ? " tokens" : " nothing");
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_vertex)

BOOST_AUTO_TEST_CASE(credentials_are_a_path_a_text_or_a_map) {
    const credentials_file file(user_json);
    const std::string place = "      vertex_project: p-1\n      vertex_location: us-east5\n";
    BOOST_TEST(places(only(from_yaml(yaml_of(place + "      vertex_credentials: " + file.at.string() + "\n")))) == "p-1 us-east5 tokens");
    BOOST_TEST(places(only(from_yaml(yaml_of(place + "      vertex_credentials: '" + user_json + "'\n")))) == "p-1 us-east5 tokens");
    BOOST_TEST(places(only(from_yaml(yaml_of("      vertex_credentials:\n        type: authorized_user\n        client_id: id\n"
                                             "        client_secret: os.environ/CS\n        refresh_token: r\n        quota_project_id: q-2\n"),
                                     {{"CS", "cs"}}))) == "q-2 global tokens");
    BOOST_TEST(places(only(from_yaml(yaml_of("      vertex_credentials: |\n        {\"type\": \"authorized_user\", \"client_id\": \"id\",\n"
                                             "         \"client_secret\": \"c\", \"refresh_token\": \"r\","
                                        " \"quota_project_id\": \"q-3\"}\n")))) == "q-3 global tokens");
}

BOOST_AUTO_TEST_CASE(variables_of_the_configuration_and_google_s_file_are_found) {
    const credentials_file file(user_json);
    BOOST_TEST(places(only(from_yaml(yaml_of(""), {{"GOOGLE_APPLICATION_CREDENTIALS", file.at.string()}, {"VERTEXAI_LOCATION", "eu"}}))) == "q-1 eu tokens");
    BOOST_TEST(places(only(from_yaml(yaml_of("      vertex_ai_project: p-2\n"), {{"VERTEXAI_CREDENTIALS", user_json}}))) == "p-2 global tokens");
    const auto named = from_yaml(yaml_of("      api_key: k-1\n"));
    BOOST_TEST(places(only(named)) == "  nothing");
    BOOST_TEST(only(named).key.reveal() == "k-1");
}

BOOST_AUTO_TEST_CASE(the_names_vertex_and_vertex_ai_beta_are_the_same_provider) {
    for (const char* prefix : {"vertex", "vertex_ai_beta"}) {
        const auto c = from_yaml("model_list:\n  - model_name: m\n    litellm_params:\n      model: " + std::string(prefix) +
                                     "/claude-x\n      vertex_project: p\n", {{"VERTEXAI_CREDENTIALS", user_json}});
        BOOST_TEST(only(c).provider == "vertex_ai");
        BOOST_TEST(only(c).model == "claude-x");
    }
}

BOOST_AUTO_TEST_CASE(missing_and_broken_credentials_are_errors_with_file_and_line_without_a_secret) {
    const auto why = [](std::string_view params, llmx::environment_map variables = {}) {
        const auto c = from_yaml(yaml_of(params), std::move(variables));
        BOOST_TEST(c.has_error());
        return message_of(c);
    };
    BOOST_TEST(why("") == "config.yaml:4: model_list[0].litellm_params: Google credentials: none found; give vertex_credentials, "
                          "\"metadata\" on a machine of Google's, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a service account's key");
    const std::string nowhere = why("      vertex_credentials: /nowhere/key.json\n");
    BOOST_TEST(nowhere.starts_with("config.yaml:4: model_list[0].litellm_params: "), nowhere);
    BOOST_TEST(nowhere.find("/nowhere/key.json") != std::string::npos, nowhere);
    const credentials_file broken(R"({"type":"service_account","client_email":"e","private_key":"cs-secret"})");
    const std::string bad = why("      vertex_credentials: " + broken.at.string() + "\n");
    BOOST_TEST(bad.find(broken.at.string() + ": Google credentials: private_key") != std::string::npos, bad);
    BOOST_TEST(bad.find("cs-secret") == std::string::npos);
    BOOST_TEST(why("      vertex_location: us east\n", {{"VERTEXAI_CREDENTIALS", user_json}}).find("vertex_location is not a location") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(places_tell_deployments_apart_and_models_their_traits) {
    const auto c = from_yaml("model_list:\n"
                             "  - model_name: m\n    litellm_params: {model: vertex_ai/claude-x, vertex_location: us-east5}\n"
                             "  - model_name: m\n    litellm_params: {model: vertex_ai/claude-x, vertex_location: eu}\n"
                             "    model_info: {max_output_tokens: 77}\n",
                             {{"VERTEXAI_CREDENTIALS", user_json}});
    BOOST_REQUIRE_MESSAGE(c.has_value(), message_of(c));
    BOOST_REQUIRE(c->deployments.size() == 2u);
    BOOST_TEST(c->deployments[0].id != c->deployments[1].id);
    BOOST_TEST(!c->deployments[0].traits.has_value());
    const llmx::model_traits traits = llmx::provider_ops_of<llmx::vertex_ai>.traits_for(c->deployments[1], "claude-x");
    BOOST_TEST(traits.default_max_tokens == 77);
    BOOST_TEST(traits.max_output_tokens == 77);
    BOOST_TEST(!traits.native_json_schema, "what the file leaves open is as for Claude");
}

BOOST_AUTO_TEST_CASE(without_a_configuration_a_base_url_serves_vertex_and_missing_credentials_are_a_warning) {
    auto tree = llmx::parse_json_settings("{}", "config.json");
    BOOST_REQUIRE(tree.has_value());
    const auto served = [](llmx::environment_map variables) {
        const auto c = from_json("{}", std::move(variables));
        BOOST_REQUIRE_MESSAGE(c.has_value(), message_of(c));
        for (const llmx::deployment& d : c->deployments)
            if (d.provider == "vertex_ai") return places(d);
        for (const std::string& w : c->warnings)
            if (w.find("provider 'vertex_ai' is not served: Google credentials: none found") != std::string::npos) return std::string("warned");
        return std::string("silent");
    };
    BOOST_TEST(served({{"VERTEXAI_API_BASE", "http://127.0.0.1:1"}, {"VERTEXAI_CREDENTIALS", user_json}}) == "q-1 global tokens");
    BOOST_TEST(served({{"VERTEXAI_API_BASE", "http://127.0.0.1:1"}}) == "warned");
    BOOST_TEST(served({}) == "silent");
}

BOOST_AUTO_TEST_SUITE_END()

#endif // LLMX_NO_TLS

} // namespace vertex_unit
