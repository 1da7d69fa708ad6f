// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <compare>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The position of a policy between the caller and the network, outermost first.
///
/// `gateway` sorts its policies by stage, so they may be named in any order. A layer
/// of your own names the stage that it is `before` or `after` (see `stage_position`).
enum class stage : std::uint8_t {
    observe,
    authenticate,
    guard,
    transform,
    budget,
    cache,
    rate_limit,
    fallback,
    retry,
    hedge,
    route,
    breaker,
    deployment_limit,
    concurrency,
    attempt_timeout,
    transport,
};

/// Stages where a second policy would contradict the first.
[[nodiscard]] constexpr bool one_seat(stage s) noexcept {
    return s == stage::fallback || s == stage::retry || s == stage::hedge || s == stage::route ||
           s == stage::breaker || s == stage::concurrency || s == stage::attempt_timeout || s == stage::transport;
}

/// A place in the order, comparable as a number: a stage's own policies are between
/// those of policies with a position before and after it.
struct stage_position {
    int value = 0;
    friend constexpr auto operator<=>(stage_position, stage_position) = default;
};
[[nodiscard]] constexpr stage_position at(stage s) noexcept { return stage_position{static_cast<int>(s) * 4 + 1}; }
[[nodiscard]] constexpr stage_position before(stage s) noexcept { return stage_position{static_cast<int>(s) * 4}; }
[[nodiscard]] constexpr stage_position after(stage s) noexcept { return stage_position{static_cast<int>(s) * 4 + 2}; }

} // namespace llmx::inline LLMX_ABI
