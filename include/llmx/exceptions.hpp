// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// Included by what cannot be compiled without exceptions: coroutines, the gateway, the transport and the server. The
/// vocabulary (`core/`) can; there a failure whose value is asked for ends the program.

#include <llmx/config.hpp>

#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
// See config.hpp for the reason why this is not an `#error`.
#include "llmx: exceptions are needed: compile without -fno-exceptions"
#endif
