// SPDX-License-Identifier: BSL-1.0
// A request with the word is refused before anything is sent; in answers the word is masked, although
// the provider splits it over two deltas.
#include "keyword_guardrail.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/guard/guard.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <iostream>
#include <string>
#include <tuple>

int main() {
    using providers = llmx::registry<llmx::openai>;
    using gateway = llmx::gateway<providers, llmx::weighted, llmx::timeout, llmx::guard>;
    llmx::deployment d;
    d.id = d.model_group = "model";
    d.provider = "openai";
    d.model = "gpt-4o-mini";
    gateway::policies_type policies;
    std::get<llmx::guard>(policies).add(std::make_shared<keyword_guardrail>("secret"));
    gateway guarded(providers::make_topology({d}).value(), policies);

    const auto delta = [](const std::string& text) {
        return R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":")" + text + "\"},\"finish_reason\":null}]}\n\n";
    };
    llmx::testing::scripted_transport network;
    network.reply(200, "")
        .piece(delta("The sec"))
        .piece(delta("ret is safe."))
        .piece("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    llmx::testing::manual_runtime runtime(network);

    llmx::call_context first;
    const llmx::chat_request asked("model", "What is the secret?");
    const auto refused = llmx::testing::run(guarded.chat(runtime, first, asked));
    if (refused.has_value()) return 1;
    std::cout << refused.error().message() << '\n';

    llmx::call_context second;
    const llmx::chat_request request("model", "hi");
    auto stream = llmx::testing::run(guarded.stream(runtime, second, request));
    if (stream.has_error()) {
        std::cerr << stream.error().message() << '\n';
        return 1;
    }
    const auto reply = llmx::testing::run(stream->collect());
    if (reply.has_error()) {
        std::cerr << reply.error().message() << '\n';
        return 1;
    }
    std::cout << reply->text() << '\n';
    return network.calls() == 1 && reply->text() == "The ****** is safe." ? 0 : 1;
}
