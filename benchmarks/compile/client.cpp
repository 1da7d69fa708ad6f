// SPDX-License-Identifier: BSL-1.0
// The ten-line client.
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/openai.hpp>
#include <iostream>

int main() {
    llmx::blocking_client<llmx::openai> ai("gpt-4o");
    std::cout << ai.chat("Hello, llmx!").value().text() << '\n';
}
