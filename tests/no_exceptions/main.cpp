// SPDX-License-Identifier: BSL-1.0
// The vocabulary without exceptions: a failure asked for its value prints its sentence and aborts.
#include <llmx/core/result.hpp>

#include <csignal>
#include <cstdlib>

#if defined(__cpp_exceptions)
#error "this program is about -fno-exceptions"
#endif

int main() {
    std::signal(SIGABRT, [](int) { std::_Exit(0); });
    const llmx::result<int> r = llmx::error(llmx::errc::bad_configuration, "no key: set OPENAI_API_KEY");
    return r.value() + 1;
}
