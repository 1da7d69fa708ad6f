// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/error.hpp>

int takes_error(const llmx::error& e);
int takes_error(const llmx::error& e) { return e.value() == llmx::errc::bad_configuration ? 0 : 1; }
