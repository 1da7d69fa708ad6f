// SPDX-License-Identifier: BSL-1.0
// All bodies in one unit, what a program without CMake compiles once.
#define LLMX_IMPLEMENTATION
#include <llmx/llmx.hpp>
