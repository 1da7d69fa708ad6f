// SPDX-License-Identifier: BSL-1.0
// Hedging: the first deployment never answers, the second does after two seconds of the test's clock.
#include "hedge.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <iostream>
#include <vector>

int main() {
    using providers = llmx::registry<llmx::openai>;
    std::vector<llmx::deployment> deployments(2);
    for (std::size_t i = 0; i != deployments.size(); ++i) {
        deployments[i].id = i == 0 ? "slow" : "quick";
        deployments[i].model_group = "model";
        deployments[i].provider = "openai";
        deployments[i].model = "gpt-4o-mini";
        deployments[i].order = static_cast<int>(i);
    }
    llmx::gateway<providers, llmx::weighted, llmx::retry, llmx::timeout, hedge> gateway(
        providers::make_topology(deployments).value());

    llmx::testing::scripted_transport network;
    network.reply(200, "").stall();
    network.reply(200, R"({"choices":[{"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]})");
    llmx::testing::manual_runtime runtime(network);
    llmx::call_context context;
    const llmx::chat_request request("model", "hi");
    const auto reply = llmx::testing::run(gateway.chat(runtime, context, request));
    if (reply.has_error()) {
        std::cerr << reply.error().message() << '\n';
        return 1;
    }
    std::cout << context.report.deployment_id << " answered: " << reply->text() << '\n';
    return context.report.deployment_id == "quick" ? 0 : 1;
}
