// SPDX-License-Identifier: BSL-1.0
// The smallest client: one header, one provider, one question.
#include <llmx.hpp>

#include <iostream>

int main() {
    llmx::client<llmx::mock> ai("echo"); // or llmx::client<llmx::openai> ai("gpt-4o");
    const auto reply = ai.chat("Hello, llmx!");
    std::cout << (reply.has_value() ? reply->text() : reply.error().message()) << '\n';
    return reply.has_value() ? 0 : 1;
}
