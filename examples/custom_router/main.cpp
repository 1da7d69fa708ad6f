// SPDX-License-Identifier: BSL-1.0
// A router of your own: the caller's name decides (sticky), so that a provider's prompt
// cache stays warm; another deployment is taken only when that one is not available.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <functional>
#include <iostream>
#include <string>
#include <vector>

struct sticky {
    struct state {};
    struct table {
        table(const sticky&, std::span<const llmx::deployment* const>) {}
    };
    template <llmx::candidate_view C>
    std::size_t pick(const table&, const C& candidates, llmx::pick_hints& hints) const noexcept {
        const std::string& caller = hints.request->context->caller;
        const std::size_t home = std::hash<std::string>()(caller) % candidates.size();
        for (std::size_t step = 0; step < candidates.size(); ++step)
            if (const std::size_t i = (home + step) % candidates.size(); candidates.usable(i)) return i;
        return llmx::no_candidate;
    }
    void started(state&, llmx::time_point) const noexcept {}
    void answered(state&, llmx::duration, bool, llmx::time_point) const noexcept {}
    void finished(state&, const llmx::outcome&, llmx::time_point) const noexcept {}
};
static_assert(llmx::router<sticky>);

int main() {
    using providers = llmx::registry<llmx::mock>;
    std::vector<llmx::deployment> deployments;
    for (const char* name : {"north", "south", "east"}) {
        llmx::deployment d;
        d.id = name;
        d.model_group = "model";
        d.provider = "mock";
        d.model = "echo";
        deployments.push_back(d);
    }
    llmx::gateway<providers, sticky, llmx::retry, llmx::timeout> gateway(providers::make_topology(deployments).value());

    llmx::testing::scripted_transport no_network;
    llmx::testing::manual_runtime runtime(no_network);
    for (const char* caller : {"ada", "grace", "ada", "grace"}) {
        llmx::call_context context;
        context.caller = caller;
        const llmx::chat_request request("model", "hi");
        const auto reply = llmx::testing::run(gateway.chat(runtime, context, request));
        if (reply.has_error()) {
            std::cerr << reply.error().message() << '\n';
            return 1;
        }
        std::cout << caller << " was served by " << context.report.deployment_id << '\n';
    }
}
