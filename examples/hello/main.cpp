// SPDX-License-Identifier: BSL-1.0
// The smallest client: one header, one provider, one question.
#include <llmx.hpp>

#include <iostream>

int main() {
    llmx::blocking_client<llmx::mock> ai("echo"); // or llmx::blocking_client<llmx::openai> ai("gpt-4o");
    std::cout << ai.chat("Hello, llmx!")->text() << '\n'; // a failure throws llmx::call_failed, which names the cause
}
