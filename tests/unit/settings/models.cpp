// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace models_unit {

using namespace settings_test;

namespace {

/// One entry of model_list with these params, on one line.
std::string entry(std::string_view params, std::string_view more = "") {
    return "{\"model_list\": [{\"model_name\": \"m\"" + std::string(more) + ", \"litellm_params\": {" + std::string(params) + "}}]}";
}

struct choice {
    const char* params;
    /// Provider, model and base, or the whole message.
    const char* expected;
};
std::ostream& operator<<(std::ostream& os, const choice& c) { return os << c.params; }

#define LLMX_KNOWN                                                                                                      \
    "openai, anthropic, gemini, azure, vertex_ai, bedrock, github_copilot, cohere, ollama, openai_compatible, mock and 133 more (docs/providers.md)"
const choice choices[] = {
    {R"("model": "openai/gpt-4o", "api_key": "k")", "openai|gpt-4o|"},
    {R"("model": "openai/org/model", "api_key": "k", "api_base": "http://h:1/v1/")", "openai|org/model|h:1/v1"},
    {R"("model": "anthropic/claude-sonnet-4-6", "api_key": "k", "base_url": "https://a.example")", "anthropic|claude-sonnet-4-6|a.example"},
    {R"("model": "gemini/gemini-2.5-flash", "api_key": "k")", "gemini|gemini-2.5-flash|"},
    {R"("model": "azure/my-deployment", "api_key": "k", "api_base": "https://x.openai.azure.com")", "azure|my-deployment|x.openai.azure.com"},
    {R"("model": "openai_compatible/llama", "api_base": "http://h/v1")", "openai_compatible|llama|h/v1"},
    {R"("model": "hosted_vllm/meta/llama", "api_base": "http://h/v1")", "hosted_vllm|meta/llama|h/v1"},
    {R"("model": "custom_openai/llama", "api_base": "http://h/v1")", "openai_compatible|llama|h/v1"},
    {R"("model": "mock/echo?latency_ms=5")", "mock|echo?latency_ms=5|"},
    {R"("model": "gpt-4o", "api_key": "k")", "openai|gpt-4o|"},
    {R"("model": "chatgpt-4o-latest", "api_key": "k")", "openai|chatgpt-4o-latest|"},
    {R"("model": "o3-mini", "api_key": "k")", "openai|o3-mini|"},
    {R"("model": "claude-haiku-4-5", "api_key": "k")", "anthropic|claude-haiku-4-5|"},
    {R"("model": "gemini-2.5-pro", "api_key": "k")", "gemini|gemini-2.5-pro|"},
    {R"("model": "meta/llama", "custom_llm_provider": "openai", "api_key": "k")", "openai|meta/llama|"},
    {R"("model": "openai/gpt-4o", "custom_llm_provider": "openai", "api_key": "k")", "openai|gpt-4o|"},
    {R"("model": "llama-3")", "!config.json:1: model_list[0].litellm_params.model: expected provider/model with one of the prov"
        "iders " LLMX_KNOWN ", got the text \"llama-3\""},
    {R"("model": "predibase/claude")", "!config.json:1: model_list[0].litellm_params.model: expected provider/model with one of t"
        "he providers " LLMX_KNOWN ", got the text \"predibase/claude\""},
    {R"("model": "x", "custom_llm_provider": "predibase")", "!config.json:1: model_list[0].litellm_params.custom_llm_provider: ex"
        "pected one of the providers " LLMX_KNOWN ", got the text \"predibase\""},
    {R"("model": "openai/", "api_key": "k")", "!config.json:1: model_list[0].litellm_params.model: expected provider/model,"
        " such as openai/gpt-4o, got the text \"openai/\""},
    {R"("model": "openai/*", "api_key": "k")", "!config.json:1: model_list[0].litellm_params.model: \"*\" is replaced by t"
        "he rest of the requested name: the model_name must end with \"*\" too"},
    {R"("api_key": "k")", "!config.json:1: model_list[0].litellm_params.model: missing; expected provider/model, such as openai/gpt-4o"},
    {R"("model": "openai/gpt-4o")", "!config.json:1: model_list[0].litellm_params.api_key: provider 'openai' needs a key; give api_key or set OPENAI_API_KEY"},
    {R"("model": "azure/d", "api_key": "k")", "!config.json:1: model_list[0].litellm_params.api_base: provider 'azure' has no b"
        "ase URL of its own; give api_base or set AZURE_API_BASE"},
    {R"("model": "hosted_vllm/m")", "!config.json:1: model_list[0].litellm_params.api_base: provider 'hosted_vllm' has no base "
        "URL of its own; give api_base or set HOSTED_VLLM_API_BASE"},
    {R"("model": "openai/m", "api_key": "k", "api_base": "ftp://secret@h")", "!config.json:1: model_list[0].litellm_params.api_"
        "base: base URL: no http:// or https:// at the start; expected http(s)://host[:port][/path]"},
    {R"("model": "openai/m", "api_key": "sk-leak\nx")", "!config.json:1: model_list[0].litellm_params.api_key: the key holds a line break"},
    {R"("model": "openai/m", "api_key": ["sk-leak"])", "!config.json:1: model_list[0].litellm_params.api_key: expected a text, got a list"},
    {R"("model": "openai/m", "api_key": "k", "rpm": "many")", "!config.json:1: model_list[0].litellm_params.rpm: expected a who"
        "le number of 0 or more, got the text \"many\""},
    {R"("model": "openai/m", "api_key": "k", "timeout": 0)", "!config.json:1: model_list[0].litellm_params.timeout: expected a "
        "number of seconds above 0, up to a year, got \"0\""},
    {R"("model": "openai/m", "api_key": "k", "weight": -1)", "!config.json:1: model_list[0].litellm_params.weight: expected a number of 0 or more, got \"-1\""},
    {R"("model": "openai/m", "api_key": "k", "drop_params": 1)", "!config.json:1: model_list[0].litellm_params.drop_params: expected true or false, got \"1\""},
    {R"("model": "openai/m", "api_key": "os.environ/NOBODY")", "!config.json:1: model_list[0].litellm_params.api_key: the envir"
        "onment variable NOBODY is not set"},
};

std::string chosen(const llmx::result<stock>& r) {
    if (r.has_error()) return "!" + r.error().message();
    const llmx::deployment& d = r->deployments.at(0);
    return d.provider + "|" + d.model + "|" + d.api_base.where.authority + d.api_base.path;
}

llmx::environment_map variables(std::initializer_list<std::pair<const char*, const char*>> list) {
    llmx::environment_map map;
    for (const auto& [name, value] : list) map.emplace(name, value);
    return map;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_models)

BOOST_DATA_TEST_CASE(provider_and_model, boost::unit_test::data::make(choices), c) {
    BOOST_TEST(chosen(from_json(entry(c.params))) == c.expected);
}

BOOST_AUTO_TEST_CASE(a_mock_is_checked) {
    const std::string said = message_of(from_json(entry(R"("model": "mock/echo?latncy_ms=5")")));
    BOOST_TEST(said.starts_with("config.json:1: model_list[0].litellm_params.model: "), said);
    BOOST_TEST(said.find("latncy_ms") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(everything_a_deployment_says) {
    const auto r = from_json(R"({"model_list": [{"model_name": "m", "params": {
        "model": "azure/d", "api_key": "sk-az", "api_base": "https://x.example/", "api_version": "2024-10-21", "organization": "org",
        "project": "p", "weight": 2.5, "order": 3, "rpm": 60, "tpm": 9000, "max_parallel_requests": 4, "timeout": 1.5,
        "stream_timeout": 0.25, "max_retries": 1, "num_retries": 2, "cooldown_time": 0, "tags": ["eu", "paid"], "region_name": "eu",
        "drop_params": false},
      "model_info": {"id": "az-1", "max_output_tokens": 100, "reasoning_style": "budget", "native_json_schema": false, "mode": "chat"}}]})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(text_of(r->deployments.at(0)) ==
               "az-1 m azure/d https://x.example key=sk-az version=2024-10-21 org=, weight=2.500000 order=3 rpm=60 tpm=9000 "
               "parallel=4 tags=eu,paid, region=eu timeouts=1500ms,250ms,0ms retries=2 drop=0 max_tokens=100 schema=0 style=0");
    // Azure has neither.
    BOOST_TEST_REQUIRE(r->warnings.size() == 2u);
    BOOST_TEST(r->warnings[0] == "config.json:2: model_list[0].params.organization: not supported, has no effect");
    BOOST_TEST(r->warnings[1] == "config.json:3: model_list[0].params.project: not supported, has no effect");
}

BOOST_AUTO_TEST_CASE(facts_of_a_model_are_kept_for_the_catalogue) {
    const auto r = from_json(R"({"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/our-own", "api_key": "k",
        "input_cost_per_token": 1.5e-06, "max_tokens": 10, "output_cost_per_token": 0.00002},
      "model_info": {"base_model": "gpt-5", "output_cost_per_token": 3e-06, "max_input_tokens": 9000, "max_output_tokens": 70,
        "supports_vision": false, "supports_reasoning": true}}]})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    const llmx::deployment& d = r->deployments.at(0);
    BOOST_TEST(d.base_model == "gpt-5");
    BOOST_TEST(d.model_info == R"({"input_cost_per_token":1.5e-06,"output_cost_per_token":2e-05,"output_cost_per_token":3e-06,)"
                               R"("max_input_tokens":9000,"max_output_tokens":70,"supports_vision":false,"supports_reasoning":true})");
    // max_tokens of the parameters is a default of requests.
    BOOST_TEST(r->warnings.empty());
    BOOST_REQUIRE(d.chat_defaults != nullptr);
    BOOST_TEST(*d.chat_defaults->max_output_tokens == 10);
}

BOOST_AUTO_TEST_CASE(a_price_that_is_no_number_is_reported_once_with_its_place) {
    const auto r = from_json(entry(R"("model": "openai/m", "api_key": "k")", R"(, "model_info": {"input_cost_per_token": "cheap", "max_tokens": "x"})"));
    BOOST_TEST(message_of(r) == "config.json:1: model_list[0].model_info.input_cost_per_token: expected a number of 0 or more, got the text \"cheap\"\n"
                                "config.json:1: model_list[0].model_info.max_tokens: expected a whole number of 1 or more, got the text \"x\"");
}

BOOST_AUTO_TEST_CASE(keys_and_bases_come_from_the_environment) {
    const auto set = variables({{"OPENAI_API_KEY", "sk-o"}, {"OPENAI_API_BASE", "http://o/v1"}, {"ANTHROPIC_API_KEY", "sk-a"},
                                {"ANTHROPIC_API_BASE", "http://a"}, {"GOOGLE_API_KEY", "g"}, {"AZURE_API_KEY", "z"},
                                {"AZURE_API_BASE", "https://z"}, {"AZURE_API_VERSION", "2025-01-01"}, {"HOSTED_VLLM_API_BASE", "http://v/v1"}});
    const auto one = [&](const char* model) {
        const auto r = from_json(entry(R"("model": ")" + std::string(model) + "\""), set);
        if (r.has_error()) return r.error().message();
        const llmx::deployment& d = r->deployments.at(0);
        return std::string(d.key.reveal()) + "|" + d.api_base.where.authority + d.api_base.path + "|" + version_of(d);
    };
    BOOST_TEST(one("openai/m") == "sk-o|o/v1|");
    BOOST_TEST(one("anthropic/m") == "sk-a|a|");
    BOOST_TEST(one("gemini/m") == "g||");
    BOOST_TEST(one("azure/m") == "z|z|2025-01-01");
    BOOST_TEST(one("hosted_vllm/m") == "|v/v1|");
    const auto bad = from_json(entry(R"("model": "openai/m")"), variables({{"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", "pw@h"}}));
    BOOST_TEST(message_of(bad) == "config.json:1: model_list[0].litellm_params.api_base: OPENAI_BASE_URL: base URL: no http:// or "
                                  "https:// at the start; expected http(s)://host[:port][/path]");
}

BOOST_AUTO_TEST_CASE(an_expanded_number_is_a_number_and_its_value_is_not_shown) {
    const auto good = from_json(entry(R"("model": "mock/echo", "rpm": "os.environ/RPM", "tpm": "${TPM:-7}")"), variables({{"RPM", "5"}}));
    BOOST_TEST_REQUIRE(good.has_value(), message_of(good));
    BOOST_TEST(good->deployments[0].requests_per_minute == 5u);
    BOOST_TEST(good->deployments[0].tokens_per_minute == 7u);
    const auto bad = from_json(entry(R"("model": "mock/echo", "rpm": "os.environ/RPM")"), variables({{"RPM", "sk-oops"}}));
    BOOST_TEST(message_of(bad) == "config.json:1: model_list[0].litellm_params.rpm: expected a whole number of 0 or more, got the value of "
                                  "\"os.environ/RPM\"");
}

BOOST_AUTO_TEST_CASE(no_message_shows_the_value_of_a_variable_wherever_it_was_read) {
    const auto planted = variables({{"S", "sk-oops"}});
    const auto strategy = from_json(R"({"router_settings": {"routing_strategy": "os.environ/S"}})", planted);
    BOOST_TEST(message_of(strategy).starts_with("config.json:1: router_settings.routing_strategy: unknown routing strategy the value of "
                                                "\"os.environ/S\"; known are: "), message_of(strategy));
    for (const char* params : {R"("model": "mock/${S}")", R"("model": "${S}/m")", R"("model": "m", "custom_llm_provider": "os.environ/S")",
                               R"("model": "openai/m", "api_key": "k", "api_base": "os.environ/S")", R"("model": "mock/echo", "api_version": {"${S}": 1})",
                               R"("model": "bedrock/${S}/x/y/z")", R"("model": "mock/echo", "rpm": "${S}")", R"("model": "mock/echo", "timeout": ["${S}"])",
                               R"("model": "mock/echo", "additional_drop_params": ["${S}["])"}) {
        const auto r = from_json(entry(params), planted);
        const std::string all = r ? std::string() : r.error().message();
        BOOST_TEST(all.find("sk-oops") == std::string::npos, all);
        if (r)
            for (const std::string& w : r->warnings) BOOST_TEST(w.find("sk-oops") == std::string::npos, w);
    }
}

BOOST_AUTO_TEST_CASE(what_a_deployment_adds_to_requests) {
    const auto r = from_json(entry(R"("model": "mock/echo", "temperature": 0.5, "max_tokens": 100, "stop": "END", "reasoning_effort": "low", "top_k": 3,
      "extra_body": {"provider": {"order": ["a", "b"]}, "n_keep": 5, "ratio": 0.5, "raw": "7", "on": true, "none": null, "key": "${K}"},
      "extra_headers": {"x-team": "blue", "Authorization": "os.environ/K"})"), variables({{"K", "v\"1"}}));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    for (const std::string& w : r->warnings) BOOST_TEST_MESSAGE(w);
    BOOST_TEST(r->warnings.empty());
    const auto& d = r->deployments[0];
    BOOST_REQUIRE(d.chat_defaults != nullptr);
    BOOST_TEST(*d.chat_defaults->temperature == 0.5);
    BOOST_TEST(*d.chat_defaults->max_output_tokens == 100);
    BOOST_TEST(*d.chat_defaults->top_k == 3);
    BOOST_TEST((d.chat_defaults->stop == std::vector<std::string>{"END"}));
    BOOST_TEST((d.chat_defaults->reasoning->effort == llmx::reasoning_effort::low));
    BOOST_TEST(d.added_members == R"({"provider":{"order":["a","b"]},"n_keep":5,"ratio":0.5,"raw":"7","on":true,"none":null,"key":"v\"1"})");
    BOOST_REQUIRE(d.added_fields.find("authorization") != nullptr);
    BOOST_TEST(*d.added_fields.find("authorization") == "v\"1");
    BOOST_TEST(*d.added_fields.find("x-team") == "blue");
    BOOST_TEST(from_json(entry(R"("model": "mock/echo")"))->deployments[0].chat_defaults == nullptr);
}

BOOST_AUTO_TEST_CASE(mistakes_in_what_a_deployment_adds) {
    struct { const char *params, *message; } const wrong[] = {
        {R"("temperature": 3)", "temperature: expected a number from 0 to 2, got \"3\""},
        {R"("max_tokens": 0)", "max_tokens: expected a whole number of 1 or more, got \"0\""},
        {R"("reasoning_effort": "hard")",
            "reasoning_effort: expected \"none\", \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\" or \"max\", got the text \"hard\""},
        {R"("extra_body": [1])", "extra_body: expected a map from members of the request to their values, got a list"},
        {R"("extra_body": {"a": "${NOBODY}"})", "extra_body.a: the environment variable NOBODY is not set"},
        {R"("extra_headers": "x")", "extra_headers: expected a map from names of header fields to their values"},
        {R"("extra_headers": {"host": "x"})", "extra_headers.host: the header field 'host' belongs to the connection: leave it out"},
        {R"("headers": {"x-a": "sk-1\nx"})",
            "headers.x-a: the value for the header field 'x-a' has control characters or white space at an end: remove or encode them"},
    };
    for (const auto& w : wrong) {
        const auto r = from_json(entry(std::string(R"("model": "mock/echo", )") + w.params));
        BOOST_TEST(message_of(r) == std::string("config.json:1: model_list[0].litellm_params.") + w.message);
    }
}

BOOST_AUTO_TEST_CASE(an_unset_variable_where_nobody_looks_is_no_error) {
    const auto r = from_json(R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo"}}],
      "litellm_settings": {"cache_params": {"password": "os.environ/REDIS_PASSWORD"}}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == "config.json:2: litellm_settings.cache_params: not supported, has no effect");
}

BOOST_AUTO_TEST_CASE(organizations_expand) {
    const auto r = from_json(entry(R"("model": "openai/m", "api_key": "k", "organization": ["a", "b"])", R"(, "model_info": {"id": "x"})"));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->deployments.size() == 2u);
    BOOST_TEST(r->deployments[0].settings.get<llmx::openai::settings>().organization + r->deployments[0].id == "ax");
    BOOST_TEST(r->deployments[1].settings.get<llmx::openai::settings>().organization + r->deployments[1].id == "bx-2");
}

BOOST_AUTO_TEST_CASE(wildcards) {
    const auto r = from_json(R"({"model_list": [{"model_name": "openai/*", "params": {"model": "openai/*", "api_key": "k"}},
      {"model_name": "claude-*", "params": {"model": "anthropic/claude-*", "api_key": "k"}},
      {"model_name": "*", "params": {"model": "mock/echo"}}]})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->deployments[0].model_group + " " + r->deployments[0].model == "openai/* *");
    BOOST_TEST(r->deployments[1].model_group + " " + r->deployments[1].model == "claude-* claude-*");
    BOOST_TEST(r->deployments[2].model_group + " " + r->deployments[2].model == "* echo");
    const auto patterns = from_json(R"({"model_list": [{"model_name": "*/gpt-*", "params": {"model": "openai/*-gpt-*", "api_key": "k"}},
      {"model_name": "openai/*-mini", "params": {"model": "openai/*-mini", "api_key": "k"}}],
      "litellm_settings": {"fallbacks": [{"openai/*-mini": ["azure/gpt-4o"]}]}})");
    BOOST_TEST_REQUIRE(patterns.has_value(), message_of(patterns));
    BOOST_TEST(patterns->deployments[0].model == "*-gpt-*");
    BOOST_TEST(patterns->deployments[1].model_group + " " + patterns->deployments[1].model == "openai/*-mini *-mini");
    BOOST_TEST(patterns->warnings.empty());
    BOOST_TEST(message_of(from_json(R"({"model_list": [{"model_name": "a*b*c*d*e*f", "params": {"model": "mock/echo"}}]})")) ==
               "config.json:1: model_list[0].model_name: expected a name with at most 4 \"*\", got the text \"a*b*c*d*e*f\"");
    BOOST_TEST(message_of(from_json(R"({"model_list": [{"model_name": "a*b", "params": {"model": "openai/*-*", "api_key": "k"}}]})")) ==
               "config.json:1: model_list[0].params.model: each \"*\" is replaced by what that of the model_name stands for, in order: "
               "the model_name must have as many of them");
}

BOOST_AUTO_TEST_CASE(ids_are_stable_and_distinct) {
    const auto one = [](const char* text) {
        const auto r = from_json(text);
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        std::string ids;
        for (const auto& d : r->deployments) ids += d.id + " ";
        return ids;
    };
    const std::string two = one(R"({"model_list": [{"model_name": "m", "params": {"model": "openai/x", "api_key": "a"}},
                                                 {"model_name": "m", "params": {"model": "openai/x", "api_key": "b"}}]})");
    BOOST_TEST(two.size() == 34u);
    BOOST_TEST(two.substr(0, 16) != two.substr(17, 16));
    // Neither a new key, nor a new share, nor another notation changes who it is.
    BOOST_TEST(one(R"({"model_list": [{"params": {"rpm": 4, "api_key": "c", "model": "openai/x"}, "model_name": "m"}]})") == two.substr(0, 17));
    BOOST_TEST(one(R"({"model_list": [{"model_name": "m", "params": {"model": "openai/y", "api_key": "a"}}]})") != two.substr(0, 17));
    BOOST_TEST(message_of(from_json(R"({"model_list": [
      {"model_name": "m", "params": {"model": "mock/echo"}, "model_info": {"id": "same"}},
      {"model_name": "n", "params": {"model": "mock/echo"}, "model_info": {"id": "same"}}]})")) ==
               "config.json:3: model_list[1].model_info.id: another deployment has this id");
}

BOOST_AUTO_TEST_CASE(shares_of_traffic) {
    const auto weights = [](const char* a, const char* b, std::size_t warnings) {
        const auto r = from_json(std::string(R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo")") + a +
                                 R"(}}, {"model_name": "m", "params": {"model": "mock/text")" + b + "}}]}");
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        BOOST_TEST(r->warnings.size() == warnings);
        return std::to_string(r->deployments[0].weight) + " " + std::to_string(r->deployments[1].weight);
    };
    BOOST_TEST(weights("", "", 0) == "1.000000 1.000000");
    BOOST_TEST(weights(R"(, "weight": 3, "rpm": 9)", R"(, "rpm": 5)", 0) == "3.000000 1.000000");
    BOOST_TEST(weights(R"(, "rpm": 9, "tpm": 1)", R"(, "rpm": 5, "tpm": 2)", 0) == "9.000000 5.000000");
    BOOST_TEST(weights(R"(, "tpm": 10)", R"(, "tpm": 20)", 0) == "10.000000 20.000000");
    BOOST_TEST(weights(R"(, "rpm": 9)", "", 1) == "9.000000 0.000000");
}

BOOST_AUTO_TEST_CASE(without_a_file) {
    const auto bare = llmx::settings_from_environment<llmx::stock_gateway>(env());
    BOOST_TEST_REQUIRE(bare.has_value(), message_of(bare));
    BOOST_TEST_REQUIRE(bare->deployments.size() == 2u);
    BOOST_TEST(bare->deployments[0].model_group + " " + bare->deployments[0].model == "mock echo");
    BOOST_TEST(bare->deployments[1].model_group + " " + bare->deployments[1].model == "mock/* *");
    BOOST_TEST(bare->listen.port == 4000);
    BOOST_TEST(bare->listen.host == "127.0.0.1");

    const auto all = llmx::settings_from_environment<llmx::stock_gateway>(env(variables({{"OPENAI_API_KEY", "o"}, {"ANTHROPIC_API_KEY", "a"},
        {"GEMINI_API_KEY", "g"}, {"AZURE_API_KEY", "z"}, {"AZURE_API_BASE", "https://z"}})));
    BOOST_TEST_REQUIRE(all.has_value(), message_of(all));
    std::string groups;
    for (const auto& d : all->deployments) groups += d.model_group + "=" + std::string(d.key.reveal()) + " ";
    BOOST_TEST(groups == "openai/*=o anthropic/*=a gemini/*=g azure/*=z mock= mock/*= ");

    const auto half = llmx::settings_from_environment<llmx::stock_gateway>(env(variables({{"AZURE_API_KEY", "z"}, {"OPENAI_API_KEY", ""}})));
    BOOST_TEST_REQUIRE(half.has_value());
    BOOST_TEST(half->deployments.size() == 2u);
    BOOST_TEST_REQUIRE(half->warnings.size() == 1u);
    BOOST_TEST(half->warnings[0] == "a key for provider 'azure' is set, but its base URL is not: set AZURE_API_BASE to serve it");
}

BOOST_AUTO_TEST_CASE(without_a_model_list) {
    const auto r = from_json(R"({"general_settings": {"port": 1}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->deployments.size() == 2u);
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == "config.json:1: model_list: no models; serving the mock and the vendors whose keys are in the environment");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace models_unit
