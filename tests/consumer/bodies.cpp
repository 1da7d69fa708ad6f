// SPDX-License-Identifier: BSL-1.0
// The one unit with the bodies.
#define LLMX_IMPLEMENTATION
#if defined(SINGLE_HEADER)
#include <llmx.hpp>
#else
#include <llmx/llmx.hpp>
#endif
