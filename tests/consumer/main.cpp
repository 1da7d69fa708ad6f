// SPDX-License-Identifier: BSL-1.0
// What a user's project is: one call to the mock, through the installed or copied headers.
#if defined(SINGLE_HEADER)
#include <llmx.hpp>
#else
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/mock.hpp>
#endif

#include <cstdio>

int other_unit();

int main() {
    llmx::blocking_client<llmx::mock> ai("echo");
    const auto reply = ai.chat("consumed");
    if (reply.has_error() || reply->text() != "consumed") return 1;
    std::puts(reply->text().c_str());
    return other_unit();
}
