// SPDX-License-Identifier: BSL-1.0
// The bodies that abi_user.cpp needs.
#include <llmx/src/core.hpp>
#include <llmx/src/wire.hpp>
