// SPDX-License-Identifier: BSL-1.0
// A tool loop: the model requests a function, the program answers, until there is text.
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/mock.hpp>

#include <iostream>
#include <string>

namespace {

std::string run_tool(const llmx::tool_call_part& call) {
    if (call.name == "get_weather") return R"({"city":"Oslo","celsius":-3})";
    return R"({"error":"unknown tool"})";
}

} // namespace

int main() {
    // The mock calls the first tool it is given, then repeats the tool's result.
    llmx::blocking_client<llmx::mock> ai("tool?arguments=%7B%22city%22%3A%22Oslo%22%7D");
    llmx::chat_request request(ai.model(), "What is the weather in Oslo?");
    request.tools.push_back(llmx::tool("get_weather", "Current weather of a city",
                                       R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"));

    for (int turn = 0; turn < 5; ++turn) {
        const auto reply = ai.chat(request);
        if (reply.has_error()) {
            std::cerr << reply.error().message() << '\n';
            return 1;
        }
        const llmx::chat_choice& choice = reply->choices.front();
        if (choice.finish != llmx::finish_reason::tool_calls) {
            std::cout << choice.answer.text() << '\n';
            return 0;
        }
        // The turn is sent back whole: reasoning models require their thinking unchanged.
        request.messages.push_back(choice.answer);
        for (const auto& part : choice.answer.content) {
            if (const auto* call = std::get_if<llmx::tool_call_part>(&part)) {
                std::cout << "calling " << call->name << '(' << call->arguments << ")\n";
                request.messages.push_back(llmx::message::tool_result(call->id, run_tool(*call)));
            }
        }
    }
    std::cerr << "the model kept calling tools\n";
    return 1;
}
