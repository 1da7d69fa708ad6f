// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <chrono>

namespace llmx::inline LLMX_ABI {

/// The monotonic clock that all deadlines and durations are measured on. Its
/// values always come in from outside (`runtime::now`), never from a policy.
using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;

} // namespace llmx::inline LLMX_ABI
