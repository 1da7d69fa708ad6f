// SPDX-License-Identifier: BSL-1.0
#include <unit/settings/support.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace vendors_unit {

using namespace settings_test;

namespace {

llmx::deployment one(const std::string& model, llmx::environment_map variables = llmx::environment_map()) {
    const auto r = from_yaml("model_list:\n  - model_name: m\n    litellm_params:\n      model: " + model + "\n", std::move(variables));
    BOOST_REQUIRE_MESSAGE(r.has_value(), message_of(r));
    llmx::deployment d = r->deployments.at(0);
    BOOST_REQUIRE(llmx::stock_registry::complete(d).has_value());
    return d;
}

std::string where(const llmx::deployment& d) {
    return d.provider + " " + d.model + " " + d.api_base.where.authority + d.api_base.path + " " + std::string(d.key.reveal());
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_vendors)

BOOST_AUTO_TEST_CASE(a_vendor_is_known_by_its_names_and_variables) {
    BOOST_TEST(where(one("groq/llama-3.3-70b", {{"GROQ_API_KEY", "gk"}})) == "groq llama-3.3-70b api.groq.com/openai/v1 gk");
    BOOST_TEST(where(one("together/a/b", {{"TOGETHERAI_API_KEY", "tk"}})) == "together_ai a/b api.together.ai/v1 tk");
    BOOST_TEST(where(one("together_ai/x", {{"TOGETHER_API_KEY", "t1"}, {"TOGETHERAI_API_KEY", "t2"}})) == "together_ai x api.together.ai/v1 t1");
    BOOST_TEST(where(one("ollama/llama3")) == "ollama llama3 127.0.0.1:11434 ");
    BOOST_TEST(where(one("ollama_chat/llama3", {{"OLLAMA_API_BASE", "http://127.0.0.1:9"}})) == "ollama llama3 127.0.0.1:9 ");
    BOOST_TEST(where(one("huggingface/org/m", {{"HF_TOKEN", "hf"}})) == "huggingface org/m router.huggingface.co/v1 hf");
    const auto keyless = from_yaml("model_list:\n  - model_name: m\n    litellm_params: {model: xai/grok}\n");
    BOOST_TEST(message_of(keyless).find("provider 'xai' needs a key; give api_key or set XAI_API_KEY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_base_url_takes_the_account_from_the_environment) {
    const llmx::deployment d = one("cloudflare/@cf/m", {{"CLOUDFLARE_API_KEY", "ck"}, {"CLOUDFLARE_ACCOUNT_ID", "acc/1"}});
    BOOST_TEST(where(d) == "cloudflare @cf/m api.cloudflare.com/client/v4/accounts/acc%2F1/ai/v1 ck");
    const auto r = from_yaml("model_list:\n  - model_name: m\n    litellm_params: {model: cloudflare/m, api_key: k}\n");
    BOOST_TEST(message_of(r) == "config.yaml:3: model_list[0].litellm_params.api_base: the base URL of provider 'cloudflare' needs "
                                "CLOUDFLARE_ACCOUNT_ID; set it or give api_base");
    // The first variable that is set.
    BOOST_TEST(where(one("bedrock_mantle/m", {{"BEDROCK_MANTLE_API_KEY", "b"}, {"AWS_REGION", "eu-west-1"}, {"AWS_REGION_NAME", ""}})) ==
               "bedrock_mantle m bedrock-mantle.eu-west-1.api.aws/v1 b");
    BOOST_TEST(message_of(from_yaml("model_list:\n  - model_name: m\n    litellm_params: {model: bedrock_mantle/m, api_key: k}\n"))
                   .find("needs BEDROCK_MANTLE_REGION; set it or give api_base") != std::string::npos);
    llmx::deployment bare;
    bare.id = "d";
    bare.provider = "cloudflare";
    bare.model = "m";
    const auto completed = llmx::stock_registry::complete(bare);
    BOOST_TEST(completed.error().message() == "deployment 'd': each account of provider 'cloudflare' has a base URL of its own, give api_base: "
                                              "https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1");
}

BOOST_AUTO_TEST_CASE(the_environment_serves_the_vendors_whose_variables_are_set) {
    const auto groups = [](llmx::environment_map variables) {
        const auto r = llmx::settings_from_environment<llmx::stock_gateway>(env(std::move(variables)));
        BOOST_REQUIRE_MESSAGE(r.has_value(), message_of(r));
        std::string all;
        for (const llmx::deployment& d : r->deployments) all += d.model_group + " ";
        for (const std::string& w : r->warnings) all += "! " + w;
        return all;
    };
    BOOST_TEST(groups({}) == "mock mock/* ");
    BOOST_TEST(groups({{"GROQ_API_KEY", "k"}, {"DEEPSEEK_API_KEY", "k"}}) == "mock mock/* deepseek/* groq/* ");
    BOOST_TEST(groups({{"OLLAMA_API_BASE", "http://127.0.0.1:11434"}}) == "ollama/* mock mock/* ");
    BOOST_TEST(groups({{"CLOUDFLARE_API_KEY", "k"}, {"CLOUDFLARE_ACCOUNT_ID", "a"}}) == "mock mock/* cloudflare/* ");
    // The variable of another provider does not ask for those that may use it too.
    BOOST_TEST(groups({{"DASHSCOPE_API_KEY", "k"}}) == "mock mock/* dashscope/* ");
    BOOST_TEST(groups({{"QWENCLOUD_API_KEY", "k"}}) == "mock mock/* qwencloud/* ");
    BOOST_TEST(where(one("qwencloud/qwen3", {{"DASHSCOPE_API_KEY", "dk"}})) == "qwencloud qwen3 dashscope-intl.aliyuncs.com/compatible-mode/v1 dk");
    BOOST_TEST(groups({{"CLOUDFLARE_API_KEY", "k"}}) ==
               "mock mock/* ! a key for provider 'cloudflare' is set, but it is not served: the base URL of provider 'cloudflare' needs "
               "CLOUDFLARE_ACCOUNT_ID; set it or give api_base");
}

#if !defined(LLMX_NO_TLS)
BOOST_AUTO_TEST_CASE(copilot_has_a_token_and_a_place_to_exchange_it) {
    const llmx::deployment plain = one("github_copilot/gpt-5", {{"GITHUB_COPILOT_TOKEN", "gho_k"}});
    BOOST_TEST(where(plain) == "github_copilot gpt-5 api.githubcopilot.com gho_k");
    BOOST_TEST((plain.settings.get<llmx::github_copilot::settings>().tokens != nullptr));
    const auto asked = [](const std::string& url, llmx::environment_map variables) {
        const auto r = from_yaml("model_list:\n  - model_name: m\n    litellm_params: {model: github_copilot/gpt-5, api_key: k" + url + "}\n",
                                 std::move(variables));
        return r.has_value() ? r->deployments.at(0).settings.get<llmx::github_copilot::settings>().token_url : message_of(r);
    };
    BOOST_TEST(asked(", github_copilot_token_url: https://api.o.ghe.com/t", {}) == "https://api.o.ghe.com/t");
    BOOST_TEST(asked("", {{"GITHUB_COPILOT_API_KEY_URL", "https://api.e.ghe.com/t"}}) == "https://api.e.ghe.com/t");
    BOOST_TEST(asked(", github_copilot_token_url: nonsense", {}).find("github_copilot_token_url: base URL: no http:// or https://") != std::string::npos);
    BOOST_TEST(message_of(from_yaml("model_list:\n  - model_name: m\n    litellm_params: {model: github_copilot/gpt-5}\n", {{"HOME", "/nowhere"}}))
                   .find("give api_key or set GITHUB_COPILOT_TOKEN") != std::string::npos);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendors_unit
