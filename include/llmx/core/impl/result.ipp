// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <cstdio>
#include <cstdlib>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void throw_call_failed(const error& e) {
#if defined(__cpp_exceptions)
    throw call_failed(e);
#else
    std::fprintf(stderr, "llmx: %s\n", e.message().c_str());
    std::abort();
#endif
}

LLMX_DECL const error& error_of_success() noexcept {
    static const error none(errc::internal, "error() was called on a result that is a success; check has_error() first");
    return none;
}

} // namespace llmx::inline LLMX_ABI::detail
