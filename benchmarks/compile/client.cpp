// SPDX-License-Identifier: BSL-1.0
// The ten-line client.
#include <llmx/gateway/client.hpp>
#include <llmx/providers/openai.hpp>
#include <iostream>

int main() {
    llmx::client<llmx::openai> ai("gpt-4o");
    std::cout << ai.chat("Hello, llmx!").value().text() << '\n';
}
