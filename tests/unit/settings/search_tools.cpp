// SPDX-License-Identifier: BSL-1.0
// `search_tools` in LiteLLM's form: deployments of providers of searches.
#include "support.hpp"

#include <llmx/providers/search_vendors.hpp>
#include <llmx/settings/assemble.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace search_tools_unit {

using namespace settings_test;

namespace {

const llmx::deployment& tool(const llmx::result<stock>& c, std::string_view name) {
    BOOST_REQUIRE_MESSAGE(c.has_value(), message_of(c));
    for (const llmx::deployment& d : c->deployments)
        if (d.model_group == name) return d;
    BOOST_FAIL("there is no such tool");
    return c->deployments.front();
}

std::string with(std::string_view tool) {
    return R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo"}}], "search_tools": [)" + std::string(tool) + "]}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_search_tools)

BOOST_AUTO_TEST_CASE(tools_are_deployments) {
    const auto c = from_json(with(R"({"search_tool_name": "web", "litellm_params": {"search_provider": "tavily", "api_key": "k-1", "timeout": 5}},
        {"search_tool_name": "own", "litellm_params": {"search_provider": "searxng", "api_base": "http://h:8080"}, "search_tool_info": {"x": 1}},
        {"search_tool_name": "pse", "litellm_params": {"search_provider": "google_pse", "search_engine_id": "e"}},
        {"search_tool_name": "plx", "litellm_params": {"search_provider": "perplexity", "api_key": "p"}})"),
                             {{"GOOGLE_PSE_API_KEY", "g"}});
    const llmx::deployment& web = tool(c, "web");
    BOOST_TEST(web.provider == "tavily");
    BOOST_TEST(web.model == "search");
    BOOST_TEST(web.key.reveal() == "k-1");
    BOOST_TEST((web.timeout == std::chrono::seconds(5)));
    BOOST_TEST(tool(c, "own").api_base.where.authority == "h:8080");
    BOOST_TEST(tool(c, "pse").key.reveal() == "g");
    BOOST_TEST(tool(c, "pse").settings.get<llmx::search_settings>().engine == "e");
    BOOST_TEST(tool(c, "plx").provider == "perplexity");
    BOOST_REQUIRE(c->warnings.size() == 1u);
    BOOST_TEST(c->warnings[0] == "config.json:2: search_tools[1].search_tool_info: not supported, has no effect");
    const auto world = llmx::topology_from<llmx::stock_registry>(*c);
    BOOST_REQUIRE_MESSAGE(world.has_value(), message_of(world));
    BOOST_TEST((*world)->find("web")->members.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_engine_may_be_a_variable) {
    const auto c = from_json(with(R"({"search_tool_name": "pse", "litellm_params": {"search_provider": "google_pse", "api_key": "g"}})"),
                             {{"GOOGLE_PSE_ENGINE_ID", "e-2"}});
    BOOST_TEST(tool(c, "pse").settings.get<llmx::search_settings>().engine == "e-2");
}

BOOST_AUTO_TEST_CASE(a_mistake_is_one_line_with_its_place) {
    struct row {
        const char* tool;
        const char* message;
    };
    const row rows[] = {
        {"7", "config.json:1: search_tools[0]: expected a map with search_tool_name and litellm_params, got \"7\""},
        {R"({"litellm_params": {"search_provider": "tavily", "api_key": "k"}})",
         "config.json:1: search_tools[0].search_tool_name: expected the name that callers use"},
        {R"({"search_tool_name": "web"})", "config.json:1: search_tools[0].litellm_params: missing; it names the provider to search with"},
        {R"({"search_tool_name": "web", "litellm_params": {"api_key": "k"}})",
         "config.json:1: search_tools[0].litellm_params.search_provider: missing; expected a provider of searches, such as tavily"},
        {R"({"search_tool_name": "web", "litellm_params": {"search_provider": "tavily"}})",
         "config.json:1: search_tools[0].litellm_params.api_key: provider 'tavily' needs a key; give api_key or set TAVILY_API_KEY"},
        {R"({"search_tool_name": "web", "litellm_params": {"search_provider": "searxng"}})",
         "config.json:1: search_tools[0].litellm_params.api_base: provider 'searxng' has no base URL of its own; give api_base or set SEARXNG_API_BASE"},
        {R"({"search_tool_name": "web", "litellm_params": {"search_provider": "google_pse", "api_key": "k"}})",
         "config.json:1: search_tools[0].litellm_params: provider 'google_pse' needs the id of a search engine; give search_engine_id or set "
         "GOOGLE_PSE_ENGINE_ID"},
    };
    for (const row& one : rows) BOOST_TEST(message_of(from_json(with(one.tool))) == one.message);
    const std::string unknown = message_of(from_json(with(R"({"search_tool_name": "web", "litellm_params": {"search_provider": "tavly", "api_key": "k"}})")));
    BOOST_TEST(unknown.find("did you mean 'tavily'?") != std::string::npos, unknown);
    BOOST_TEST(message_of(from_json(R"({"search_tools": 7})")).find("search_tools: expected a list of search tools") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_of_the_environment_serves_a_vendor_of_searches) {
    const auto c = from_json("{}", {{"TAVILY_API_KEY", "k"}});
    BOOST_TEST(tool(c, "tavily/*").provider == "tavily");
    BOOST_REQUIRE(c.has_value());
    for (const llmx::deployment& d : c->deployments) BOOST_TEST(d.provider != "duckduckgo");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace search_tools_unit
