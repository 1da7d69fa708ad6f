// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/policies/detail/circuit.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/per_deployment.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Takes a failing deployment out of rotation, and returns to it step by step.
///
/// Failures that count: 429, 401, 404, 408, 5xx and failures of the network; other answers in the
/// 400s show that the deployment works, a call that was cancelled or refused by a
/// limit of the gateway shows nothing. A passed deadline counts when the attempt had lasted
/// `patience`, so that no caller can close a deployment with tiny deadlines.
///
/// When it opens:
/// - at once on 429, 401 and 404, and when the provider sends `retry-after`, if
///   the group has other members;
/// - on more than `allowed_fails` failures in a row, or in the window and then more than
///   `failure_share` of at least five answers;
/// - a group's only member stays open for calls unless `allowed_fails` or its own
///   `deployment::cool_down` was set, or a minute brought 1,000 failures and no success:
///   there is no alternative, and the provider's own answer is more informative than the breaker's.
///
/// How long: `cool_down`, or the deployment's own, or the provider's `retry-after`,
/// whichever is longest; 0 turns the breaker off. The end is an absolute moment
/// that later failures move further away and never nearer.
///
/// How it returns: one call may try, then 2, 4, 8 at once, a step after as many successes
/// as the step admits; when one fails it rests twice as long as before, at most
/// `max_cool_down`.
///
/// Is inside `route`, which calls `available_at` first, and outside the limits, so that calls
/// refused by those are not held against the deployment. State is three atomic words for
/// each deployment, kept over a reload. A stream that tries a resting deployment has
/// succeeded when its first piece is there; in the counts a stream has the result of its end.
struct breaker {
    breaker() = default;
    static constexpr stage_position position = at(stage::breaker);

    /// Failures that are tolerated; unset: 3 in groups with other members.
    std::optional<std::uint32_t> allowed_fails;
    duration window = std::chrono::seconds(60);
    /// 0: `allowed_fails` alone decides, however many successes there were.
    double failure_share = 0.5;
    duration cool_down = std::chrono::seconds(5);
    duration max_cool_down = std::chrono::seconds(60);
    /// Upper bound of a `retry-after`.
    duration max_retry_after = std::chrono::hours(1);
    duration patience = std::chrono::seconds(10);
    /// False: no deployment is taken out, whatever its own `cool_down` is.
    bool enabled = true;

    static constexpr auto keys =
        settings_keys(config_key("allowed_fails", &breaker::allowed_fails).in("litellm_settings", "router_settings"),
                      config_key("cooldown_time", &breaker::cool_down).in("router_settings").or_zero());

    breaker& allow(std::uint32_t fails) noexcept {
        allowed_fails = fails;
        return *this;
    }
    breaker& rest(duration first, duration longest) noexcept {
        cool_down = first;
        max_cool_down = longest;
        return *this;
    }

    /// How a failure counts for the deployment. \p lasted is the attempt's duration;
    /// \p callers_model: the caller chose the model ("*"), so that the provider does not have
    /// it gives no information about the deployment.
    LLMX_DECL [[nodiscard]] detail::circuit::verdict judge(const error& e, duration lasted, bool has_others,
                                                           bool callers_model = false) const noexcept;
    /// The circuit's settings for one deployment of a group.
    LLMX_DECL [[nodiscard]] detail::circuit::rules rules_for(const deployment& d, bool has_others) const noexcept;

    template <class Next> class layer;
};

/// `router_settings.disable_cooldowns`; a `cool_down` beyond `max_cool_down` raises that.
LLMX_DECL void read_settings(settings_reader& top, breaker& into);

template <class Next> class breaker::layer : public deciding_layer<breaker::layer<Next>, Next> {
    using circuit = detail::circuit;

public:
    struct memory {
        /// Nothing where the breaker is off.
        std::optional<circuit::pass> pass;
        time_point began{};
    };

    layer(const breaker& policy, std::shared_ptr<const topology> served, Next next)
        : deciding_layer<layer, Next>(std::move(next)), policy_(policy), circuits_(served) {
        std::map<std::string_view, std::size_t> members;
        for (const deployment& d : served->deployments()) ++members[d.model_group];
        for (const deployment& d : served->deployments()) {
            has_others_.push_back(members[d.model_group] > 1);
            rules_.push_back(policy_.rules_for(d, has_others_.back()));
        }
    }
    void adopt(layer& previous) {
        circuits_.adopt(previous.circuits_);
        this->adopt_next(previous);
    }
    [[nodiscard]] time_point available_at(const deployment& d, time_point now) const noexcept {
        return std::max(circuits_[d].available_at(now), this->next_.available_at(d, now));
    }
    [[nodiscard]] bool limited(const deployment& d, time_point now) const noexcept {
        return circuits_[d].available_at(now) <= now && deciding_layer<layer, Next>::limited(d, now);
    }

    [[nodiscard]] result<void> before(call& c, memory& m) {
        const deployment& d = *c.now.target;
        if (rules_[d.index].off()) return success();
        circuit& state = circuits_[d];
        m.began = c.moment;
        m.pass.emplace(state, m.began);
        if (!*m.pass) return resting(d, state.available_at(m.began), m.began);
        return success();
    }
    std::optional<time_point> after(call& c, memory& m, const result<reply>& r) {
        if (!m.pass) return std::nullopt;
        const std::size_t at = c.now.target->index;
        // A caller's own key or server shows nothing of the deployment's.
        if (c.now.own_place != nullptr) {
            m.pass->failed(circuit::verdict::neutral, duration::zero(), c.moment, rules_[at]);
            return std::nullopt;
        }
        if (r && r->stream != nullptr) {
            m.pass->began_stream();
            c.on_finish(this, &on_attempt_end);
        } else if (r) {
            m.pass->succeeded(c.moment, rules_[at]);
        } else {
            m.pass->failed(policy_.judge(r.error(), c.moment - m.began, has_others_[at], is_pattern(c.now.target->model)),
                           bounded(r.error().retry_after()), c.moment, rules_[at]);
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] duration bounded(std::optional<std::chrono::milliseconds> asked) const noexcept {
        if (!asked || asked->count() <= 0) return duration::zero();
        const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(policy_.max_retry_after);
        return duration(std::min(*asked, most));
    }
    [[nodiscard]] static error resting(const deployment& d, time_point until, time_point now) {
        error e(errc::no_deployment, "deployment '" + d.id + "' is cooling down");
        e.with_retry_after(std::chrono::ceil<std::chrono::milliseconds>(std::max(until - now, duration(1))));
        return e;
    }
    /// Records how a returned stream ended.
    static void on_attempt_end(void* self, const call& c, const deployment* d, const outcome& how) noexcept {
        const bool broken = how.failure && detail::breaks_circuit(*how.failure);
        if (how.failure && !broken) return;
        auto& me = *static_cast<layer*>(self);
        me.circuits_[*d].stream_ended(broken, c.on->now(), me.rules_[d->index]);
    }

    breaker policy_;
    per_deployment<circuit> circuits_;
    std::vector<circuit::rules> rules_;
    std::vector<bool> has_others_;
};
static_assert(policy<breaker>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/breaker.ipp>
#endif
