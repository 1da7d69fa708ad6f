// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/settings/assemble.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace files_unit {

using namespace settings_test;

namespace {

/// A folder that is gone after the test.
struct folder {
    folder() : path(std::filesystem::temp_directory_path() / ("llmx-settings-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string write(const std::string& name, std::string_view text) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
        return (path / name).string();
    }
    std::filesystem::path path;
};

constexpr const char* one_model = R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo"}}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(settings_files)

BOOST_AUTO_TEST_CASE(the_ending_or_the_first_character_tells_the_language) {
    const folder f;
    BOOST_TEST(message_of(load(f.write("a.json", one_model))) == "ok");
    BOOST_TEST(message_of(load(f.write("a.conf", "\n  " + std::string(one_model)))) == "ok");
#if defined(LLMX_WITH_YAML)
    BOOST_TEST(message_of(load(f.write("a.yaml", one_model))) == "ok");
    BOOST_TEST(message_of(load(f.write("b", "general_settings:\n  port: 1\n"))) == "ok");
#endif
}

#if defined(LLMX_WITH_YAML)
BOOST_AUTO_TEST_CASE(files_in_which_nothing_stands) {
    const folder f;
    for (const char* text : {"", "# model_list:\n", "null\n", "---\n"}) {
        const std::string path = f.write("empty.yaml", text);
        const std::string said = message_of(load(path));
        BOOST_TEST(said.starts_with(path) , said);
        BOOST_TEST(said.find("this file is empty; give it a model_list, or start without a file") != std::string::npos, said);
    }
    const auto listed = load(f.write("some.json", one_model));
    BOOST_TEST_REQUIRE(listed.has_value());
    BOOST_TEST(listed->has_model_list);
    const auto unlisted = load(f.write("none.yaml", "model_list: []\ngeneral_settings: {port: 1}\n"));
    BOOST_TEST_REQUIRE(unlisted.has_value());
    BOOST_TEST(!unlisted->has_model_list);
}

/// Every configuration that docs/gateway.md shows works without a change.
BOOST_AUTO_TEST_CASE(the_configurations_of_the_documentation) {
    std::ifstream in(LLMX_GATEWAY_PAGE);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const llmx::environment_map keys{{"OPENAI_API_KEY", "a"}, {"ANTHROPIC_API_KEY", "b"}, {"GEMINI_API_KEY", "c"},
                                     {"LLMX_MASTER_KEY", "d"}, {"TEAM_A_KEY", "e"}, {"COHERE_API_KEY", "f"},
                                     {"TAVILY_API_KEY", "g"}, {"LLMX_ID_KEY", "0123456789abcdef0123456789abcdef"}};
    const folder f;
    int found = 0;
    for (std::size_t at = text.find("```yaml\n"); at != std::string::npos; at = text.find("```yaml\n", at + 1)) {
        const std::size_t begin = at + 8;
        const auto r = load(f.write("page.yaml", text.substr(begin, text.find("```", begin) - begin)), keys);
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        for (const std::string& w : r->warnings) BOOST_ERROR(w);
        BOOST_TEST(message_of(llmx::topology_from<llmx::stock_registry>(*r)) == "ok");
        ++found;
    }
    BOOST_TEST(found > 0);
}
#endif

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
    const folder f;
    const std::string none = (f.path / "none.json").string();
    BOOST_TEST(message_of(load(none)) == none + ": there is no such file");
    BOOST_TEST(message_of(load(f.path.string())) == f.path.string() + ": this is a directory; expected a file");
    const std::string list = f.write("list.json", "[]");
    BOOST_TEST(message_of(load(list)) == list + ":1: expected a map with model_list, general_settings and so on, got a list");
}

BOOST_AUTO_TEST_CASE(includes_are_joined) {
    const folder f;
    f.write("sub/models.json", R"({"model_list": [{"model_name": "second", "params": {"model": "mock/echo"}}],
      "general_settings": {"port": 1, "threads": 3}, "include": "more.json"})");
    f.write("sub/more.json", R"({"model_list": [{"model_name": "third", "params": {"model": "mock/echo"}}]})");
    const auto r = load(f.write("main.json", R"({"include": ["sub/models.json"],
      "model_list": [{"model_name": "first", "params": {"model": "mock/echo"}}], "general_settings": {"port": 2}})"));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    std::string names;
    for (const auto& d : r->deployments) names += d.model_group + " ";
    BOOST_TEST(names == "first second third ");
    BOOST_TEST(r->listen.port == 2);
    BOOST_TEST(r->listen.threads == 3u);
    BOOST_TEST(r->warnings.empty());
}

BOOST_AUTO_TEST_CASE(faults_in_included_files_name_them) {
    const folder f;
    const std::string inner = f.write("inner.json", "{\"model_list\": [\n{\"model_name\": \"m\", \"params\": {\"model\": \"mock/echo\", \"rpm\": -1}}]}");
    const std::string main = f.write("main.json", R"({"include": ["inner.json"], "model_list": [{"model_name": "a", "params": {"model": "mock/echo"}}]})");
    BOOST_TEST(message_of(load(main)) ==
               inner + ":2: model_list[0].params.rpm: expected a whole number of 0 or more, got \"-1\"");
}

BOOST_AUTO_TEST_CASE(a_circle_of_includes) {
    const folder f;
    f.write("b.json", R"({"include": "./a.json"})");
    const std::string a = f.write("a.json", R"({"include": "b.json"})");
    const std::string said = message_of(load(a));
    BOOST_TEST(said.find("b.json:1: include: ") != std::string::npos, said);
    BOOST_TEST(said.ends_with("a.json includes itself"), said);
    const std::string gone = message_of(load(f.write("c.json", R"({"include": "gone.json"})")));
    BOOST_TEST(gone.ends_with("c.json:1: include: there is no file " + (f.path / "gone.json").string()), gone);
}

BOOST_AUTO_TEST_CASE(env_files) {
    const folder f;
    const auto values = llmx::load_env_file(f.write(".env", "A=1\n"));
    BOOST_TEST_REQUIRE(values.has_value());
    BOOST_TEST(values->at("A") == "1");
    BOOST_TEST(llmx::load_env_file((f.path / "none").string())->empty());
}

BOOST_AUTO_TEST_CASE(the_configuration_of_the_conformance_tests) {
    const auto r = from_json(R"({
  "model_list": [
    {"model_name": "gpt", "litellm_params": {"model": "openai/gpt-4o", "api_key": "a", "api_base": "http://127.0.0.1:1/v1"}},
    {"model_name": "claude", "litellm_params": {"model": "anthropic/claude-sonnet-4-6", "api_key": "b", "api_base": "http://127.0.0.1:1"}},
    {"model_name": "gem", "litellm_params": {"model": "gemini/gemini-2.5-flash", "api_key": "c", "api_base": "http://127.0.0.1:1"}},
    {"model_name": "az", "litellm_params": {"model": "azure/gpt-4o", "api_key": "d", "api_base": "http://127.0.0.1:1", "api_version": "2024-10-21"}},
    {"model_name": "slow", "litellm_params": {"model": "openai/gpt-4o", "api_key": "a",
      "api_base": "http://127.0.0.1:1/v1", "timeout": 1, "stream_timeout": 1}}],
  "litellm_settings": {"drop_params": false, "num_retries": 0},
  "router_settings": {"num_retries": 0, "disable_cooldowns": true},
  "general_settings": {"master_key": "sk-test-master-5f0c", "header_timeout": 2}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    BOOST_TEST(r->deployments.size() == 5u);
    BOOST_TEST(r->policy<llmx::retry>().max_retries == 0u);
    BOOST_TEST(message_of(llmx::topology_from<llmx::stock_registry>(*r)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace files_unit
