// SPDX-License-Identifier: BSL-1.0
// A policy and a provider of your own, configured from a file like those of the library: each
// declares its keys beside its options, and no list elsewhere is edited.
#include <llmx/core/settings_keys.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/settings/assemble.hpp>
#include <llmx/settings/settings.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// Refuses calls whose prompt is longer than the operator allows.
struct prompt_limit {
    prompt_limit() = default;
    static constexpr llmx::stage_position position = after(llmx::stage::authenticate);

    /// 0: no limit.
    std::uint64_t max_prompt_tokens = 0;
    std::string advice = "shorten it";
    static constexpr auto keys =
        llmx::settings_keys(llmx::config_key("max_prompt_tokens", &prompt_limit::max_prompt_tokens).in("prompt_limit"),
                            llmx::config_key("advice", &prompt_limit::advice).in("prompt_limit"));

    template <class Next> class layer;
};

template <class Next> class prompt_limit::layer : public llmx::deciding_layer<prompt_limit::layer<Next>, Next> {
public:
    struct memory {};
    layer(const prompt_limit& policy, std::shared_ptr<const llmx::topology>, Next next)
        : llmx::deciding_layer<layer, Next>(std::move(next)), policy_(policy) {}
    [[nodiscard]] llmx::result<void> before(llmx::call& c, memory&) {
        if (policy_.max_prompt_tokens == 0 || c.in.estimated_tokens <= policy_.max_prompt_tokens) return llmx::success();
        return llmx::error(llmx::errc::invalid_request, "the prompt is too long: " + policy_.advice);
    }

private:
    prompt_limit policy_;
};

/// A vendor inside the process that greets.
struct house : llmx::mock {
    static constexpr std::string_view name = "house";
    /// What each deployment of it may set.
    struct settings {
        settings() = default;
        std::string greeting = "Hello.";
        std::uint32_t volume = 1;
        static constexpr auto keys = llmx::settings_keys(
            llmx::config_key("greeting", &settings::greeting).or_each().from("HOUSE_GREETING"),
            llmx::config_key("volume", &settings::volume).between(1, 11));
    };
    static llmx::result<void> check_model(std::string_view model) {
        if (model == "greeter") return llmx::success();
        return llmx::error(llmx::errc::bad_configuration, "this vendor has one model, house/greeter");
    }
    llmx::result<void> prepare(const llmx::deployment& d, const llmx::outgoing&, llmx::http_request& out) const {
        const settings& own = d.settings.get<settings>();
        out.target = "text?say=";
        llmx::append_percent_encoded(out.target, own.greeting + std::string(own.volume, '!'));
        return llmx::success();
    }
};
static_assert(llmx::provider<house> && llmx::policy<prompt_limit>);

using gateway = llmx::gateway<llmx::registry<house, llmx::mock>, llmx::any_router<llmx::weighted, llmx::round_robin>,
                              prompt_limit, llmx::retry>;

/// Prints the model's answer to \p prompt, or the failure; true when it answered.
static bool ask(gateway& models, const std::string& prompt) {
    llmx::testing::scripted_transport no_network;
    llmx::testing::manual_runtime runtime(no_network);
    llmx::call_context context;
    const llmx::chat_request request("greeter", prompt);
    const auto reply = llmx::testing::run(models.chat(runtime, context, request));
    std::cout << (reply.has_value() ? reply->text() : reply.error().message()) << '\n';
    return reply.has_value();
}

int main() {
    const std::string folder = LLMX_EXAMPLE_FOLDER;
    const auto settings = llmx::load_settings<gateway>(folder + "/config.yaml", llmx::process_environment());
    if (settings.has_error()) {
        std::cerr << settings.error().message() << '\n';
        return 1;
    }
    for (const std::string& warning : settings->warnings) std::cerr << warning << '\n';
    const auto models = llmx::make_gateway(*settings);
    if (models.has_error()) {
        std::cerr << models.error().message() << '\n';
        return 1;
    }
    bool good = settings->warnings.empty() && settings->deployments.size() == 2;
    good = ask(**models, "hi") && ask(**models, "hi") && good;
    good = !ask(**models, std::string(4000, 'x')) && good;

    // All mistakes of a file are reported at once, each with its line.
    const auto wrong = llmx::load_settings<gateway>(folder + "/wrong.yaml", llmx::process_environment());
    const std::string mistakes = wrong.has_error() ? wrong.error().message() : std::string();
    std::cout << mistakes << '\n';
    for (const char* const expected : {"wrong.yaml:5: model_list[0].litellm_params.volume: expected a whole number from 1 to 11, got \"30\"",
                                       "wrong.yaml:7: prompt_limit.max_prompt_tokens: expected a whole number of 0 or more, got \"forty\"",
                                       "wrong.yaml:10: router_settings.num_retries: expected a whole number of 0 or more, got \"-1\""})
        good = mistakes.find(expected) != std::string::npos && good;
    return good ? 0 : 1;
}
