// SPDX-License-Identifier: BSL-1.0
// Uses a body of llmx and, with PASSES_ERROR, gives an object of llmx to another unit.
#include <llmx/wire/url.hpp>

int takes_error(const llmx::error& e);

int main() {
    const auto url = llmx::parse_base_url("ftp://127.0.0.1");
#if defined(PASSES_ERROR)
    return takes_error(url.error());
#else
    return url.has_error() ? 0 : 1;
#endif
}
