// SPDX-License-Identifier: BSL-1.0
// A router of your own that looks at what is asked: images and long texts go to the large model, all
// else to the small one; the other is taken when that is not available. It sees the same of a request that
// the program made and of a client's bytes in any language.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/view_of.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <cstddef>
#include <iostream>
#include <span>
#include <string>
#include <vector>

struct by_content {
    struct state {};
    struct table {
        table(const by_content&, std::span<const llmx::deployment* const> members) {
            for (const llmx::deployment* d : members) large.push_back(d->id == "large");
        }
        std::vector<bool> large;
    };
    std::size_t long_text = 200;

    template <llmx::candidate_view C>
    std::size_t pick(const table& t, const C& candidates, llmx::pick_hints& hints) const noexcept {
        const llmx::request_view& asked = llmx::view_of(*hints.request);
        const bool large = asked.images || asked.last_user_text.size() > long_text;
        std::size_t other = llmx::no_candidate;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (!candidates.usable(i)) continue;
            if (t.large[i] == large) return i;
            other = i;
        }
        return other;
    }
    void started(state&, llmx::time_point) const noexcept {}
    void answered(state&, llmx::duration, bool, llmx::time_point) const noexcept {}
    void finished(state&, const llmx::outcome&, llmx::time_point) const noexcept {}
};
static_assert(llmx::router<by_content>);

using my_providers = llmx::registry<llmx::mock>;
using my_gateway = llmx::gateway<my_providers, by_content, llmx::retry, llmx::timeout>;

/// Which deployment served \p prompt, asked by the program.
static std::string asked_in_process(my_gateway& models, const std::string& prompt) {
    llmx::testing::scripted_transport no_network;
    llmx::testing::manual_runtime runtime(no_network);
    llmx::call_context context;
    const llmx::chat_request request("model", prompt);
    const auto reply = llmx::testing::run(models.chat(runtime, context, request));
    return reply.has_error() ? reply.error().message() : std::string(context.report.deployment_id);
}

/// The same for a body as a server gives it to the gateway.
static std::string asked_by_a_client(my_gateway& models, const std::string& body) {
    llmx::testing::scripted_transport no_network;
    llmx::testing::manual_runtime runtime(no_network);
    llmx::call_context context;
    context.started = runtime.now();
    llmx::call c(runtime, context);
    c.in.codec = &llmx::codec_of<llmx::anthropic_messages>;
    c.in.body = body;
    c.model = "model";
    const auto reply = llmx::testing::run(models.execute(c));
    return reply.has_error() ? reply.error().message() : std::string(context.report.deployment_id);
}

int main() {
    std::vector<llmx::deployment> deployments;
    for (const char* name : {"small", "large"}) {
        llmx::deployment d;
        d.id = name;
        d.model_group = "model";
        d.provider = "mock";
        d.model = "echo";
        deployments.push_back(d);
    }
    my_gateway models(my_providers::make_topology(deployments).value());

    const std::string long_text(300, 'x');
    const std::string begin = R"({"model":"model","max_tokens":9,"messages":[{"role":"user","content":)";
    const std::string image = R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}])";
    bool good = true;
    const auto show = [&good](const std::string& what, const std::string& served, const std::string& expected) {
        std::cout << what << " was served by " << served << '\n';
        good = good && served == expected;
    };
    show("a short question of the program", asked_in_process(models, "hi"), "small");
    show("a long one", asked_in_process(models, long_text), "large");
    show("a client's short question", asked_by_a_client(models, begin + "\"hi\"}]}"), "small");
    show("a client's long one", asked_by_a_client(models, begin + '"' + long_text + "\"}]}"), "large");
    show("a client's image", asked_by_a_client(models, begin + image + "}]}"), "large");
    return good ? 0 : 1;
}
