// SPDX-License-Identifier: BSL-1.0
#include "unit/settings/support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace keys_unit {

using namespace settings_test;

namespace {

std::string with(const std::string& keys) {
    return "model_list:\n  - model_name: m\n    litellm_params: {model: mock/echo}\ngeneral_settings:\n  keys:\n" + keys;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_keys)

BOOST_AUTO_TEST_CASE(a_key_has_a_name_models_limits_and_tags) {
    llmx::environment_map variables{{"TEAM_A", "sk-a"}};
    const auto s = from_yaml(with("    - key: os.environ/TEAM_A\n      key_alias: team-a\n      models: [m, 'openai/*']\n"
                                  "      rpm_limit: 10\n      tpm_limit: 2000\n      tags: [batch]\n"
                                  "    - {key: sk-b, key_alias: team-b}\n"),
                             variables);
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST(s->warnings.empty());
    BOOST_TEST_REQUIRE(s->listen.keys.size() == 2u);
    const llmx::access_key& a = s->listen.keys[0];
    BOOST_TEST(a.key.matches("sk-a"));
    BOOST_TEST(a.who->id == "team-a");
    BOOST_TEST(a.who->alias == "team-a");
    BOOST_TEST((a.who->models == std::vector<std::string>{"m", "openai/*"}));
    BOOST_TEST((a.who->tags == std::vector<std::string>{"batch"}));
    BOOST_TEST(a.who->requests_per_minute == 10u);
    BOOST_TEST(a.who->tokens_per_minute == 2000u);
    BOOST_TEST(!s->listen.keys[1].who->has_limits());
    BOOST_TEST(s->listen.keys[1].who->models.empty());
}

BOOST_AUTO_TEST_CASE(wrong_keys_are_named_with_their_place_and_never_shown) {
    const auto refused = [](const std::string& keys, const std::string& message) {
        const auto s = from_yaml(with(keys));
        BOOST_TEST(message_of(s) == message);
        BOOST_TEST(message_of(s).find("planted") == std::string::npos);
    };
    refused("    - {key_alias: a}\n", "config.yaml:6: general_settings.keys[0]: the entry has no key, or an empty one");
    refused("    - {key: '', key_alias: a}\n", "config.yaml:6: general_settings.keys[0]: the entry has no key, or an empty one");
    refused("    - {key: planted}\n",
            "config.yaml:6: general_settings.keys[0]: the entry has no key_alias: logs and limits need a name for the key");
    refused("    - {key: planted, key_alias: master}\n",
            "config.yaml:6: general_settings.keys[0].key_alias: 'master' is the name of the master key");
    refused("    - {key: \"planted\\n\", key_alias: a}\n", "config.yaml:6: general_settings.keys[0].key: the key holds a line break");
    refused("    - {key: planted, key_alias: a}\n    - {key: planted, key_alias: b}\n",
            "config.yaml:6: general_settings.keys: 'a' and 'b' have the same key");
    refused("    - {key: planted, key_alias: a}\n    - {key: planted2, key_alias: a}\n",
            "config.yaml:6: general_settings.keys: two keys belong to different principals with the id 'a'");
    refused("    - planted\n", "config.yaml:6: general_settings.keys[0]: expected a map with key and key_alias");
    refused("    - {key: planted, key_alias: a, rpm_limit: 0}\n",
            "config.yaml:6: general_settings.keys[0].rpm_limit: expected a whole number of 1 or more");
}

BOOST_AUTO_TEST_CASE(a_name_from_a_variable_is_not_shown) {
    const llmx::environment_map variables{{"HIDDEN", "planted"}};
    const std::string models = "model_list:\n  - model_name: m\n    litellm_params: {model: mock/echo}\nrouter_settings:\n";
    for (const std::string line : {"  model_group_alias: {a: '${HIDDEN}'}\n", "  fallbacks: [{m: ['${HIDDEN}']}]\n"}) {
        const auto s = from_yaml(models + line, variables);
        BOOST_TEST_REQUIRE(s.has_error());
        BOOST_TEST(message_of(s).find("planted") == std::string::npos, message_of(s));
        BOOST_TEST(message_of(s).find("the value of \"${HIDDEN}\"") != std::string::npos, message_of(s));
    }
}

BOOST_AUTO_TEST_CASE(a_misspelt_member_is_a_warning) {
    const auto s = from_yaml(with("    - {key: k, key_alias: a, rpm_limits: 3}\n"));
    BOOST_TEST_REQUIRE(s.has_value(), message_of(s));
    BOOST_TEST_REQUIRE(s->warnings.size() == 1u);
    BOOST_TEST(s->warnings[0] == "config.yaml:6: general_settings.keys[0].rpm_limits: unknown key, ignored; did you mean 'rpm_limit'?");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace keys_unit
