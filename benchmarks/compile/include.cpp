// SPDX-License-Identifier: BSL-1.0
// The include alone.
#include <llmx/llmx.hpp>
