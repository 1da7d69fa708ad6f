// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/settings/assemble.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace serving_unit {

// What a configuration serves: models that cannot be served, lists that are empty, wildcards of all providers, mocks.

using namespace settings_test;

namespace {

llmx::result<stock> lenient(std::string_view text, llmx::environment_map variables = llmx::environment_map()) {
    auto tree = llmx::parse_json_settings(text, "config.json");
    if (tree.has_error()) return tree.error();
    return llmx::read_settings<llmx::stock_gateway>(std::move(*tree), env(std::move(variables)), llmx::stock_gateway::policies_type(),
                                                    llmx::unserved_models::reported);
}

std::string entry(std::string_view name, std::string_view params) {
    return "{\"model_name\": \"" + std::string(name) + "\", \"litellm_params\": {" + std::string(params) + "}}";
}

std::string groups_of(const stock& s) {
    std::string all;
    for (const llmx::deployment& d : s.deployments) all += (all.empty() ? "" : " ") + d.model_group + "=" + d.provider + "/" + d.model;
    return all;
}

/// One entry that cannot be served, beside a mock that can.
struct lacking {
    const char *params, *warning, *why;
};
std::ostream& operator<<(std::ostream& os, const lacking& l) { return os << l.params; }

const lacking lacks[] = {
    {R"("model": "predibase/granite", "api_key": "k")", "model: model \"m\" is not served: expected provider/model with one of the providers ",
     "provider \"predibase\" is not in this program"},
    {R"("model": "opnai/gpt-4", "api_key": "k")", "; did you mean 'openai'?", "provider \"opnai\" is not in this program"},
    {R"("model": "x", "custom_llm_provider": "predibase")", "custom_llm_provider: model \"m\" is not served: expected one of the providers ",
     "provider \"predibase\" is not in this program"},
    {R"("model": "llama-3")", "model: model \"m\" is not served: expected provider/model with one of", "its provider is not in this program"},
    {R"("model": "openai/gpt-4o")", "api_key: model \"m\" is not served: provider 'openai' needs a key; give api_key or set OPENAI_API_KEY",
     "provider 'openai' needs a key; give api_key or set OPENAI_API_KEY"},
    {R"("model": "openai/gpt-4o", "api_key": "os.environ/NOT_SET")", "api_key: model \"m\" is not served: the environment variable NOT_SET is not set",
     "the environment variable NOT_SET is not set"},
    {R"("model": "os.environ/NOT_SET")", "model: model \"m\" is not served: the environment variable NOT_SET is not set",
     "the environment variable NOT_SET is not set"},
    {R"("model": "openai/m", "api_key": "k", "rpm": "${NOT_SET}")", "rpm: model \"m\" is not served: the environment variable NOT_SET is not set",
     "the environment variable NOT_SET is not set"},
    {R"("model": "azure/d", "api_key": "k")", "api_base: model \"m\" is not served: provider 'azure' has no base URL of its own; give api_base or set AZU",
     "provider 'azure' has no base URL of its own; give api_base or set AZURE_API_BASE"},
    {R"("model": "cloudflare/m", "api_key": "k")", "api_base: model \"m\" is not served: the base URL of provider 'cloudflare' needs CLOUDFLARE_ACCOUNT_ID",
     "the base URL of provider 'cloudflare' needs CLOUDFLARE_ACCOUNT_ID; set it or give api_base"},
#if !defined(LLMX_NO_TLS)
    {R"("model": "bedrock/m")", "litellm_params: model \"m\" is not served: ", nullptr},
    {R"("model": "vertex_ai/gemini-2.5-pro", "vertex_credentials": "/no/such/file.json")", "litellm_params: model \"m\" is not served: ", nullptr},
    {R"("model": "bedrock/agent/m", "api_key": "k", "aws_region_name": "us-east-1")", "is not supported", nullptr},
#endif
};

/// Mistakes are errors also where models that cannot be served are reported.
const char* const mistakes[] = {
    R"("model": "openai/", "api_key": "k")",
    R"("api_key": "k")",
    R"("model": "openai/m", "api_key": "k", "api_base": "ftp://h")",
    R"("model": "openai/m", "api_key": "k", "rpm": "many")",
    R"("model": "openai/m", "api_key": "k\nx")",
    R"("model": "openai/*", "api_key": "k")",
    R"("model": "*")",
    R"("model": "openai/m", "api_key": "k", "additional_drop_params": ["a..b"])",
    R"("model": "openai/m", "api_key": "k", "additional_drop_params": "temperature")",
    R"("model": "openai/m", "api_key": "k", "additional_drop_params": ["seed"], "allowed_openai_params": ["seed"])",
};

struct base {
    const char *params, *url;
    bool warned;
};
std::ostream& operator<<(std::ostream& os, const base& b) { return os << b.params; }

const base bases[] = {
    {R"("model": "openai/m", "api_base": "http://h/v1")", "h/v1", false},
    {R"("model": "openai/m", "api_base": "http://h/v1/")", "h/v1", false},
    {R"("model": "openai/m", "api_base": "http://h/v1/chat/completions")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/chat/completions/")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h:8000/chat/completions")", "h:8000", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/completions")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/embeddings")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/responses")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/models")", "h/v1", true},
    {R"("model": "openai/m", "api_base": "http://h/v1/audio/transcriptions")", "h/v1", true},
    {R"("model": "anthropic/m", "api_base": "http://h/v1/messages")", "h/v1", true},
    {R"("model": "gemini/m", "api_base": "http://h/v1beta/models/m:generateContent")", "h/v1beta", true},
    {R"("model": "gemini/m", "api_base": "http://h/v1beta/models/m:streamGenerateContent?alt=sse")", "h/v1beta", true},
    {R"("model": "gemini/m", "api_base": "http://h/v1beta/models")", "h/v1beta", true},
    {R"("model": "azure/m", "api_base": "http://h/openai/deployments/m/chat/completions?api-version=2024-10-21")", "h/openai", true},
    {R"("model": "openai/m", "api_base": "http://h/models")", "h/models", false},
    {R"("model": "openai/m", "api_base": "http://h/messages-of-ours")", "h/messages-of-ours", false},
    {R"("model": "openai/m", "api_base": "http://chat.completions")", "chat.completions", false},
};

/// The status and the text of the answer of a deployment with this `mock_response`, or the message of its error.
std::string answer_of(std::string_view model, std::string_view response) {
    auto read = lenient("{\"model_list\": [" + entry("m", "\"model\": \"" + std::string(model) + "\", \"mock_response\": " + std::string(response)) +
                        "], \"router_settings\": {\"num_retries\": 0}}");
    if (read.has_error()) return read.error().message();
    const auto gateway = llmx::make_gateway(*read);
    if (gateway.has_error()) return gateway.error().message();
    llmx::testing::scripted_transport network;
    llmx::testing::manual_runtime runtime(network);
    network.use_clock(runtime.clock());
    llmx::call_context context;
    context.started = runtime.now();
    llmx::chat_request request;
    request.model = "m";
    request.messages.push_back(llmx::message::user("hello"));
    const auto reply = llmx::testing::run((*gateway)->chat(runtime, context, request));
    if (reply.has_error()) return std::to_string(reply.error().http_status()) + " " + std::string(llmx::errc_name(reply.error().value()));
    return reply->model + ": " + reply->choices.at(0).answer.text();
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_serving)

BOOST_DATA_TEST_CASE(a_model_that_cannot_be_served_does_not_stop_the_others, boost::unit_test::data::make(lacks), l) {
    const std::string text = "{\"model_list\": [" + entry("other", R"("model": "mock/echo")") + ",\n" + entry("m", l.params) + "]}";
    const auto r = lenient(text);
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(groups_of(*r) == "other=mock/echo");
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0].starts_with("config.json:2: model_list[1].litellm_params"), r->warnings[0]);
    BOOST_TEST(r->warnings[0].find(l.warning) != std::string::npos, r->warnings[0]);
    BOOST_TEST(r->warnings[0].find('\n') == std::string::npos);
    BOOST_TEST_REQUIRE(r->unserved.size() == 1u);
    BOOST_TEST(r->unserved[0].name == "m");
    if (l.why != nullptr) BOOST_TEST(r->unserved[0].why == l.why);
    // The gateway has the reason for the callers.
    const auto world = llmx::topology_from<llmx::stock_registry>(*r);
    BOOST_TEST_REQUIRE(world.has_value(), message_of(world));
    BOOST_TEST((*world)->find("m") == nullptr);
    BOOST_TEST_REQUIRE((*world)->find_unserved("m") != nullptr);
    BOOST_TEST((*world)->find_unserved("m")->why == r->unserved[0].why);
    // Whoever demands that all is served gets an error.
    BOOST_TEST(message_of(from_json(text)).starts_with("config.json:2: model_list[1].litellm_params"), message_of(from_json(text)));
}

BOOST_DATA_TEST_CASE(a_mistake_is_an_error_all_the_same, boost::unit_test::data::make(mistakes), params) {
    const auto r = lenient("{\"model_list\": [" + entry("other", R"("model": "mock/echo")") + ",\n" + entry("m", params) + "]}");
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST(message_of(r).starts_with("config.json:2: model_list[1].litellm_params."), message_of(r));
}

BOOST_AUTO_TEST_CASE(a_group_is_served_as_long_as_one_member_is) {
    const auto r = lenient("{\"model_list\": [" + entry("m", R"("model": "predibase/x")") + "," + entry("m", R"("model": "mock/echo")") + "," +
                           entry("n", R"("model": "openai/y")") + "], \"router_settings\": {\"fallbacks\": [{\"m\": [\"n\"]}], " +
                           "\"model_group_alias\": {\"alias\": \"n\"}}}");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(groups_of(*r) == "m=mock/echo");
    BOOST_TEST(r->warnings.size() == 2u);
    BOOST_TEST_REQUIRE(r->unserved.size() == 1u);
    BOOST_TEST(r->unserved[0].name == "n");
    const auto world = llmx::topology_from<llmx::stock_registry>(*r);
    BOOST_TEST_REQUIRE(world.has_value(), message_of(world));
    BOOST_TEST((*world)->find_unserved("alias") != nullptr);
}

BOOST_AUTO_TEST_CASE(values_of_variables_are_not_shown) {
    const auto r = lenient("{\"model_list\": [" + entry("os.environ/NAME", R"("model": "os.environ/MODEL")") + "]}",
                           {{"NAME", "hidden-a"}, {"MODEL", "hidden-b/x"}});
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0].find("hidden") == std::string::npos, r->warnings[0]);
    BOOST_TEST(r->unserved.at(0).why.find("hidden") == std::string::npos, r->unserved.at(0).why);
}

BOOST_AUTO_TEST_CASE(an_empty_list_serves_nothing) {
    const llmx::environment_map keys = {{"OPENAI_API_KEY", "k"}};
    const auto empty = from_json(R"({"model_list": []})", keys);
    BOOST_TEST_REQUIRE(empty.has_value(), message_of(empty));
    BOOST_TEST(groups_of(*empty) == "");
    // A running gateway keeps its models then: the file may be in the middle of being written.
    BOOST_TEST(!empty->has_model_list);
    BOOST_TEST_REQUIRE(empty->warnings.size() == 1u);
    BOOST_TEST(empty->warnings[0] == "config.json:1: model_list: the list is empty: no model is served");
    const auto null = from_json("{\n\"model_list\": null}", keys);
    BOOST_TEST_REQUIRE(null.has_value(), message_of(null));
    BOOST_TEST(groups_of(*null) == "");
    BOOST_TEST(!null->has_model_list);
    BOOST_TEST(null->warnings.at(0) == "config.json:2: model_list: the list is empty: no model is served");
    BOOST_TEST(llmx::make_gateway(*empty).has_value());
}

BOOST_AUTO_TEST_CASE(the_model_star_is_every_provider_of_the_environment) {
    const llmx::environment_map keys = {{"OPENAI_API_KEY", "o"}, {"ANTHROPIC_API_KEY", "a"}, {"AZURE_API_KEY", "z"}};
    const auto r = lenient("{\"model_list\": [" + entry("*", R"("model": "*", "rpm": 7)") + "," +
                               entry("openai/*", R"("model": "openai/*", "api_key": "own")") + "]}",
                           keys);
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    // OpenAI has an entry of its own.
    BOOST_TEST(groups_of(*r) == "openai/*=openai/* anthropic/*=anthropic/*");
    BOOST_TEST(r->deployments[0].key.reveal() == "own");
    BOOST_TEST(r->deployments[0].requests_per_minute == 0u);
    BOOST_TEST(r->deployments[1].key.reveal() == "a");
    BOOST_TEST(r->deployments[1].requests_per_minute == 7u);
    BOOST_TEST(r->deployments[1].takes_known_names);
    // Azure's key is there and its URL is not: that is worth a word. Others were not asked for.
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0].starts_with("config.json:1: model_list[0]: a key for provider 'azure' is set, but its base URL is not"), r->warnings[0]);
    const auto world = llmx::topology_from<llmx::stock_registry>(*r);
    BOOST_TEST_REQUIRE(world.has_value(), message_of(world));
    BOOST_TEST((*world)->find("claude-new")->members[0]->provider == "anthropic");
    BOOST_TEST((*world)->find("anthropic/claude-new")->members[0]->provider == "anthropic");
    BOOST_TEST((*world)->find_unserved("groq/llama")->why == "provider 'groq' needs a key; set GROQ_API_KEY");
    BOOST_TEST((*world)->find("nonsense") == nullptr);
    BOOST_TEST((*world)->find_unserved("nonsense") == nullptr);

    const auto keyed = lenient("{\"model_list\": [" + entry("*", R"("model": "*", "api_key": "sk-for-whom", "api_base": "http://h")") + "]}", keys);
    BOOST_TEST_REQUIRE(keyed.has_value(), message_of(keyed));
    for (const llmx::deployment& d : keyed->deployments) {
        BOOST_TEST(d.key.reveal() != "sk-for-whom");
        BOOST_TEST(d.api_base.where.host != "h");
    }
    BOOST_TEST(keyed->warnings.size() == 3u);
    const auto below = lenient("{\"model_list\": [" + entry("our/*", R"("model": "*")") + "]}", {{"OPENAI_API_KEY", "o"}});
    BOOST_TEST_REQUIRE(below.has_value(), message_of(below));
    BOOST_TEST(groups_of(*below) == "our/openai/*=openai/*");
    BOOST_TEST(below->deployments[0].other_names.empty());
}

BOOST_DATA_TEST_CASE(an_endpoint_at_the_end_of_a_base_url_is_left_out, boost::unit_test::data::make(bases), b) {
    const auto r = from_json("{\"model_list\": [" + entry("m", std::string(b.params) + ", \"api_key\": \"k\"") + "]}");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->deployments[0].api_base.where.authority + r->deployments[0].api_base.path == b.url);
    BOOST_TEST(r->warnings.size() == (b.warned ? 1u : 0u));
    if (b.warned) BOOST_TEST(r->warnings[0].find("litellm_params.api_base: ends with the endpoint ") != std::string::npos, r->warnings[0]);
}

BOOST_AUTO_TEST_CASE(an_endpoint_in_a_variable_is_left_out_too) {
    const auto r = llmx::settings_from_environment<llmx::stock_gateway>(env({{"OPENAI_API_KEY", "k"}, {"OPENAI_API_BASE", "http://h/v1/chat/completions"}}));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->deployments[0].api_base.path == "/v1");
    BOOST_TEST(r->warnings.at(0).starts_with("OPENAI_API_BASE: ends with the endpoint "), r->warnings.at(0));
}

BOOST_AUTO_TEST_CASE(a_share_that_any_member_has_is_used) {
    const auto weights = [](std::initializer_list<const char*> members) {
        std::string list;
        for (const char* one : members) list += (list.empty() ? "" : ",") + entry("m", "\"model\": \"mock/echo\"" + std::string(one));
        const auto r = from_json("{\"model_list\": [" + list + "]}");
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        std::string all;
        for (const llmx::deployment& d : r->deployments) all += std::to_string(static_cast<int>(d.weight)) + " ";
        return all + std::to_string(r->warnings.size());
    };
    BOOST_TEST(weights({"", R"(, "rpm": 9)", R"(, "rpm": 1)"}) == "0 9 1 1");
    BOOST_TEST(weights({"", "", R"(, "tpm": 5)"}) == "0 0 5 2");
    BOOST_TEST(weights({R"(, "tpm": 100)", R"(, "rpm": 9)"}) == "0 9 1");
    BOOST_TEST(weights({R"(, "rpm": 9)", R"(, "weight": 4)", ""}) == "1 4 1 0");
}

BOOST_AUTO_TEST_CASE(a_mock_response_is_the_answer) {
    BOOST_TEST(answer_of("openai/gpt-4o", R"("It's 100 % fine & well?")") == "gpt-4o: It's 100 % fine & well?");
    BOOST_TEST(answer_of("openai/gpt-4o", "7") == "gpt-4o: 7");
    BOOST_TEST(answer_of("predibase/granite", R"("hi")") == "granite: hi");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.RateLimitError")") == "429 rate_limited");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.ContextWindowExceededError")") == "400 context_window_exceeded");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.ContentPolicyViolationError")") == "400 content_policy");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("Exception: content_filter_policy")") == "400 content_policy");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.AuthenticationError")") == "401 authentication");
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.InternalServerError")").starts_with("500 "));
    BOOST_TEST(answer_of("openai/gpt-4o", R"("litellm.Nonsense")") == "gpt-4o: litellm.Nonsense");
    BOOST_TEST(answer_of("openai/gpt-4o", R"(["a"])") == "config.json:1: model_list[0].litellm_params.mock_response: expected a text, got a list");
}

BOOST_AUTO_TEST_CASE(lists_of_members_are_read) {
    const auto r = from_json("{\"model_list\": [" + entry("m", R"("model": "mock/echo", "additional_drop_params": ["seed", "tools[*].input_examples"],
        "allowed_openai_params": ["logprobs"])") + "]}");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    BOOST_TEST(r->deployments[0].omitted_members == (std::vector<std::string>{"seed", "tools[*].input_examples"}));
    BOOST_TEST(r->deployments[0].allowed_members == std::vector<std::string>{"logprobs"});
}

BOOST_AUTO_TEST_CASE(log_levels_are_read_in_any_case) {
    const auto level = [](const char* word) {
        const auto r = from_json(std::string(R"({"model_list": [], "general_settings": {"log_level": ")") + word + "\"}}");
        return r.has_error() ? r.error().message() : r->listen.log_level;
    };
    BOOST_TEST(level("DEBUG") == "debug");
    BOOST_TEST(level("Info") == "info");
    BOOST_TEST(level("WARNING") == "error");
    BOOST_TEST(level("OFF") == "off");
    BOOST_TEST(level("loud").find("expected off, error, info or debug") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(strategies_of_litellm_that_are_not_built_in_are_reported) {
    const std::string text = "{\"model_list\": [" + entry("m", R"("model": "mock/echo")") +
                             "],\n\"router_settings\": {\"routing_strategy\": \"usage-based-routing-v2\"}}";
    const auto r = lenient(text);
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == "config.json:2: router_settings.routing_strategy: unknown routing strategy 'usage-based-routing-v2'; known are: "
                                 "weighted, round_robin, least_busy, latency; the default strategy is used");
    BOOST_TEST(from_json(text).has_error());
    BOOST_TEST(lenient("{\"model_list\": [], \"router_settings\": {\"routing_strategy\": \"fastest\"}}").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace serving_unit
