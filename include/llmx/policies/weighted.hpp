// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/alias_table.hpp>
#include <llmx/policies/detail/sampling.hpp>
#include <llmx/policies/routers.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Random choice in proportion to `deployment::weight`; the default strategy.
///
/// Keeps nothing between calls. A draw from a precomputed alias table takes constant
/// time; a deployment that is not available is drawn again, which leaves the
/// proportions among the others as they are. Only when draws keep missing are all
/// candidates looked at. Deployments of weight 0 take part only when nothing else is
/// left, then with equal chances.
struct weighted {
    weighted() = default;
    static constexpr std::array<std::string_view, 3> names{"weighted", "simple-shuffle", "simple_shuffle"};

    struct state {};
    class table {
    public:
        table(const weighted&, std::span<const deployment* const> members) : alias_(weights_of(members)) {}

    private:
        friend struct weighted;
        static std::vector<double> weights_of(std::span<const deployment* const> members) {
            std::vector<double> w;
            w.reserve(members.size());
            for (const deployment* d : members) w.push_back(d->weight);
            return w;
        }
        detail::alias_table alias_;
    };

    template <candidate_view C>
    [[nodiscard]] std::size_t pick(const table& t, const C& c, pick_hints& hints) const noexcept {
        if (!t.alias_.empty())
            for (int k = 0; k < detail::sampling_tries; ++k)
                if (const std::size_t i = t.alias_.draw(hints.random()); c.usable(i)) return i;
        // One pass: candidate i replaces the choice with probability w_i / (w_0 + ... + w_i).
        std::size_t chosen = no_candidate, weightless = 0;
        double total = 0;
        for (std::size_t i = 0; i < c.size(); ++i) {
            if (!c.usable(i)) continue;
            if (const double w = c[i].weight; w > 0) {
                total += w;
                if (hints.random.unit() * total < w) chosen = i;
            } else if (total <= 0 && hints.random.below(++weightless) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }
    void started(state&, time_point) const noexcept {}
    void answered(state&, duration, bool, time_point) const noexcept {}
    void finished(state&, const outcome&, time_point) const noexcept {}
};
static_assert(router<weighted>);

} // namespace llmx::inline LLMX_ABI
