// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/sampling.hpp>
#include <llmx/policies/routers.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The deployment with the fewest calls in flight, a random one among equals.
///
/// A call counts from its start until its answer, or its stream, has ended or was
/// abandoned. Where many are idle it finds one of them by drawing; otherwise it reads
/// every candidate's load, so for groups of thousands prefer `latency`, which reads two.
/// Weights other than 0 do not matter.
struct least_busy {
    least_busy() = default;
    static constexpr std::array<std::string_view, 2> names{"least_busy", "least-busy"};

    struct state {
        std::atomic<std::uint32_t> in_flight{0};
    };
    struct table {
        table(const least_busy&, std::span<const deployment* const>) noexcept {}
    };

    template <candidate_view C>
    [[nodiscard]] std::size_t pick(const table&, const C& c, pick_hints& hints) const noexcept {
        const std::size_t n = c.size();
        const auto load = [&](std::size_t i) noexcept {
            return c.state_of(i).in_flight.load(std::memory_order_relaxed);
        };
        // An idle one found by drawing is a random one among the least.
        for (int k = 0; n > 1 && k < detail::sampling_tries; ++k)
            if (const std::size_t i = hints.random.below(n); load(i) == 0 && c.usable(i)) return i;
        // Then among the least of all, as long as those happen to be usable.
        std::uint32_t least = 0xffffffffu;
        std::size_t equals = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t l = load(i);
            equals = l < least ? 1 : equals + (l == least);
            least = l < least ? l : least;
        }
        for (int k = 0; equals != 0 && k < 2; ++k) {
            std::size_t skip = hints.random.below(equals), i = 0;
            // Other cores change the loads meanwhile: the last one passed is good enough.
            for (std::size_t at = 0; at < n; ++at)
                if (load(at) == least) {
                    i = at;
                    if (skip-- == 0) break;
                }
            if (c.usable(i)) return i;
        }
        std::size_t chosen = no_candidate;
        least = 0xffffffffu;
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t l = load(i);
            if (l > least || !c.usable(i)) continue;
            if (l < least) equals = 0;
            least = l;
            if (hints.random.below(++equals) == 0) chosen = i;
        }
        return chosen;
    }
    void started(state& s, time_point) const noexcept { s.in_flight.fetch_add(1, std::memory_order_relaxed); }
    void answered(state&, duration, bool, time_point) const noexcept {}
    void finished(state& s, const outcome&, time_point) const noexcept {
        s.in_flight.fetch_sub(1, std::memory_order_relaxed);
    }
};
static_assert(router<least_busy>);

} // namespace llmx::inline LLMX_ABI
