// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/routers.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline v0 {

/// The deployment with the fewest calls in flight, a random one among equals.
///
/// A call counts from its start until its answer, or its stream, has ended or was
/// abandoned. Looks at every candidate: meant for groups of tens of deployments, for
/// thousands prefer `latency`, which looks at two. Weights other than 0 do not matter.
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
        std::size_t chosen = no_candidate, equals = 0;
        std::uint32_t least = 0xffffffffu;
        for (std::size_t i = 0; i < c.size(); ++i) {
            const std::uint32_t load = c.state_of(i).in_flight.load(std::memory_order_relaxed);
            if (load > least || !c.usable(i)) continue;
            if (load < least) equals = 0;
            least = load;
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

} // namespace llmx::inline v0
