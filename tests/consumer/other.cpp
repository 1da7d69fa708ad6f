// SPDX-License-Identifier: BSL-1.0
// A second translation unit: everything must link when two include the same headers.
#if defined(SINGLE_HEADER)
#include <llmx.hpp>
#else
#include <llmx/llmx.hpp>
#endif

int other_unit() { return llmx::http_status_of(llmx::errc::shed) == 503 ? 0 : 1; }
