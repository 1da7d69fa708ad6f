// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/circuit.hpp>
#include <llmx/policies/detail/failure_kind.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// `circuit::ramp_` unpacked. `step` 0 is closed; while half open 2^(step-1) calls may try.
struct circuit_ramp {
    explicit circuit_ramp(std::uint64_t w) noexcept
        : step(static_cast<std::uint8_t>(w)), openings(static_cast<std::uint8_t>(w >> 8)),
          successes(static_cast<std::uint16_t>(w >> 16)), probing(static_cast<std::uint32_t>(w >> 32)) {}
    [[nodiscard]] std::uint64_t packed() const noexcept {
        return std::uint64_t{step} | std::uint64_t{openings} << 8 | std::uint64_t{successes} << 16 |
               std::uint64_t{probing} << 32;
    }
    [[nodiscard]] std::uint32_t width() const noexcept { return std::uint32_t{1} << (step - 1); }
    std::uint8_t step, openings;
    std::uint16_t successes;
    /// Probes under way, also those of an earlier time half open.
    std::uint32_t probing;
};

/// `circuit::counts_` unpacked: the results of the present window.
struct circuit_counts {
    explicit circuit_counts(std::uint64_t w) noexcept
        : window(static_cast<std::uint32_t>(w & 0xffffff)), in_a_row(static_cast<std::uint8_t>(w >> 24)),
          failures(static_cast<std::uint16_t>(w >> 32)), successes(static_cast<std::uint16_t>(w >> 48)) {}
    [[nodiscard]] std::uint64_t packed() const noexcept {
        return std::uint64_t{window} | std::uint64_t{in_a_row} << 24 | std::uint64_t{failures} << 32 |
               std::uint64_t{successes} << 48;
    }
    void turn_to(time_point now, duration length) noexcept {
        const auto ticks = now.time_since_epoch().count() / std::max<duration::rep>(length.count(), 1);
        const auto present = static_cast<std::uint32_t>(ticks & 0xffffff);
        if (present == window) return;
        // A run of failures continues in the next window, older ones are discarded.
        if (present != ((window + 1) & 0xffffff)) in_a_row = 0;
        window = present;
        failures = successes = 0;
    }
    /// Halving both keeps their proportion.
    void make_room() noexcept {
        if (failures < 0xffff && successes < 0xffff) return;
        failures = static_cast<std::uint16_t>(failures / 2);
        successes = static_cast<std::uint16_t>(successes / 2);
    }
    std::uint32_t window;
    std::uint8_t in_a_row;
    std::uint16_t failures, successes;
};

LLMX_DECL bool breaks_circuit(errc e) noexcept {
    return failure_kind(e).deployment != deployment_is::sound;
}

LLMX_DECL time_point circuit::available_at(time_point now) const noexcept {
    const time_point until = open_until();
    if (until > now) return until;
    const circuit_ramp ramp(ramp_.load(std::memory_order_acquire));
    return ramp.step == 0 || ramp.probing < ramp.width() ? now : now + probe_time;
}

LLMX_DECL circuit::pass::pass(circuit& from, time_point now) noexcept : from_(&from), began_(now) {
    if (from.open_until() > now) return;
    std::uint64_t word = from.ramp_.load(std::memory_order_acquire);
    for (;;) {
        circuit_ramp ramp(word);
        if (ramp.step == 0) {
            granted_ = true;
            return;
        }
        if (ramp.probing >= ramp.width()) return;
        ++ramp.probing;
        if (from.ramp_.compare_exchange_weak(word, ramp.packed(), std::memory_order_acq_rel)) {
            granted_ = probing_ = true;
            return;
        }
    }
}

LLMX_DECL void circuit::pass::leave() noexcept {
    if (!probing_) return;
    probing_ = false;
    from_->ramp_.fetch_sub(std::uint64_t{1} << 32, std::memory_order_acq_rel);
}

LLMX_DECL void circuit::pass::succeeded(time_point now, const rules& r) noexcept {
    const bool probed = probing_;
    leave();
    if (from_->open_until() > began_) return; // an answer from before it opened
    if (probed) from_->climb();
    from_->count_success(now, r);
}

LLMX_DECL void circuit::pass::began_stream() noexcept {
    const bool probed = probing_;
    leave();
    if (probed && from_->open_until() <= began_) from_->climb();
}

LLMX_DECL void circuit::pass::failed(verdict v, duration asked, time_point now, const rules& r) noexcept {
    if (v == verdict::works) return succeeded(now, r);
    leave();
    if (v == verdict::neutral) return;
    if (from_->open_until() > began_) {
        // It opened meanwhile, for failures like this one; only the provider's own request adds to it.
        if (asked > duration::zero() && !r.reluctant) from_->rest_until(now + asked);
        return;
    }
    const bool half_open = circuit_ramp(from_->ramp_.load(std::memory_order_acquire)).step != 0;
    const bool too_many = from_->count_failure(now, r);
    if (half_open || v == verdict::open || too_many) from_->open(asked, now, r);
}

LLMX_DECL void circuit::stream_ended(bool broken, time_point now, const rules& r) noexcept {
    // When it began is not known here, so it may open a closed circuit and no more.
    if (open_until() > now || circuit_ramp(ramp_.load(std::memory_order_acquire)).step != 0) return;
    if (!broken)
        count_success(now, r);
    else if (count_failure(now, r))
        open(duration::zero(), now, r);
}

LLMX_DECL void circuit::rest_until(time_point when) noexcept {
    const duration::rep made = when.time_since_epoch().count();
    duration::rep old = open_until_.load(std::memory_order_acquire);
    while (old < made && !open_until_.compare_exchange_weak(old, made, std::memory_order_acq_rel)) {}
}

LLMX_DECL void circuit::open(duration asked, time_point now, const rules& r) noexcept {
    if (open_until() > now) return rest_until(now + std::max(r.cool_down, asked)); // another core was faster
    std::uint64_t word = ramp_.load(std::memory_order_acquire);
    const unsigned openings = circuit_ramp(word).openings;
    const duration longest = std::max(r.cool_down, r.max_cool_down);
    duration rest = r.cool_down;
    for (unsigned i = 0; i < openings && rest < longest; ++i) rest *= 2;
    // Closed for callers before the ramp is reset, or one would slip through in between.
    rest_until(now + std::max(std::min(rest, longest), asked));
    for (;;) {
        circuit_ramp ramp(word);
        if (ramp.openings != openings) break; // the same failure, counted by another core
        ramp.step = 1;
        ramp.successes = 0;
        if (ramp.openings < 0xff) ++ramp.openings;
        if (ramp_.compare_exchange_weak(word, ramp.packed(), std::memory_order_acq_rel)) break;
    }
    counts_.store(0, std::memory_order_release);
}

LLMX_DECL void circuit::climb() noexcept {
    std::uint64_t word = ramp_.load(std::memory_order_acquire);
    for (;;) {
        circuit_ramp ramp(word);
        if (ramp.step == 0) return;
        if (++ramp.successes >= ramp.width()) {
            ramp.successes = 0;
            if (++ramp.step > steps) ramp.step = ramp.openings = 0;
        }
        if (ramp_.compare_exchange_weak(word, ramp.packed(), std::memory_order_acq_rel)) return;
    }
}

LLMX_DECL void circuit::count_success(time_point now, const rules& r) noexcept {
    std::uint64_t word = counts_.load(std::memory_order_relaxed);
    for (;;) {
        circuit_counts n(word);
        n.turn_to(now, r.window);
        n.make_room();
        n.in_a_row = 0;
        ++n.successes;
        if (counts_.compare_exchange_weak(word, n.packed(), std::memory_order_relaxed)) return;
    }
}

LLMX_DECL bool circuit::count_failure(time_point now, const rules& r) noexcept {
    std::uint64_t word = counts_.load(std::memory_order_relaxed);
    for (;;) {
        circuit_counts n(word);
        n.turn_to(now, r.window);
        n.make_room();
        if (n.in_a_row < 0xff) ++n.in_a_row;
        ++n.failures;
        if (!counts_.compare_exchange_weak(word, n.packed(), std::memory_order_relaxed)) continue;
        if (r.reluctant) return n.failures >= 1000 && n.successes == 0;
        const std::uint32_t total = std::uint32_t{n.failures} + n.successes;
        const bool share =
            r.failure_share <= 0 || (total >= 5 && static_cast<double>(n.failures) > r.failure_share * total);
        return n.in_a_row > std::min<std::uint32_t>(r.allowed_fails, 0xfe) || (n.failures > r.allowed_fails && share);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
