// SPDX-License-Identifier: BSL-1.0
// One call to the mock provider, which needs no account.
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/mock.hpp>

#include <cstdio>

int main() {
    llmx::blocking_client<llmx::mock> ai("echo");
    const auto reply = ai.chat("packaged");
    if (reply.has_error() || reply->text() != "packaged") return 1;
    std::puts(reply->text().c_str());
}
