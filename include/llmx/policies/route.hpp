// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_reader.hpp>
#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/detail/routing_plan.hpp>
#include <llmx/policies/routers.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/model_lookup.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Chooses the deployment of an attempt among the members of the call's group.
///
/// Candidates are the members that the layers inside (breaker, deployment limit,
/// concurrency) would take now. Preferred are those that have not failed in this call,
/// then those with weight; a deployment whose queue the call would wait in, or that has
/// failed already, is taken only when there is no better. Among the best kind the lowest
/// `deployment::order` with available members is used, and the strategy \p R picks from it.
///
/// - `retry` and `hedge` are outside and make further attempts.
/// - A deployment that refuses the call before anything was sent (a limit taken by
///   another core in between) costs no retry: the next one is tried at once.
/// - The attempt's listeners are notified when it failed or brought a whole answer; those of
///   a stream stay until the owner of the stream notifies them.
/// - When no deployment can take the call it fails, with the wait: with `rate_limited` when for at least one of them limits of the
///   gateway are the only reason (`layer_base::limited`), so that waiting helps; else with `no_deployment`.
///
/// Choosing allocates nothing and, with a constant-time strategy, does not visit all
/// members as long as most of them are available.
template <class R = weighted> struct route {
    static_assert(router<R> || sizeof(check_router<R>) != 0);
    route() = default;
    explicit route(R how) : strategy(std::move(how)) {}
    static constexpr stage_position position = at(stage::route);

    R strategy;

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
        using states = detail::routing_state<typename R::state>;
        using view = detail::level_view<Next, typename R::state>;

    public:
        struct memory {
            time_point began{};
            /// Listeners there were before the attempt.
            std::size_t mark = 0;
        };

        layer(const route& policy, std::shared_ptr<const topology> served, Next next)
            : deciding_layer<layer, Next>(std::move(next)), strategy_(policy.strategy), plan_(strategy_, *served),
              states_(std::move(served)) {
            plan_.bind(states_);
        }

        void adopt(layer& previous) {
            states_.adopt(previous.states_);
            plan_.bind(states_);
            this->adopt_next(previous);
        }

        [[nodiscard]] result<void> before(call& c, memory& m) {
            if (served_by(c) == nullptr || c.group->members.empty()) return no_such_model(c);
            const deployment* const d = choose(c, c.moment);
            if (d == nullptr) return none_left(c, c.moment);
            begin(c, m, *d);
            return success();
        }
        std::optional<time_point> after(call& c, memory& m, const result<reply>& r) {
            if (r) {
                succeeded(c, *r, m);
                return std::nullopt;
            }
            failed(c, r.error(), m);
            if (!detail::refused_here(r.error())) return std::nullopt;
            const deployment* const other = choose(c, c.moment, true);
            if (other == nullptr) return std::nullopt;
            begin(c, m, *other);
            return c.moment;
        }

        /// The decision alone: the deployment \p c would go to now, or null. With
        /// \p fresh_only those it has tried are left out.
        [[nodiscard]] const deployment* choose(const call& c, time_point now, bool fresh_only = false) noexcept {
            const model_group& g = *c.group;
            if (g.members.size() == 1) {
                const auto kind = kind_of(*g.members[0], c, now);
                return allowed(kind, fresh_only) ? g.members[0] : nullptr;
            }
            pick_hints hints(random_bits(c.on->random()), now, c.in.stream, &c);
            if (const deployment* d = pick(c, hints, detail::suitability::free)) return d;
            auto best = detail::suitability::none;
            for (const deployment* d : g.members) best = std::min(best, kind_of(*d, c, now));
            return allowed(best, fresh_only) ? pick(c, hints, best) : nullptr;
        }

    private:
        [[nodiscard]] static bool allowed(detail::suitability kind, bool fresh_only) noexcept {
            return kind < (fresh_only ? detail::suitability::tried : detail::suitability::none);
        }
        [[nodiscard]] detail::suitability kind_of(const deployment& d, const call& c, time_point now) const noexcept {
            return detail::suitability_of(d, c.has_tried(d), this->next_.available_at(d, now), now);
        }
        [[nodiscard]] const deployment* pick(const call& c, pick_hints& hints, detail::suitability kind) noexcept {
            for (const auto& level : plan_.of(*c.group)) {
                const view seen(level->members, level->states, this->next_, c, hints.now, kind);
                if (const std::size_t i = strategy_.pick(level->table, seen, hints); i != no_candidate)
                    return level->members[i];
            }
            return nullptr;
        }

        void begin(call& c, memory& m, const deployment& d) noexcept {
            m.began = c.now.began = c.moment;
            m.mark = c.listeners();
            c.now.target = &d;
            c.now.upstream_fields.clear();
            c.report.provider = d.provider;
            c.report.deployment_id = d.id;
            c.report.upstream_model = d.model;
            c.report.first_token = time_point();
            if constexpr (!std::is_empty_v<typename R::state>) {
                strategy_.started(states_[d], c.moment);
                c.on_finish(this, &on_attempt_end);
            }
            if (c.observed_by != nullptr) {
                c.on_finish(nullptr, &observed);
                c.observed_by->attempt_began(c);
            }
        }
        void succeeded(call& c, const reply& r, const memory& m) noexcept {
            const time_point now = c.moment;
            const time_point first = c.report.first_token > m.began ? c.report.first_token : now;
            strategy_.answered(states_[*c.now.target], first - m.began, r.stream != nullptr, now);
            if (r.stream != nullptr) return;
            outcome how;
            how.tokens = r.tokens;
            how.first_token = first;
            how.began = m.began;
            how.ended = now;
            c.finish(how, m.mark);
        }
        void failed(call& c, const error& e, const memory& m) {
            outcome how;
            // A failure of the client's upload is not the deployment's failure.
            how.failure = c.in.source_failed ? errc::cancelled : e.value();
            how.retry_after = e.retry_after();
            how.first_token = c.report.first_token;
            how.began = m.began;
            how.ended = c.moment;
            c.finish(how, m.mark);
            if (!c.has_tried(*c.now.target)) c.tried.push_back(c.now.target->index);
            c.report.trail.emplace_back(c.now.target->id, e.value(), e.provider_status());
        }
        [[nodiscard]] error none_left(const call& c, time_point now) const {
            time_point soonest = time_point::max();
            bool limited = false;
            for (const deployment* d : c.group->members) {
                soonest = std::min(soonest, this->next_.available_at(*d, now));
                limited = limited || this->deciding_layer<layer, Next>::limited(*d, now);
            }
            const std::size_t n = c.group->members.size();
            const std::string all = n == 1 ? std::string("its only deployment is") : "all " + std::to_string(n) + " are";
            error e(limited ? errc::rate_limited : errc::no_deployment,
                    "no deployment of '" + c.group->name + "' is available: " + all +
                        (limited ? " at a limit of the gateway, full or cooling down" : " cooling down, at a limit or full"));
            if (soonest != time_point::max())
                e.with_retry_after(std::chrono::ceil<std::chrono::milliseconds>(std::max(soonest - now, duration(1))));
            return e;
        }
        static void observed(void*, const call& c, const deployment* d, const outcome& how) noexcept {
            outcome own = how;
            own.began = c.now.began;
            c.observed_by->attempt_ended(c, *d, own);
        }
        static void on_attempt_end(void* self, const call& c, const deployment* d, const outcome& how) noexcept {
            auto& me = *static_cast<layer*>(self);
            me.strategy_.finished(me.states_[*d], how, c.end_of(how));
        }

        R strategy_;
        detail::routing_plan<R> plan_;
        states states_;
    };
};
static_assert(policy<route<>>);

/// A router whose strategy a configuration may choose, as `any_router` does.
template <class R>
concept choosable_router = requires(R& r, std::string_view name) {
    { r.choose(name) } -> std::same_as<result<void>>;
};

/// `router_settings.routing_strategy`, for a router that has several. With one strategy only the key has no effect, and
/// a warning reports that.
template <class R> void read_settings(settings_reader& top, route<R>& into) {
    settings_reader& at = top.at("router_settings").at("routing_strategy");
    std::string name;
    if constexpr (!choosable_router<R>) {
        if (at.given()) at.warn("this program has one strategy, the key has no effect");
    } else if (at.text(name)) {
        // LiteLLM's other strategies: a configuration that names one works with the first of this program.
        constexpr std::string_view lacking[] = {"usage-based-routing", "usage-based-routing-v2", "cost-based-routing", "provider-budget-routing", "lar1"};
        if (const result<void> chosen = into.strategy.choose(name); !chosen) {
            if (std::find(std::begin(lacking), std::end(lacking), name) == std::end(lacking)) at.fail(chosen.error().message());
            else at.lack(chosen.error().message(), "the default strategy is used");
        }
    }
}

} // namespace llmx::inline LLMX_ABI
