// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace llmx::inline LLMX_ABI::detail {

/// An exponentially decaying mean of durations in one atomic word: the value as a float
/// and the millisecond of its last sample.
///
/// A sample that comes t after the one before weighs 1 - exp(-t / tau), so the rate of
/// calls does not matter. Lock-free; all threads may read and observe at once.
class decaying_mean {
public:
    /// Nanoseconds, decayed towards 0 by the age of the last sample; negative when there
    /// is no sample younger than 3 \p tau, for a slow deployment may have recovered.
    [[nodiscard]] float read(time_point now, duration tau) const noexcept {
        const std::uint64_t w = word_.load(std::memory_order_relaxed);
        if (w == 0) return -1;
        const float age = age_of(w, now, tau);
        return age >= 3 ? -1.0f : value_of(w) * std::exp(-age);
    }
    /// \p peak: a sample above the mean replaces it at once.
    void observe(duration sample, bool peak, time_point now, duration tau) noexcept {
        const float s = std::max(1.0f, static_cast<float>(std::chrono::nanoseconds(sample).count()));
        std::uint64_t old = word_.load(std::memory_order_relaxed);
        for (;;) {
            float mean = s;
            std::uint32_t stamp = milliseconds(now);
            if (old != 0) {
                const float before = value_of(old), age = age_of(old, now, tau);
                if (age < 3 && !(peak && s > before)) {
                    const float keep = std::exp(-age);
                    mean = before * keep + s * (1 - keep);
                }
                if (age <= 0) stamp = static_cast<std::uint32_t>(old); // another core's clock is ahead
            }
            const std::uint64_t made = (std::uint64_t{std::bit_cast<std::uint32_t>(mean)} << 32) | stamp;
            if (word_.compare_exchange_weak(old, made, std::memory_order_relaxed)) return;
        }
    }

private:
    static std::uint32_t milliseconds(time_point t) noexcept {
        return static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count());
    }
    static float value_of(std::uint64_t w) noexcept {
        return std::bit_cast<float>(static_cast<std::uint32_t>(w >> 32));
    }
    /// In units of tau. The stamp wraps every 49 days, so differences are taken modulo
    /// that; a stamp slightly in the future counts as now.
    static float age_of(std::uint64_t w, time_point now, duration tau) noexcept {
        const auto since = static_cast<std::int32_t>(milliseconds(now) - static_cast<std::uint32_t>(w));
        const float ms = static_cast<float>(std::max<std::int32_t>(since, 0));
        return ms / std::max(1.0f, std::chrono::duration<float, std::milli>(tau).count());
    }

    std::atomic<std::uint64_t> word_{0};
};

} // namespace llmx::inline LLMX_ABI::detail
