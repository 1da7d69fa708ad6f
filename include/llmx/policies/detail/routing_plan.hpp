// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/topology.hpp>
#include <llmx/policies/routers.hpp>
#include <llmx/service/per_deployment.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The order levels of every group of a topology, each with its router's table.
template <router R> class routing_plan {
public:
    struct level {
        level(const R& r, std::span<const deployment* const> m) : members(m), table(r, m) {}
        std::span<const deployment* const> members;
        /// Of the members, in their order: a deployment is large, so a scan that went
        /// through it would miss the cache at each.
        std::vector<typename R::state*> states;
        typename R::table table;
    };
    using levels = std::vector<std::unique_ptr<level>>;

    routing_plan(const R& r, const topology& served) : group_of_(served.deployments().size()) {
        for (const deployment& d : served.deployments()) {
            if (group_of_[d.index] != nullptr) continue;
            const model_group* g = served.find(d.model_group);
            // The name of a wildcard group is none that a caller may use.
            if (is_pattern(d.model_group)) {
                g = nullptr;
                for (const model_group& w : served.wildcards())
                    if (w.members.front()->model_group == d.model_group) g = &w;
            }
            if (g == nullptr) continue;
            const std::span<const deployment* const> all(g->members);
            const auto made = std::make_shared<levels>();
            for (std::size_t first = 0, i = 1; i <= all.size(); ++i)
                if (i == all.size() || all[i]->order != all[first]->order) {
                    made->push_back(std::make_unique<level>(r, all.subspan(first, i - first)));
                    first = i;
                }
            for (const deployment* m : all) group_of_[m->index] = made;
        }
    }
    /// Points the levels at the state of their members; before serving, and after
    /// state was taken over.
    template <class States> void bind(const States& states) {
        for (const auto& group : group_of_) {
            if (group == nullptr) continue;
            for (const auto& l : *group) {
                l->states.clear();
                for (const deployment* d : l->members) l->states.push_back(&states[*d]);
            }
        }
    }
    /// Levels of a group with more than one member, lowest order first. A deployment
    /// belongs to one group only, so the first member decides.
    [[nodiscard]] const levels& of(const model_group& g) const noexcept { return *group_of_[g.members[0]->index]; }

private:
    std::vector<std::shared_ptr<const levels>> group_of_;
};

/// Per-deployment state, which takes no room when there is none.
template <class State, bool = std::is_empty_v<State>> class routing_state : public per_deployment<State> {
public:
    explicit routing_state(std::shared_ptr<const topology> served) : per_deployment<State>(std::move(served)) {}
};
template <class State> class routing_state<State, true> {
public:
    explicit routing_state(const std::shared_ptr<const topology>&) noexcept {}
    void adopt(const routing_state&) noexcept {}
    [[nodiscard]] State& operator[](const deployment&) const noexcept {
        static State none;
        return none;
    }
};

/// Requirements for a deployment to take the call, from the best to the last resort.
enum class suitability : unsigned char {
    free,       ///< not tried in this call, has weight, takes it at once
    weightless, ///< not tried, weight 0, takes it at once
    queues,     ///< not tried, the call would wait in its queue
    tried,      ///< failed in this call already, takes it at once
    tried_queues,
    none,
};
[[nodiscard]] inline suitability suitability_of(const deployment& d, bool tried, time_point available,
                                                time_point now) noexcept {
    if (available > now + queueing) return suitability::none;
    const bool waits = available > now;
    if (tried) return waits ? suitability::tried_queues : suitability::tried;
    if (waits) return suitability::queues;
    return d.weight > 0 ? suitability::free : suitability::weightless;
}

/// The members of one level as one call sees them at one moment.
template <class Next, class State> class level_view {
public:
    using state = State;
    level_view(std::span<const deployment* const> members, std::span<State* const> states, const Next& next,
               const call& c, time_point now, suitability wanted) noexcept
        : members_(members), states_(states), next_(&next), call_(&c), now_(now), wanted_(wanted) {}

    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
    [[nodiscard]] const deployment& operator[](std::size_t i) const noexcept { return *members_[i]; }
    [[nodiscard]] bool usable(std::size_t i) const noexcept {
        const deployment& d = *members_[i];
        return suitability_of(d, call_->has_tried(d), next_->available_at(d, now_), now_) == wanted_;
    }
    [[nodiscard]] State& state_of(std::size_t i) const noexcept { return *states_[i]; }

private:
    std::span<const deployment* const> members_;
    std::span<State* const> states_;
    const Next* next_;
    const call* call_;
    time_point now_;
    suitability wanted_;
};

} // namespace llmx::inline LLMX_ABI::detail
