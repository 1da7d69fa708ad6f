// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/errc.hpp>
#include <llmx/core/usage.hpp>

#include <chrono>
#include <optional>

namespace llmx::inline LLMX_ABI {

/// Outcome of an attempt or a call, passed to listeners and observers.
struct outcome {
    outcome() = default;
    /// Empty: it succeeded.
    std::optional<errc> failure;
    std::optional<std::chrono::milliseconds> retry_after;
    usage tokens;
    /// Moment of the first event or byte of the answer; zero when none came.
    time_point first_token{};
    time_point began{};
    time_point ended{};
};

} // namespace llmx::inline LLMX_ABI
