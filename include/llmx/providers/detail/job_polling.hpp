// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// When the state of a vendor's job is asked for next: a decision without I/O, for one job.
///
/// The pauses grow by half up to a limit, so that a short job is found early and a long one costs few requests. A look that fails
/// counts apart: some in a row end the wait.
class job_polling {
public:
    /// \p first is the pause before the first look, \p longest that before late ones. The defaults suit jobs of seconds to minutes.
    explicit job_polling(duration first = std::chrono::milliseconds(500), duration longest = std::chrono::seconds(5)) noexcept
        : pause_(first), longest_(longest) {}

    /// The job is under way at \p now: when to look again.
    [[nodiscard]] time_point pending(time_point now) noexcept {
        failures_ = 0;
        return now + take_pause();
    }
    /// The state could not be had at \p now: when to try again; nothing after `most_failures` in a row.
    [[nodiscard]] std::optional<time_point> failed(time_point now) noexcept {
        if (++failures_ >= most_failures) return std::nullopt;
        return now + take_pause();
    }
    static constexpr std::uint32_t most_failures = 3;

private:
    [[nodiscard]] duration take_pause() noexcept {
        const duration now = pause_;
        pause_ = std::min(longest_, pause_ + pause_ / 2);
        return now;
    }
    duration pause_, longest_;
    std::uint32_t failures_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail
