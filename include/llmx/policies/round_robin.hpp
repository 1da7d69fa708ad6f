// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/routers.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// One after the other; weights other than 0 do not matter.
///
/// A counter per group and order level, shared by all cores. A deployment that is not
/// available is stepped over, so its successor takes its share meanwhile.
struct round_robin {
    round_robin() = default;
    static constexpr std::array<std::string_view, 2> names{"round_robin", "round-robin"};

    struct state {};
    class table {
    public:
        table(const round_robin&, std::span<const deployment* const>) noexcept {}

    private:
        friend struct round_robin;
        std::atomic<std::uint32_t> next_{0};
    };

    template <candidate_view C> [[nodiscard]] std::size_t pick(table& t, const C& c, pick_hints&) const noexcept {
        const std::size_t n = c.size();
        if (n == 0) return no_candidate;
        std::size_t i = t.next_.fetch_add(1, std::memory_order_relaxed) % n;
        for (std::size_t k = 0; k < n; ++k) {
            if (c.usable(i)) return i;
            if (++i == n) i = 0;
        }
        return no_candidate;
    }
    void started(state&, time_point) const noexcept {}
    void answered(state&, duration, bool, time_point) const noexcept {}
    void finished(state&, const outcome&, time_point) const noexcept {}
};
static_assert(router<round_robin>);

} // namespace llmx::inline LLMX_ABI
