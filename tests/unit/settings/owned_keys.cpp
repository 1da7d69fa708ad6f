// SPDX-License-Identifier: BSL-1.0
// Each policy's and provider's own table of keys, read from files; mistakes are all reported.
#include "support.hpp"

#include <llmx/settings/assemble.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace owned_keys_unit {

using namespace settings_test;
using namespace std::chrono_literals;
using llmx::settings_key;

namespace {

constexpr const char* model = R"({"model_list": [{"model_name": "m", "params": {"model": "mock/echo"}}],
)";

struct sample {
    /// As written, and as `load` reads it back.
    std::string good, stored;
    /// Of another kind, and out of range; empty: there is none.
    std::string wrong, outside;
};

/// Values for a key of that kind.
sample sample_of(const settings_key& k) {
    switch (k.what) {
    case settings_key::kind::flag: return {"true", "true", "\"true\"", ""};
    case settings_key::kind::whole:
        return {std::to_string(k.least + 3), std::to_string(k.least + 3), "\"many\"",
                k.most == std::numeric_limits<std::uint64_t>::max() ? "18446744073709551616" : std::to_string(k.most + 1)};
    case settings_key::kind::number: return {"0.5", "0.500000", "\"some\"", "-1"};
    case settings_key::kind::seconds:
        return {"2.5", std::to_string(llmx::duration(2500ms).count()), "[]", k.zero ? "-1" : "0"};
    case settings_key::kind::text: return {"\"red\"", "red", "[[]]", "\"a\\nb\""};
    case settings_key::kind::hidden: return {"\"red\"", "", "{}", "\"a\\nb\""};
    case settings_key::kind::texts: return {R"(["red"])", "red\xff", "\"red\"", "[[]]"};
    }
    return sample();
}

template <class... Ts> std::string joined(const Ts&... parts) {
    std::string all;
    ((all += parts), ...);
    return all;
}

/// Tries one key in one section: set, read back, wrong, out of range, misspelt.
template <class Read, class Stored>
void try_key(const settings_key& k, std::string_view name, const std::string& before, const std::string& after,
             const std::string& place, Read read, Stored stored) {
    const sample s = sample_of(k);
    const auto text = [&](std::string_view key, const std::string& value) {
        return joined(before, "\"", key, "\": ", value, after);
    };
    const auto good = read(text(name, s.good));
    BOOST_TEST_REQUIRE(good.has_value(), name << ": " << message_of(good));
    BOOST_TEST(good->warnings.empty(), name << ": " << (good->warnings.empty() ? "" : good->warnings[0]));
    if (!s.stored.empty()) {
        const std::string all = stored(*good);
        BOOST_TEST(all.find(joined(k.name, "=", s.stored, "\xff")) != std::string::npos, name << " in " << all);
    }
    for (const std::string& bad : {s.wrong, s.outside}) {
        if (bad.empty()) continue;
        const auto r = read(text(name, bad));
        const std::string message = message_of(r);
        BOOST_TEST(message.starts_with(joined("config.json:2: ", place, name)), name << " = " << bad << ": " << message);
        BOOST_TEST(message.find('\n') == std::string::npos, message);
    }
    const auto other = read(text(joined(name, "q"), s.good));
    BOOST_TEST_REQUIRE(other.has_value(), message_of(other));
    BOOST_TEST_REQUIRE(other->warnings.size() == 1u, name);
    BOOST_TEST(other->warnings[0] == joined("config.json:2: ", place, name, "q: unknown key, ignored; did you mean '", name, "'?"));
}

std::size_t tried = 0;

template <class P> void try_policy() {
    if constexpr (llmx::has_settings_keys<P>) {
        static constexpr auto keys = P::keys.pointers();
        for (const settings_key* const k : keys)
            for (const std::string_view section : k->sections) {
                ++tried;
                try_key(
                    *k, k->name, joined(model, "\"", section, "\": {"), "}}", joined(section, "."),
                    [](const std::string& text) { return from_json(text); },
                    [](const stock& s) { return llmx::detail::describe_keys(&s.policy<P>(), keys); });
            }
    }
}

template <class Tuple> struct policies_in;
template <class... Ps> struct policies_in<std::tuple<Ps...>> {
    static void each() { (try_policy<Ps>(), ...); }
};

/// A policy of a program's own, with a section of its own.
struct greeting {
    greeting() = default;
    static constexpr llmx::stage_position position = after(llmx::stage::authenticate);
    std::string words = "hello", tone = "warm";
    std::uint32_t times = 1;
    double share = 0.5;
    std::vector<std::string> names;
    static constexpr auto keys = llmx::settings_keys(
        llmx::config_key("words", &greeting::words).in("greeting"), llmx::config_key("tone", &greeting::tone).in("greeting").one_of("warm", "cold", "dry"),
        llmx::config_key("greetings", &greeting::times).also("greeting_count").between(1, 10),
        llmx::config_key("share", &greeting::share).in("greeting").between(0, 1).from("GREETING_SHARE"));

    template <class Next> class layer : public llmx::deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};
        layer(const greeting&, std::shared_ptr<const llmx::topology>, Next next) : llmx::deciding_layer<layer, Next>(std::move(next)) {}
        [[nodiscard]] llmx::result<void> before(llmx::call&, memory&) { return llmx::success(); }
    };
};

void read_settings(llmx::settings_reader& top, greeting& into) {
    llmx::settings_reader& names = top.at("greeting").at("names");
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string one;
        if (!names.item(i).text(one)) continue;
        if (one.size() > 5) names.item(i).unexpected("a name of up to 5 letters");
        else into.names.push_back(one);
    }
}

/// A provider of a program's own.
struct vendor : llmx::openai_compatible {
    static constexpr std::string_view name = "vendor";
    struct settings {
        settings() = default;
        std::string tenant;
        std::uint32_t level = 1;
        llmx::secret pin;
        static constexpr auto keys = llmx::settings_keys(llmx::config_key("tenant", &settings::tenant).from("VENDOR_TENANT").or_each(),
                                                         llmx::config_key("level", &settings::level).between(1, 3),
                                                         llmx::config_key("pin", &settings::pin));
    };
    static constexpr std::string_view ready_model = "demo";
    static llmx::result<void> check_model(std::string_view model_name) {
        if (model_name.starts_with("v-") || model_name == "demo") return llmx::success();
        return llmx::error(llmx::errc::bad_configuration, "a model of this vendor begins with v-");
    }
    static llmx::result<void> check(const llmx::deployment& d) {
        if (d.settings.get<settings>().tenant != "nobody") return llmx::success();
        return llmx::error(llmx::errc::bad_configuration, "no such tenant");
    }
};

using own_gateway = llmx::gateway<llmx::registry<vendor, llmx::azure_openai, llmx::mock>, llmx::weighted, greeting, llmx::retry>;

std::string vendor_entry(std::string_view params) {
    return joined(R"({"model_list": [{"model_name": "m", "params": {"model": "vendor/v-1", "api_base": "http://127.0.0.1:1")", params, "}}]}");
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_owned_keys)

BOOST_AUTO_TEST_CASE(every_key_of_every_policy) {
    tried = 0;
    policies_in<llmx::stock_gateway::policies_type>::each();
    BOOST_TEST(tried == 24u);
}

BOOST_AUTO_TEST_CASE(every_key_of_every_provider) {
    std::size_t keys = 0;
    for (const llmx::known_provider& p : llmx::known_providers<llmx::stock_registry>())
        for (const settings_key* const k : p.keys) {
            ++keys;
            const bool list = k->each;
            // A profile stands in a file, and without region, key and secret nothing can be signed, and an endpoint is a URL:
            // settings/bedrock.cpp, settings/vendors.cpp and settings/local_programs.cpp have these.
            static constexpr std::string_view needed[] = {"aws_profile_name", "aws_region_name", "aws_access_key_id", "aws_secret_access_key",
                                                          "aws_bedrock_runtime_endpoint", "github_copilot_token_url", "watsonx_iam_url", "project_id",
                                                          "search_engine_id", "command", "protocol"};
            if (std::find(std::begin(needed), std::end(needed), k->name) != std::end(needed)) continue;
            // The key of SAP AI Core is a JSON object: gateway/sap.cpp has these.
            if (p.name == "sap") continue;
            // A location belongs to a project, keys go in pairs, a role needs keys and a region.
            std::string with;
            const bool aws = k->name.starts_with("aws_") || p.name.starts_with("sagemaker");
            if (k->name == "vertex_location") with = "\"vertex_project\": \"p-1\", ";
            if (p.name == "watsonx") with += "\"project_id\": \"p\", ";
            if (p.name == "local_process") with += "\"command\": [\"/bin/true\"], ";
            if (aws) with += "\"aws_region_name\": \"us-east-1\", ";
            if (aws) with += "\"aws_access_key_id\": \"AKID\", \"aws_secret_access_key\": \"s\", ";
            try_key(
                *k, k->name,
                joined("{\"model_list\": [{\"model_name\": \"m\",\n\"params\": {\"model\": \"", p.name, "/m\", \"api_key\": \"k\","
                    " \"api_base\": \"http://127.0.0.1:1\", ", with),
                "}}]}", "model_list[0].params.", [](const std::string& text) { return from_json(text); },
                [&](const stock& s) { return p.describe_settings(s.deployments.at(0).settings); });
            if (list) BOOST_TEST(k->name == "organization");
        }
    BOOST_TEST(keys == 102u);
}

BOOST_AUTO_TEST_CASE(a_key_of_another_provider_has_no_effect) {
    const auto r = from_json(R"({"model_list": [{"model_name": "m", "params": {"model": "gemini/g", "api_key": "k", "api_version": "v1"}}]})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == "config.json:1: model_list[0].params.api_version: not supported, has no effect");
}

#if defined(LLMX_WITH_YAML)
BOOST_AUTO_TEST_CASE(all_mistakes_are_reported_at_once_each_with_its_line) {
    const auto r = from_yaml("model_list:\n"
                             "  - model_name: a\n"
                             "    litellm_params: {model: nobody/x, rpm: many}\n"
                             "  - litellm_params: {model: mock/echo}\n"
                             "  - model_name: b\n"
                             "    litellm_params:\n"
                             "      model: openai/m\n"
                             "      timeout: -1\n"
                             "      organization: [x, []]\n"
                             "    model_info: {max_tokens: 0}\n"
                             "  - just text\n"
                             "litellm_settings: [1]\n"
                             "router_settings:\n"
                             "  num_retries: three\n"
                             "  cooldown_time: soon\n"
                             "  retry_policy: {TimeoutErrorRetries: x}\n"
                             "  routing_strategy: fastest\n"
                             "general_settings:\n"
                             "  port: 70000\n"
                             "  keys: [{key: k}, {key_alias: b, rpm_limit: 0}]\n"
                             "  queue_timeout: 0\n");
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::bad_configuration));
    std::string known;
    for (const std::string_view name : llmx::stock_registry::names())
        if (name != llmx::stock_rows[0]->name) known += joined(known.empty() ? "" : ", ", name);
        else break;
    known += joined(" and ", std::to_string(llmx::stock_registry::size - 11), " more (docs/providers.md)");
    BOOST_TEST(message_of(r) ==
               "config.yaml:3: model_list[0].litellm_params.model: expected provider/model with one of the providers " + known +
               ", got \"nobody/x\"\n"
               "config.yaml:3: model_list[0].litellm_params.rpm: expected a whole number of 0 or more, got \"many\"\n"
               "config.yaml:4: model_list[1].model_name: expected the name that callers use\n"
               "config.yaml:8: model_list[2].litellm_params.timeout: expected a number of seconds above 0, up to a year, got \"-1\"\n"
               "config.yaml:7: model_list[2].litellm_params.api_key: provider 'openai' needs a key; give api_key or set OPENAI_API_KEY\n"
               "config.yaml:9: model_list[2].litellm_params.organization[1]: expected a text, got a list\n"
               "config.yaml:10: model_list[2].model_info.max_tokens: expected a whole number of 1 or more, got \"0\"\n"
               "config.yaml:11: model_list[3]: expected a map with model_name and litellm_params, got \"just text\"\n"
               "config.yaml:12: litellm_settings: expected a map, got a list\n"
               "config.yaml:19: general_settings.port: expected a whole number from 0 to 65535, got \"70000\"\n"
               "config.yaml:20: general_settings.keys[0]: the entry has no key_alias: logs and limits need a name for the key\n"
               "config.yaml:20: general_settings.keys[1].rpm_limit: expected a whole number of 1 or more\n"
               "config.yaml:20: general_settings.keys[1]: the entry has no key, or an empty one\n"
               "config.yaml:17: router_settings.routing_strategy: unknown routing strategy 'fastest'; known are: weighted, round_robin, "
               "least_busy, latency\n"
               "config.yaml:14: router_settings.num_retries: expected a whole number of 0 or more, got \"three\"\n"
               "config.yaml:16: router_settings.retry_policy.TimeoutErrorRetries: expected a whole number of 0 or more, got \"x\"\n"
               "config.yaml:15: router_settings.cooldown_time: expected a number of seconds of 0 or more, up to a year, got \"soon\"\n"
               "config.yaml:21: general_settings.queue_timeout: expected a number of seconds above 0, up to a year, got \"0\"");
}
#endif

BOOST_AUTO_TEST_CASE(a_model_that_could_not_be_read_is_not_reported_as_missing_too) {
    const auto r = from_json(R"({"model_list": [{"model_name": "a", "params": {"model": "mock/echo", "rpm": -1}},)"
                             R"( {"model_name": 7.5, "params": {"model": "mock/echo"}}],
"router_settings": {"fallbacks": [{"a": ["b"]}], "model_group_alias": {"c": "a"}}})");
    BOOST_TEST(message_of(r) == "config.json:1: model_list[0].params.rpm: expected a whole number of 0 or more, got \"-1\"\n"
                                "config.json:2: router_settings.fallbacks[0].a[0]: no model of model_list is called \"b\"");
    const auto unnamed = from_json(R"({"model_list": [{"params": {"model": "mock/echo"}}],
"router_settings": {"fallbacks": [{"a": ["b"]}], "model_group_alias": {"c": "a"}}})");
    BOOST_TEST(message_of(unnamed) == "config.json:1: model_list[0].model_name: expected the name that callers use");
}

BOOST_AUTO_TEST_CASE(errors_beyond_fifty_are_counted) {
    std::string text = R"({"model_list": [)";
    for (int i = 0; i < 57; ++i)
        text += joined(i == 0 ? "" : ",", "\n{\"model_name\": \"m\", \"params\": {\"model\": \"mock/echo\", \"rpm\": -", std::to_string(i + 1), "}}");
    const std::string message = message_of(from_json(text + "]}"));
    BOOST_TEST(std::count(message.begin(), message.end(), '\n') == 50);
    BOOST_TEST(message.starts_with("config.json:2: model_list[0].params.rpm: "));
    BOOST_TEST(message.ends_with("\nand 7 more"));
}

BOOST_AUTO_TEST_CASE(a_policy_of_ones_own_is_configured_like_ours) {
    const auto r = from_json<own_gateway>(std::string(model) + R"("greeting": {"words": "good day", "tone": "dry", "share": 1, "names": ["ada", "grace"]},
"general_settings": {"greeting_count": 4}, "router_settings": {"num_retries": 6}})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    const auto& p = r->policy<greeting>();
    BOOST_TEST(p.words + p.tone + std::to_string(p.times) + p.names.at(0) + p.names.at(1) == "good daydry4adagrace");
    BOOST_TEST(p.share == 1.0);
    BOOST_TEST(r->policy<llmx::retry>().max_retries == 6u);
    BOOST_TEST(message_of(llmx::make_gateway(*r)) == "ok");

    const auto bad = from_json<own_gateway>(std::string(model) + R"("greeting": {"words": 1.5,
"tone": "hot", "share": 1.5,
"names": ["ada", "elizabeth"]}, "general_settings": {"greetings": 11}})", {{"GREETING_SHARE", "0.25"}});
    BOOST_TEST(message_of(bad) == "config.json:3: greeting.tone: expected warm, cold or dry, got the text \"hot\"\n"
                                  "config.json:4: general_settings.greetings: expected a whole number from 1 to 10, got \"11\"\n"
                                  "config.json:3: greeting.share: expected a number from 0 to 1, got \"1.5\"\n"
                                  "config.json:4: greeting.names[1]: expected a name of up to 5 letters, got the text \"elizabeth\"");
}

BOOST_AUTO_TEST_CASE(a_section_that_nobody_reads_is_a_warning) {
    const std::string text = std::string(model) + "\"greeting\": {\"words\": \"x\"}}";
    const auto r = from_json(text);
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST_REQUIRE(r->warnings.size() == 1u);
    BOOST_TEST(r->warnings[0] == "config.json:2: greeting: unknown key, ignored");
    const auto near = from_json<own_gateway>(std::string(model) + "\"greetin\": {}, \"greeting\": {\"wrods\": \"x\"}}");
    BOOST_TEST_REQUIRE(near.has_value(), message_of(near));
    BOOST_TEST_REQUIRE(near->warnings.size() == 2u);
    BOOST_TEST(near->warnings[0] == "config.json:2: greetin: unknown key, ignored; did you mean 'greeting'?");
    BOOST_TEST(near->warnings[1] == "config.json:2: greeting.wrods: unknown key, ignored; did you mean 'words'?");
}

BOOST_AUTO_TEST_CASE(a_variable_stands_in_for_a_key_and_is_not_shown) {
    const auto r = from_json<own_gateway>(std::string(model) + "\"greeting\": {}}", {{"GREETING_SHARE", "0.25"}});
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->policy<greeting>().share == 0.25);
    const auto bad = from_json<own_gateway>(std::string(model) + "\"greeting\": {}}", {{"GREETING_SHARE", "planted"}});
    BOOST_TEST(message_of(bad) == "config.json:2: greeting.share: expected a number from 0 to 1, got the value of \"os.environ/GREETING_SHARE\"");
    const auto alone = llmx::settings_from_environment<own_gateway>(env({{"GREETING_SHARE", "2"}}));
    BOOST_TEST(message_of(alone) == "greeting.share: expected a number from 0 to 1, got the value of \"os.environ/GREETING_SHARE\"");
    const auto azure = from_json<own_gateway>(R"({"model_list": [{"model_name": "m", "params": {"model": "azure/m", "api_key": )"
        R"("k", "api_base": "http://h"}}]})",
                                              {{"AZURE_API_VERSION", "2025\nplanted"}});
    BOOST_TEST(message_of(azure) == "config.json:1: model_list[0].params.api_version: the value holds a line break");
}

BOOST_AUTO_TEST_CASE(a_provider_of_ones_own_is_configured_like_ours) {
    const auto r = from_json<own_gateway>(vendor_entry(R"(, "tenant": ["x", "y"], "level": 2, "pin": "1234")"));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    BOOST_TEST_REQUIRE(r->deployments.size() == 2u);
    const auto& first = r->deployments[0].settings.get<vendor::settings>();
    const auto& second = r->deployments[1].settings.get<vendor::settings>();
    BOOST_TEST(first.tenant + second.tenant == "xy");
    BOOST_TEST(first.level + second.level == 4u);
    BOOST_TEST(second.pin.matches("1234"));
    BOOST_TEST(r->deployments[0].id != r->deployments[1].id);
    BOOST_TEST(message_of(llmx::make_gateway(*r)) == "ok");

    const auto from_variable = from_json<own_gateway>(vendor_entry(""), {{"VENDOR_TENANT", "z"}});
    BOOST_TEST_REQUIRE(from_variable.has_value(), message_of(from_variable));
    BOOST_TEST(from_variable->deployments.at(0).settings.get<vendor::settings>().tenant == "z");

    const auto bad = from_json<own_gateway>(vendor_entry(R"(, "level": 4, "pin": "planted\nx", "tenant": ["a", "b\nc"])"));
    BOOST_TEST(message_of(bad) == "config.json:1: model_list[0].params.tenant[1]: the value holds a line break\n"
                                  "config.json:1: model_list[0].params.level: expected a whole number from 1 to 3, got \"4\"\n"
                                  "config.json:1: model_list[0].params.pin: the value holds a line break");
    const auto name = from_json<own_gateway>(R"({"model_list": [{"model_name": "m", "params": {"model": "vendor/w", "api_base": "http://h"}}]})");
    BOOST_TEST(message_of(name) == "config.json:1: model_list[0].params.model: a model of this vendor begins with v-");
    const auto refused = from_json<own_gateway>(vendor_entry(R"(, "tenant": ["a", "nobody"])"));
    BOOST_TEST(message_of(refused) == "config.json:1: model_list[0].params: no such tenant");
    const auto unclean = from_json<own_gateway>(vendor_entry(R"(, "tenant": "a"}}, {"model_name": "n", "params": {"model": )"
        R"("azure/a/../b", "api_key": "k", "api_base": "http://h")"));
    BOOST_TEST(message_of(unclean).starts_with("config.json:1: model_list[1].params.model: "), message_of(unclean));
}

BOOST_AUTO_TEST_CASE(a_ready_model_is_served_without_a_file) {
    const auto r = llmx::settings_from_environment<own_gateway>(env({{"OPENAI_COMPATIBLE_API_BASE", "http://127.0.0.1:1"}, {"VENDOR_TENANT", "t"}}));
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    std::string all;
    for (const auto& d : r->deployments) all += d.model_group + "=" + d.model + d.settings.get<vendor::settings>().tenant + " ";
    BOOST_TEST(all == "vendor=demot vendor/*=*t mock=echo mock/*=* ");
}

BOOST_AUTO_TEST_CASE(a_reload_reads_the_keys_too) {
    const auto first = from_json<own_gateway>(std::string(model) + "\"greeting\": {}}");
    BOOST_TEST_REQUIRE(first.has_value(), message_of(first));
    auto gateway = llmx::make_gateway(*first);
    BOOST_TEST_REQUIRE(gateway.has_value(), message_of(gateway));
    const auto second = from_json<own_gateway>(R"({"model_list": [{"model_name": "n", "params": {"model": "mock/echo"}}]})");
    BOOST_TEST_REQUIRE(second.has_value(), message_of(second));
    BOOST_TEST(message_of(llmx::reload_gateway(**gateway, *second)) == "ok");
    BOOST_TEST(((*gateway)->world()->find("n") != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace owned_keys_unit
