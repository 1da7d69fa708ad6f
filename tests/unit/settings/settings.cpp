// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/settings/assemble.hpp>
#include <llmx/settings/detail/vocabulary.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace settings_unit {

using namespace settings_test;
using namespace std::chrono_literals;

namespace {

/// Two mock models and \p more.
std::string with(std::string_view more) {
    return R"({"model_list": [{"model_name": "small", "params": {"model": "mock/echo"}},
{"model_name": "large", "params": {"model": "mock/text"}}],
)" + std::string(more) + "}";
}

struct fault {
    const char* more;
    const char* expected;
};
std::ostream& operator<<(std::ostream& os, const fault& f) { return os << f.more; }

const fault faults[] = {
    {R"("router_settings": {"num_retries": "three"})", "config.json:3: router_settings.num_retries: expected a whole number of "
        "0 or more, got the text \"three\""},
    {R"("router_settings": {"num_retries": -1})", "config.json:3: router_settings.num_retries: expected a whole number of 0 or more, got \"-1\""},
    {R"("router_settings": {"timeout": 0})", "config.json:3: router_settings.timeout: expected a number of seconds above 0, up to a year, got \"0\""},
    {R"("router_settings": [])", "config.json:3: router_settings: expected a map, got a list"},
    {R"("router_settings": {"retry_policy": {"TimeoutErrorRetries": true}})", "config.json:3: router_settings.retry_policy.Time"
        "outErrorRetries: expected a whole number of 0 or more, got \"true\""},
    {R"("router_settings": {"fallbacks": [{"small": ["lage"]}]})", "config.json:3: router_settings.fallbacks[0].small[0]: no mo"
        "del of model_list is called \"lage\"; did you mean 'large'?"},
    {R"("router_settings": {"fallbacks": [{"small": "large"}]})", "config.json:3: router_settings.fallbacks[0].small: expected "
        "a list of models, got the text \"large\""},
    {R"("router_settings": {"fallbacks": ["small"]})", "config.json:3: router_settings.fallbacks[0]: expected an entry like {gr"
        "oup: [other, another]}, got the text \"small\""},
    {R"("router_settings": {"default_fallbacks": ["nobody"]})", "config.json:3: router_settings.default_fallbacks[0]: no model "
        "of model_list is called \"nobody\""},
    {R"("router_settings": {"model_group_alias": {"s": "smal"}})", "config.json:3: router_settings.model_group_alias.s: no mode"
        "l_name of model_list is \"smal\"; did you mean 'small'?"},
    {R"("router_settings": {"model_group_alias": {"s": {"hidden": true}}})", "config.json:3: router_settings.model_group_alias."
        "s.model: missing; expected the model that the alias refers to"},
    {R"("router_settings": {"model_group_alias": {"large": "small"}})", "config.json:3: router_settings.model_group_alias.large: the alias neve"
        "r applies: \"large\" is a model_name of model_list too; rename one of them"},
    {R"("router_settings": {"fallbacks": [{"small": ["large", "small"]}]})", "config.json:3: router_settings.fallbacks[0].small[1]: a model ca"
        "nnot be its own fallback; name another model"},
    {R"("router_settings": {"fallbacks": [{"small": ["large", "large"]}]})", "config.json:3: router_settings.fallbacks[0].small[1]: this model"
        " is in the list already; name each once"},
    {R"("router_settings": {"fallbacks": [{"small": ["large"]}], "max_fallbacks": 0})", "config.json:3: router_settings.max_fallbacks: with 0 "
        "no fallback is ever tried; raise it or remove the fallbacks"},
    {R"("router_settings": {"fallbacks": [{"sm*": ["huge/*"]}]})", "config.json:3: router_settings.fallbacks[0].sm*[0]: no model of model_list "
        "is called \"huge/*\""},
    {R"("general_settings": {"threads": 0})", "config.json:3: general_settings.threads: 0 threads serve no call; expected a whole number from 1 "
        "to 1024, or no key for one thread per processor"},
    {R"("general_settings": {"prot": 4001, "port": -1})", "config.json:3: general_settings.port: expected a whole number from 0 to 65535, got \"-"
        "1\"\nwarning: config.json:3: general_settings.prot: unknown key, ignored; did you mean 'port'?"},
    {R"("litellm_settings": {"drop_params": "true"})", "config.json:3: litellm_settings.drop_params: expected true or false, got the text \"true\""},
    {R"("general_settings": {"port": 70000})", "config.json:3: general_settings.port: expected a whole number from 0 to 65535, got \"70000\""},
    {R"("general_settings": {"log_level": "loud"})", "config.json:3: general_settings.log_level: expected off, error, info or debug, got the text \"loud\""},
    {R"("general_settings": {"max_request_size_mb": 0})", "config.json:3: general_settings.max_request_size_mb: expected a numb"
        "er of MiB above 0 and up to 4096, got \"0\""},
    {R"("general_settings": {"memory_limit_mb": 0.5})", "config.json:3: general_settings.memory_limit_mb: expected a number of "
        "MiB from 1 to 1073741824, got \"0.5\""},
    {R"("general_settings": {"master_key": ["sk-leak"]})", "config.json:3: general_settings.master_key: expected a text, got a list"},
    {R"("general_settings": {"max_connections": 0})", "config.json:3: general_settings.max_connections: expected a whole number of 1 or more, got \"0\""},
    {R"("general_settings": {"stream_ping_interval": -1})", "config.json:3: general_settings.stream_ping_interval: expected a number of "
        "seconds of 0 or more, up to a year, got \"-1\""},
    {R"("general_settings": {"cors_origins": "*"})", "config.json:3: general_settings.cors_origins: expected a list of texts, got the text \"*\""},
    {R"("general_settings": {"cors_origins": ["https://app.example/"]})", "config.json:3: general_settings.cors_origins: \"https://app.example/\": "
        "expected *, or an origin as browsers write it: https://app.example or https://*.app.example"},
    {R"("general_settings": {"cors_origins": ["app.example"]})", "config.json:3: general_settings.cors_origins: \"app.example\": "
        "expected *, or an origin as browsers write it: https://app.example or https://*.app.example"},
    {R"("general_settings": {"forward_headers": ["Authorization"]})", "config.json:3: general_settings.forward_headers: \"Authorization\": "
        "the field belongs to the provider's credentials and is never sent on; remove the entry"},
    {R"("general_settings": {"forward_headers": ["x team"]})", "config.json:3: general_settings.forward_headers: \"x team\": expected the name "
        "of a header field: letters, digits and hyphens"},
    {R"("general_settings": {"responses_store_mb": 0})", "config.json:3: general_settings.responses_store_mb: expected a whole number "
        "from 1 to 1048576, got \"0\""},
    {R"("general_settings": {"store_responses": "never"})", "config.json:3: general_settings.store_responses: expected true or false, got the text \"never\""},
    {R"("environment_variables": {"X": "os.environ/NOBODY"})", "config.json:3: environment_variables.X: the environment variable NOBODY is not set"},
};

const fault warnings[] = {
    {R"("router_settings": {"num_retry": 1})", "config.json:3: router_settings.num_retry: unknown key, ignored; did you mean 'num_retries'?"},
    {R"("general_setings": {})", "config.json:3: general_setings: unknown key, ignored; did you mean 'general_settings'?"},
    {R"("router_settings": {"xyzzy": "sk-leak"})", "config.json:3: router_settings.xyzzy: unknown key, ignored"},
    {R"("router_settings": {"redis_pasword": "sk-leak"})", "config.json:3: router_settings.redis_pasword: unknown key,"
        " ignored; did you mean 'redis_password'?"},
    {R"("guardrails": [])", "config.json:3: guardrails: not supported, has no effect"},
    {R"("general_settings": {"database_url": "postgres://u:sk-leak@h"})", "config.json:3: general_settings.database_url: not supported, has no effect"},
    {R"("litellm_settings": {"callbacks": ["x"]})", "config.json:3: litellm_settings.callbacks: not supported, has no effect"},
    {R"("router_settings": {"fallbacks": [{"smal": ["large"]}]})", "config.json:3: router_settings.fallbacks[0].smal: no model "
        "of model_list is called \"smal\"; did you mean 'small'?"},
    {R"("router_settings": {"model_group_alias": {"s": {"model": "small", "hidden": true}}})", "config.json:3: router_settings.model_gro"
        "up_alias.s.hidden: not supported, the alias is listed"},
};

constexpr const char* whole_yaml = R"(# everything that is understood
environment_variables:
  UPSTREAM: http://127.0.0.1:9/v1
model_list:
  - model_name: gpt
    litellm_params: &gpt
      model: openai/gpt-4o
      api_key: os.environ/UP_KEY
      api_base: ${UPSTREAM}
      rpm: 100
      timeout: 2.5
  - model_name: backup
    litellm_params:
      <<: *gpt
      rpm: ~
      weight: 1
    model_info:
      id: backup-1
litellm_settings:
  drop_params: true
  num_retries: 9
  request_timeout: 60
  allowed_fails: 7
  fallbacks: [{gpt: [backup]}]
router_settings:
  routing_strategy: latency-based-routing
  num_retries: 4
  stream_timeout: 3
  retry_after: 1
  retry_policy: {RateLimitErrorRetries: 5, BadRequestErrorRetries: 0}
  cooldown_time: 90
  default_fallbacks: [backup]
  context_window_fallbacks:
    - gpt: [backup]
  content_policy_fallbacks:
    - backup: [gpt]
  max_fallbacks: 2
  model_group_alias:
    gpt-4: gpt
  default_max_parallel_requests: 8
general_settings:
  master_key: sk-master
  host: localhost
  port: 0
  threads: 2
  max_request_size_mb: 1.5
  header_timeout: 2
  keep_alive_timeout: 5
  drain_timeout: 0
  max_connections: 10
  memory_limit_mb: 96.5
  log_level: debug
  requests_per_minute: 1
  tokens_per_minute: 2
  requests_per_minute_per_caller: 3
  tokens_per_minute_per_caller: 4
  first_token_timeout: 6
  attempt_timeout: 8
  idle_timeout: 7
  connect_timeout: 1
  max_queue: 16
  queue_timeout: 2
)";
constexpr const char* whole_json = R"({"environment_variables": {"UPSTREAM": "http://127.0.0.1:9/v1"},
"model_list": [{"model_name": "gpt", "litellm_params": {"model": "openai/gpt-4o", "api_key": "os.environ/UP_KEY", "api_base": "${UPSTREAM}",
"rpm": 100, "timeout": 2.5}},
{"model_name": "backup", "params": {"model": "openai/gpt-4o", "api_key": "os.environ/UP_KEY", "api_base": "${UPSTREAM}", "timeout": 2.5,
"weight": 1, "rpm": null}, "model_info": {"id": "backup-1"}}],
"litellm_settings": {"drop_params": true, "num_retries": 9, "request_timeout": 60, "allowed_fails": 7, "fallbacks": [{"gpt": ["backup"]}]},
"router_settings": {"routing_strategy": "latency-based-routing", "num_retries": 4, "stream_timeout": 3, "retry_after": 1,
"retry_policy": {"RateLimitErrorRetries": 5, "BadRequestErrorRetries": 0}, "cooldown_time": 90, "default_fallbacks": ["backup"],
"context_window_fallbacks": [{"gpt": ["backup"]}], "content_policy_fallbacks": [{"backup": ["gpt"]}], "max_fallbacks": 2,
"model_group_alias": {"gpt-4": "gpt"}, "default_max_parallel_requests": 8},
"general_settings": {"master_key": "sk-master", "host": "localhost", "port": 0, "threads": 2, "max_request_size_mb": 1.5,
"header_timeout": 2, "keep_alive_timeout": 5, "drain_timeout": 0, "max_connections": 10, "memory_limit_mb": 96.5, "log_level": "debug",
"requests_per_minute": 1, "tokens_per_minute": 2, "requests_per_minute_per_caller": 3, "tokens_per_minute_per_caller": 4,
"first_token_timeout": 6, "attempt_timeout": 8, "idle_timeout": 7, "connect_timeout": 1, "max_queue": 16, "queue_timeout": 2}})";

/// All of a configuration that can be printed, one thing after the other.
std::string text_of(const stock& s) {
    std::string t;
    for (const auto& d : s.deployments) t += settings_test::text_of(d) + "\n";
    for (const auto& [alias, group] : s.aliases) t += alias + "->" + group + "\n";
    const auto lists = [&t](const char* name, const llmx::fallback::lists& all) {
        t += name;
        for (const auto& [group, others] : all) {
            t += " " + group + ":";
            for (const auto& other : others) t += other + ",";
        }
        t += "\n";
    };
    lists("general", s.policy<llmx::fallback>().groups);
    lists("context", s.policy<llmx::fallback>().context_window);
    lists("policy", s.policy<llmx::fallback>().content_policy);
    const auto ms = [](llmx::duration d) { return std::to_string(d / 1ms) + " "; };
    t += std::string(std::get<1>(s.policies).strategy.name()) + " " +
         std::to_string(s.policy<llmx::retry>().max_retries) + " " +
         std::to_string(s.policy<llmx::retry>().rate_limit.value_or(99)) +
         " " + std::to_string(s.policy<llmx::retry>().invalid_request.value_or(99)) + " " + std::to_string(s.policy<llmx::fallback>().max_fallbacks) + " " +
         std::to_string(s.policy<llmx::breaker>().allowed_fails.value_or(99)) + " " + std::to_string(s.policy<llmx::concurrency_limit>().max_parallel) + "/" +
         std::to_string(s.policy<llmx::concurrency_limit>().max_queue) + "\n";
    t += ms(s.policy<llmx::retry>().min_wait) + ms(s.policy<llmx::breaker>().cool_down) + ms(s.policy<llmx::breaker>().max_cool_down) +
         ms(s.policy<llmx::timeout>().total) + ms(s.policy<llmx::timeout>().attempt) +
         ms(s.policy<llmx::timeout>().connect) + ms(s.policy<llmx::timeout>().first_token) + ms(s.policy<llmx::timeout>().idle) +
         ms(s.policy<llmx::concurrency_limit>().queue_timeout) + "\n";
    const auto& l = s.listen;
    t += l.host + ":" + std::to_string(l.port) + " " + std::to_string(l.threads) + " " + std::string(l.master_key.reveal()) + " " +
         std::to_string(l.max_request_body) + " " + ms(l.header_timeout) + ms(l.keep_alive_timeout) + ms(l.drain_timeout) +
         std::to_string(l.max_connections) + " " + std::to_string(l.memory_limit) + " " + l.log_level + "\n";
    t += std::to_string(s.policy<llmx::rate_limit>().requests_per_minute) + std::to_string(s.policy<llmx::rate_limit>().tokens_per_minute) +
         std::to_string(s.policy<llmx::rate_limit>().caller_requests_per_minute) + std::to_string(s.policy<llmx::rate_limit>().caller_tokens_per_minute);
    return t;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_settings)

BOOST_DATA_TEST_CASE(a_wrong_value_stops, boost::unit_test::data::make(faults), f) {
    const auto r = from_json(with(f.more));
    BOOST_TEST(message_of(r) == f.expected);
    BOOST_TEST((r.has_error() && r.error().value() == llmx::errc::bad_configuration));
}

BOOST_DATA_TEST_CASE(a_warning, boost::unit_test::data::make(warnings), w) {
    const auto r = from_json(with(w.more));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == w.expected);
}

BOOST_AUTO_TEST_CASE(each_key_of_time_sets_the_limit_that_its_name_promises) {
    using seconds = std::chrono::seconds;
    const auto times = [](const std::string& more) {
        const auto r = from_json(with(more));
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        BOOST_TEST(r->warnings.empty());
        return r->policy<llmx::timeout>();
    };
    // LiteLLM's keys bound an attempt until its answer is there, and never an answer that has begun.
    BOOST_TEST((times(R"("litellm_settings": {"request_timeout": 7})").attempt == seconds(7)));
    BOOST_TEST((times(R"("router_settings": {"timeout": 7})").attempt == seconds(7)));
    BOOST_TEST((times(R"("router_settings": {"timeout": 7}, "litellm_settings": {"request_timeout": 8})").attempt == seconds(7)));
    BOOST_TEST((times(R"("router_settings": {"stream_timeout": 7})").first_token == seconds(7)));
    BOOST_TEST((times(R"("router_settings": {"timeout": 7, "stream_timeout": 7}, "litellm_settings": {"request_timeout": 7})").total ==
                llmx::duration::zero()));
    BOOST_TEST((times(R"("general_settings": {"total_timeout": 7})").total == seconds(7)));
    BOOST_TEST((times(R"("general_settings": {"attempt_timeout": 7})").attempt == seconds(7)));
    BOOST_TEST((times(R"("general_settings": {"idle_timeout": 7})").idle == seconds(7)));
    BOOST_TEST(times(R"("general_settings": {"max_response_size_mb": 7})").max_answer_mb == 7u);
}

BOOST_AUTO_TEST_CASE(everything_from_json) {
    llmx::environment_map env;
    env.emplace("UP_KEY", "sk-up");
    env.emplace("UPSTREAM", "http://overruled");
    const auto r = from_json(whole_json, env);
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    const std::string id = r->deployments[0].id;
    BOOST_TEST(id.size() == 16u);
    BOOST_TEST(text_of(*r) ==
               id + " gpt openai/gpt-4o http://127.0.0.1:9/v1 key=sk-up version= org=, weight=100.000000 order=0 rpm=100 tpm=0 parallel=0 "
                    "tags= region= timeouts=2500ms,-,- retries=- drop=1\n"
                    "backup-1 backup openai/gpt-4o http://127.0.0.1:9/v1 key=sk-up version= org=, weight=1.000000 order=0 rpm=0 tpm=0 "
                    "parallel=0 tags= region= timeouts=2500ms,-,- retries=- drop=1\n"
                    "gpt-4->gpt\n"
                    "general *:backup, gpt:backup,\ncontext gpt:backup,\npolicy backup:gpt,\n"
                    "latency 4 5 0 2 7 8/16\n"
                    "1000 90000 90000 0 8000 1000 6000 7000 2000 \n"
                    "localhost:0 2 sk-master 1572864 2000 5000 0 10 101187584 debug\n"
                    "1234");
}

#if defined(LLMX_WITH_YAML)
BOOST_AUTO_TEST_CASE(yaml_says_the_same_as_json) {
    llmx::environment_map env;
    env.emplace("UP_KEY", "sk-up");
    const auto json = from_json(whole_json, env), yaml = from_yaml(whole_yaml, env);
    BOOST_TEST_REQUIRE(json.has_value(), message_of(json));
    BOOST_TEST_REQUIRE(yaml.has_value(), message_of(yaml));
    BOOST_TEST(text_of(*json) == text_of(*yaml));
    BOOST_TEST(yaml->warnings.empty());
}

BOOST_AUTO_TEST_CASE(yaml_faults_name_their_line) {
    const std::string models = "model_list:\n  - model_name: m\n    litellm_params: {model: mock/echo}\n";
    BOOST_TEST(message_of(from_yaml(models + "router_settings:\n  num_retries: three\n")) ==
               "config.yaml:5: router_settings.num_retries: expected a whole number of 0 or more, got \"three\"");
    BOOST_TEST(message_of(from_yaml(models + "general_settings:\n  port: \"any\"\n")) ==
               "config.yaml:5: general_settings.port: expected a whole number from 0 to 65535, got the text \"any\"");
    BOOST_TEST(message_of(from_yaml(models + "litellm_settings:\n  drop_params: yes\n")) == "ok");
    BOOST_TEST(message_of(from_yaml(models + "model_list: []\n")) == "config.yaml:4: the key \"model_list\" is given twice");
    BOOST_TEST(message_of(from_yaml("- a\n")) == "config.yaml:1: expected a map, got a list");
}
#endif

BOOST_AUTO_TEST_CASE(no_secret_in_any_message) {
    // Each of these is wrong somewhere, and holds a key.
    for (const char* more : {R"("general_settings": {"master_key": {"x": "sk-leak"}})", R"("general_settings": {"master_key": "sk-leak\r\n"})",
                             R"("router_settings": {"redis_password": "sk-leak", "api_key": "sk-leak", "num_retries": -1})",
                             R"("environment_variables": {"OPENAI_API_KEY": ["sk-leak"]})", R"("environment_variables": {"X": "sk-leak${"})",
                             R"("general_settings": {"passwort": "sk-leak", "master_key": true, "keys": "sk-leak", "port": -2})"}) {
        const auto r = from_json(with(more));
        BOOST_TEST(message_of(r).find("sk-leak") == std::string::npos, message_of(r));
        if (r.has_value())
            for (const auto& w : r->warnings) BOOST_TEST(w.find("sk-leak") == std::string::npos, w);
    }
}

BOOST_AUTO_TEST_CASE(every_foreign_name_has_its_warning) {
    const auto check = [](std::string_view section, std::span<const std::string_view> names) {
        for (const std::string_view name : names) {
            const std::string member = "\"" + std::string(name) + "\": 1";
            const auto r = from_json(with(section.empty() ? member : "\"" + std::string(section) + "\": {" + member + "}"));
            BOOST_TEST_REQUIRE(r.has_value(), name << ": " << message_of(r));
            BOOST_TEST_REQUIRE(r->warnings.size() == 1u, name);
            BOOST_TEST(r->warnings[0] == "config.json:3: " + (section.empty() ? "" : std::string(section) + ".") + std::string(name) +
                                             ": not supported, has no effect");
        }
    };
    check("", llmx::detail::foreign_top_level);
    check("router_settings", llmx::detail::foreign_router);
    check("litellm_settings", llmx::detail::foreign_litellm);
    check("general_settings", llmx::detail::foreign_general);
    // None of them is also understood, which would make the entry dead.
    for (const std::string_view name : llmx::detail::foreign_params) {
        const auto r = from_json("{\"model_list\": [{\"model_name\": \"m\", \"params\": {\"model\": \"mock/echo\", \"" + std::string(name) + "\": 1}}]}");
        BOOST_TEST_REQUIRE(r.has_value(), name << ": " << message_of(r));
        BOOST_TEST(r->warnings.size() == 1u, name);
    }
}

BOOST_AUTO_TEST_CASE(what_clients_get_and_bring) {
    const auto read = [](const char* general) { return from_json(with(R"("general_settings": )" + std::string(general))); };
    const auto none = read("{}");
    BOOST_TEST_REQUIRE(none.has_value(), message_of(none));
    BOOST_TEST((none->listen.stream_ping_interval == std::chrono::seconds(10)));
    BOOST_TEST(!none->listen.cors_origins);
    BOOST_TEST(none->listen.forward_headers.empty());
    const auto all = read(R"({"stream_ping_interval": 0, "cors_origins": ["https://app.example", "https://*.team.example"],
        "forward_headers": ["x-team", "helicone-*"], "forward_client_headers_to_llm_api": true})");
    BOOST_TEST_REQUIRE(all.has_value(), message_of(all));
    BOOST_TEST(all->warnings.empty());
    BOOST_TEST((all->listen.stream_ping_interval == llmx::duration::zero()));
    BOOST_TEST((all->listen.cors_origins == std::vector<std::string>{"https://app.example", "https://*.team.example"}));
    BOOST_TEST((all->listen.forward_headers == std::vector<std::string>{"x-team", "helicone-*", "x-*"}));
    BOOST_TEST((read(R"({"cors_origins": []})")->listen.cors_origins == std::vector<std::string>()));
    const auto sessions = read(R"({"realtime_idle_timeout": 5, "realtime_ping_interval": 0, "realtime_session_limit_seconds": 3600,
        "max_realtime_sessions": 7, "max_realtime_sessions_per_key": 2})");
    BOOST_TEST_REQUIRE(sessions.has_value(), message_of(sessions));
    BOOST_TEST(sessions->warnings.empty());
    BOOST_TEST((sessions->listen.realtime_idle_timeout == std::chrono::seconds(5)));
    BOOST_TEST((sessions->listen.realtime_ping_interval == llmx::duration::zero()));
    BOOST_TEST((sessions->listen.realtime_session_limit == std::chrono::hours(1)));
    BOOST_TEST(sessions->listen.max_realtime_sessions == 7u);
    BOOST_TEST(sessions->listen.max_realtime_sessions_per_key == 2u);
    BOOST_TEST(!read(R"({"realtime_idle_timeout": 0})").has_value());
    // LiteLLM's names for the pings.
    for (const char* name : {"sse_keepalive_ping_interval_seconds", "anthropic_sse_ping_interval_seconds", "keepalive_seconds"}) {
        const auto r = read((R"({")" + std::string(name) + R"(": 3})").c_str());
        BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
        BOOST_TEST((r->listen.stream_ping_interval == std::chrono::seconds(3)), name);
        BOOST_TEST(r->warnings.empty());
    }
}

BOOST_AUTO_TEST_CASE(how_long_responses_are_kept) {
    const auto none = from_json(with(R"("general_settings": {})"));
    BOOST_TEST_REQUIRE(none.has_value(), message_of(none));
    BOOST_TEST(none->listen.store_responses);
    BOOST_TEST(none->listen.responses_store_bytes == std::size_t{64} * 1024 * 1024);
    BOOST_TEST((none->listen.responses_store_ttl == std::chrono::hours(24 * 30)));
    const auto all = from_json(with(R"("general_settings": {"store_responses": false, "responses_store_mb": 2, "responses_store_ttl": 60})"));
    BOOST_TEST_REQUIRE(all.has_value(), message_of(all));
    BOOST_TEST(all->warnings.empty());
    BOOST_TEST(!all->listen.store_responses);
    BOOST_TEST(all->listen.responses_store_bytes == std::size_t{2} * 1024 * 1024);
    BOOST_TEST((all->listen.responses_store_ttl == std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(router_settings_count_more_than_litellm_settings) {
    const auto r = from_json(with(R"("router_settings": {"fallbacks": [{"large": ["small"]}]},
      "litellm_settings": {"fallbacks": [{"small": ["large"]}], "default_fallbacks": ["large"], "num_retries": 9})"));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->policy<llmx::fallback>().groups.size() == 2u);
    BOOST_TEST(r->policy<llmx::fallback>().groups.at("large").at(0) == "small");
    BOOST_TEST(r->policy<llmx::fallback>().groups.at("*").at(0) == "large");
    BOOST_TEST(r->policy<llmx::retry>().max_retries == 9u);
}

BOOST_AUTO_TEST_CASE(cooldowns_can_be_turned_off) {
    const auto r = from_json(R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo", "cooldown_time": 5}}],
      "router_settings": {"cooldown_time": 7, "disable_cooldowns": true}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->policy<llmx::breaker>().rules_for(r->deployments[0], true).off());
}

BOOST_AUTO_TEST_CASE(drop_params_for_all_but_who_says_otherwise) {
    const auto r = from_json(R"({"model_list": [{"model_name": "a", "params": {"model": "mock/echo", "drop_params": false}},
      {"model_name": "b", "params": {"model": "mock/echo"}}], "litellm_settings": {"drop_params": true}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->deployments[0].drop_params.value() == false);
    BOOST_TEST(r->deployments[1].drop_params.value() == true);
}

BOOST_AUTO_TEST_CASE(strategies) {
    const auto chosen = [](const char* name) {
        const auto s = from_json(with(R"("router_settings": {"routing_strategy": ")" + std::string(name) + "\"}"));
        return s.has_error() ? s.error().message() : std::string(std::get<1>(s->policies).strategy.name());
    };
    BOOST_TEST(chosen("simple-shuffle") == "weighted");
    BOOST_TEST(chosen("least-busy") == "least_busy");
    BOOST_TEST(chosen("latency-based-routing") == "latency");
    BOOST_TEST(chosen("round_robin") == "round_robin");
    for (const char* other : {"usage-based-routing", "usage-based-routing-v2", "cost-based-routing", "fastest"})
        BOOST_TEST(chosen(other) == "config.json:3: router_settings.routing_strategy: unknown routing strategy '" + std::string(other) +
                                        "'; known are: weighted, round_robin, least_busy, latency");
}

BOOST_AUTO_TEST_CASE(assembled) {
    const auto s = from_json(with(R"("router_settings": {"num_retries": 4, "fallbacks": [{"small": ["large"]}], "model_group_alias": {"s": "small"}},
      "general_settings": {"connect_timeout": 3, "max_queue": 5, "requests_per_minute": 6})"));
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    const auto world = llmx::topology_from<llmx::stock_registry>(*s);
    BOOST_TEST_REQUIRE(world.has_value(), message_of(world));
    BOOST_TEST((*world)->find("s")->name == "small");
    BOOST_TEST((*world)->find("nobody") == nullptr);
    BOOST_TEST(s->policy<llmx::retry>().max_retries == 4u);
    BOOST_TEST(s->policy<llmx::fallback>().groups.at("small").at(0) == "large");
    BOOST_TEST((s->policy<llmx::timeout>().connect == 3s));
    BOOST_TEST(s->policy<llmx::concurrency_limit>().max_queue == 5u);
    BOOST_TEST(s->policy<llmx::rate_limit>().requests_per_minute == 6u);
    BOOST_TEST(message_of(llmx::make_gateway(*s)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_policy_keeps_what_the_program_gave_and_the_file_does_not_name) {
    using few = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::retry>;
    few::policies_type given;
    std::get<llmx::retry>(given).base = 7ms;
    std::get<llmx::retry>(given).max_retries = 9;
    auto tree = llmx::parse_json_settings(with(R"("router_settings": {"num_retries": 4, "max_fallbacks": 1, "routing_strategy": "latency"})"), "config.json");
    BOOST_TEST_REQUIRE(tree.has_value());
    const auto s = llmx::read_settings<few>(std::move(*tree), env(), given);
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST((s->policy<llmx::retry>().base == 7ms));
    BOOST_TEST(s->policy<llmx::retry>().max_retries == 4u);
    // The keys of a policy that this gateway does not have are unknown, and a single strategy cannot be chosen.
    BOOST_TEST_REQUIRE(s->warnings.size() == 2u);
    BOOST_TEST(s->warnings[0] == "config.json:3: router_settings.routing_strategy: this program has one strategy, the key has no effect");
    BOOST_TEST(s->warnings[1] == "config.json:3: router_settings.max_fallbacks: unknown key, ignored");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace settings_unit
