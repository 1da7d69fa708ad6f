// SPDX-License-Identifier: BSL-1.0
// A budget in a store: two calls fit, the third does not.
#include "stored_budget.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/storage/memory.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <memory>

int main() {
    using providers = llmx::registry<llmx::openai>;
    using budgeted = llmx::gateway<providers, llmx::weighted, llmx::timeout, stored_budget>;
    llmx::deployment d;
    d.id = d.model_group = "model";
    d.provider = "openai";
    d.model = "gpt-4o-mini";
    const auto data = std::make_shared<llmx::memory_store>();
    budgeted::policies_type policies;
    std::get<stored_budget>(policies) = stored_budget(std::shared_ptr<llmx::counter_store>(data, &data->counters()), 60);
    budgeted gateway(providers::make_topology({d}).value(), policies);

    boost::asio::io_context io(1);
    llmx::testing::scripted_transport network;
    network.reply_always(200, R"({"choices":[{"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],)"
                              R"("usage":{"prompt_tokens":10,"completion_tokens":15,"total_tokens":25}})");
    llmx::testing::manual_runtime runtime(network, io.get_executor());
    int answered = 0, refused = 0;
    for (int i = 0; i < 3; ++i) {
        llmx::call_context context;
        context.caller = "ada";
        llmx::chat_request request("model", "hi");
        request.max_output_tokens = 30;
        boost::asio::co_spawn(io, gateway.chat(runtime, context, request),
                              [&](const std::exception_ptr&, const llmx::result<llmx::chat_reply>& r) {
                                  ++(r ? answered : refused);
                                  std::cout << (r ? r->text() : r.error().message()) << '\n';
                              });
        io.restart();
        io.run(); // the returned tokens, too
    }
    return answered == 2 && refused == 1 ? 0 : 1;
}
