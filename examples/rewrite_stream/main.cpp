// SPDX-License-Identifier: BSL-1.0
// Masks a word in a streamed answer, although the provider splits it over two deltas.
#include "mask.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <iostream>
#include <string>

int main() {
    using providers = llmx::registry<llmx::openai>;
    llmx::deployment d;
    d.id = d.model_group = "model";
    d.provider = "openai";
    d.model = "gpt-4o-mini";
    llmx::gateway<providers, llmx::weighted, llmx::timeout, mask> gateway(providers::make_topology({d}).value());

    const auto delta = [](const std::string& text) {
        return R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":")" + text + "\"},\"finish_reason\":null}]}\n\n";
    };
    llmx::testing::scripted_transport network;
    network.reply(200, "")
        .piece(delta("The sec"))
        .piece(delta("ret is safe."))
        .piece("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    llmx::testing::manual_runtime runtime(network);
    llmx::call_context context;
    const llmx::chat_request request("model", "hi");
    auto stream = llmx::testing::run(gateway.stream(runtime, context, request));
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
    return reply->text() == "The ****** is safe." ? 0 : 1;
}
