// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if defined(LLMX_SEPARATE_COMPILATION)
namespace llmx::inline LLMX_ABI {

// Used by relocations alone, which link-time optimisation does not see.
[[gnu::used]] extern const char compile_llmx_bodies_in_one_source_file_with_LLMX_IMPLEMENTATION = 0;

} // namespace llmx::inline LLMX_ABI
#endif
