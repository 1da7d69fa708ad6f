// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

namespace llmx::inline LLMX_ABI {

/// A rate and how much of it may come at once.
///
/// \p per_minute of 0 means no limit. The bucket holds \p burst units, or a whole
/// minute's worth when \p burst is 0, and never more than a day's; an empty one is full
/// after burst / per_minute minutes.
class gcra_rate {
public:
    constexpr gcra_rate() = default;
    explicit constexpr gcra_rate(std::uint64_t per_minute, std::uint64_t burst = 0) noexcept
        : per_minute_(per_minute), capacity_(at_most_a_day(burst != 0 ? burst : per_minute, per_minute)),
          each_(per_minute != 0 ? 60e9 / static_cast<double>(per_minute) : 0),
          room_(cost(static_cast<double>(capacity_))) {}

    [[nodiscard]] constexpr bool limited() const noexcept { return per_minute_ != 0; }
    [[nodiscard]] constexpr std::uint64_t per_minute() const noexcept { return per_minute_; }
    /// Units a full bucket holds: no single request larger than that is ever admitted.
    [[nodiscard]] constexpr std::uint64_t capacity() const noexcept { return capacity_; }
    /// Nanoseconds the bucket needs to make up for \p units, at most a day.
    [[nodiscard]] constexpr std::int64_t cost(double units) const noexcept {
        const double ns = units * each_;
        constexpr auto most = static_cast<double>(longest);
        return ns >= most ? longest : ns <= -most ? -longest : static_cast<std::int64_t>(ns);
    }
    /// The same for the whole bucket.
    [[nodiscard]] constexpr std::int64_t room() const noexcept { return room_; }
    static constexpr std::int64_t longest = 86'400'000'000'000;

private:
    static constexpr std::uint64_t at_most_a_day(std::uint64_t units, std::uint64_t per_minute) noexcept {
        return units / 1440 > per_minute ? per_minute * 1440 : units;
    }
    std::uint64_t per_minute_ = 0, capacity_ = 0;
    double each_ = 0;
    std::int64_t room_ = 0;
};

/// Rate limiter in one atomic word (GCRA: ITU-T I.371, the virtual scheduling form).
///
/// Keeps the theoretical arrival time: the moment at which the bucket will be full
/// again. No refill task, no lock; all threads may take at once, and of two that race
/// for the last unit exactly one gets it. The rate is passed in, so that it can change
/// while the level stays. Must not be called with a rate that is not `limited()`.
class gcra {
public:
    /// Takes \p units at \p now. Zero: taken. Otherwise nothing was taken, and after this
    /// time they would fit; `duration::max()` when they never do.
    [[nodiscard]] duration try_take(std::uint64_t units, time_point now, const gcra_rate& rate) noexcept {
        if (units > rate.capacity()) return duration::max();
        const std::int64_t t = ticks(now), cost = rate.cost(static_cast<double>(units));
        const std::int64_t room = rate.room();
        std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            const std::int64_t made = (full_at > t ? full_at : t) + cost;
            if (made - t > room) return std::chrono::nanoseconds(made - t - room);
            if (full_at_.compare_exchange_weak(full_at, made, std::memory_order_relaxed)) return duration::zero();
        }
    }
    /// Corrects an earlier take: positive takes more, whether there is room or not (the
    /// debt delays later takes), negative returns units.
    void settle(std::int64_t units, time_point now, const gcra_rate& rate) noexcept {
        if (units == 0) return;
        const std::int64_t t = ticks(now), cost = rate.cost(static_cast<double>(units));
        std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            // An idle bucket is full: debts begin now, and returned units are lost.
            std::int64_t made = (full_at > t ? full_at : t) + cost;
            // A provider's absurd count must not close the bucket for longer than a day.
            if (made - t > gcra_rate::longest) made = t + gcra_rate::longest;
            if (full_at_.compare_exchange_weak(full_at, made, std::memory_order_relaxed)) return;
        }
    }
    /// The moment from which on \p units fit, if no other call takes any; not after \p now
    /// when they fit already. \p units must not exceed the capacity.
    [[nodiscard]] time_point ready_at(std::uint64_t units, time_point now, const gcra_rate& rate) const noexcept {
        const std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
        if (full_at <= ticks(now)) return now;
        const std::int64_t wait = full_at - ticks(now) + rate.cost(static_cast<double>(units)) - rate.room();
        return wait > 0 ? now + std::chrono::nanoseconds(wait) : now;
    }
    /// Whether the bucket is full, so that a new one would not differ.
    [[nodiscard]] bool idle(time_point now) const noexcept {
        return full_at_.load(std::memory_order_relaxed) <= ticks(now);
    }
    [[nodiscard]] std::int64_t full_at() const noexcept { return full_at_.load(std::memory_order_relaxed); }
    void reset() noexcept { full_at_.store(never, std::memory_order_relaxed); }

private:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
    static std::int64_t ticks(time_point t) noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
    }
    std::atomic<std::int64_t> full_at_{never};
};

} // namespace llmx::inline LLMX_ABI
