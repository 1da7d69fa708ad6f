// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/detail/token_account.hpp>
#include <llmx/policies/gcra.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/per_deployment.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Keeps each deployment within its `requests_per_minute` and `tokens_per_minute`.
///
/// An attempt takes one request and reserves `call::estimated_tokens`; when it ends the
/// reservation is corrected to the actual use. An attempt that has certainly not sent anything returns
/// its request.
///
/// - `route`, outside, calls `available_at` and sends calls elsewhere; of two cores that
///   race for the last request one is refused with `rate_limited` before anything was
///   sent, and `route` tries the next deployment.
/// - Limits of 0 cost one comparison. An estimate larger than a whole bucket could never
///   be admitted and is refused with `param` "max_tokens".
struct deployment_limit {
    deployment_limit() = default;
    static constexpr stage_position position = at(stage::deployment_limit);

    /// Units a bucket holds, as a share of the limit per minute; 1 allows a whole
    /// minute's worth at once, as providers' own limits do.
    double burst = 1;

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};

        layer(const deployment_limit& policy, std::shared_ptr<const topology> served, Next next)
            : deciding_layer<layer, Next>(std::move(next)), levels_(served) {
            for (const deployment& d : served->deployments()) {
                const auto rate = [&](std::uint64_t per_minute) {
                    const double held = std::max(1.0, static_cast<double>(per_minute) * policy.burst);
                    return gcra_rate(per_minute, static_cast<std::uint64_t>(held));
                };
                rates_.push_back(limits(rate(d.requests_per_minute), rate(d.tokens_per_minute)));
            }
        }
        void adopt(layer& previous) {
            levels_.adopt(previous.levels_);
            this->adopt_next(previous);
        }
        [[nodiscard]] time_point available_at(const deployment& d, time_point now) const noexcept {
            return std::max(own_available_at(d, now), this->next_.available_at(d, now));
        }
        [[nodiscard]] bool limited(const deployment& d, time_point now) const noexcept {
            const bool others = this->next_.available_at(d, now) <= now || deciding_layer<layer, Next>::limited(d, now);
            return own_available_at(d, now) > now ? others : deciding_layer<layer, Next>::limited(d, now);
        }
        [[nodiscard]] result<void> before(call& c, memory&) {
            const limits& rate = rates_[c.now.target->index];
            if (rate.requests.limited() || rate.tokens.limited()) {
                level& l = levels_[*c.now.target];
                if (const auto admitted = detail::take(l, rate, c.in.reserved_tokens(), c.moment); !admitted) {
                    error e = admitted.error();
                    e.with_message("deployment '" + c.now.target->id + "': " + e.message());
                    return e;
                }
                c.on_finish(this, &on_attempt_end);
                if (c.in.operation->answer == operation_info::answers::duplex) c.on_charge(this, &on_charge);
            }
            return success();
        }
        std::optional<time_point> after(const call& c, memory&, const result<reply>& r) noexcept {
            const limits& rate = rates_[c.now.target->index];
            // A limit inside has refused the call before anything was sent; the outcome alone does not show that.
            if (!r && rate.requests.limited() && r.error().value() == errc::rate_limited && detail::refused_here(r.error()))
                levels_[*c.now.target].requests.settle(-1, c.moment, rate.requests);
            return std::nullopt;
        }

    private:
        [[nodiscard]] time_point own_available_at(const deployment& d, time_point now) const noexcept {
            time_point at = now;
            const limits& rate = rates_[d.index];
            if (rate.requests.limited()) at = std::max(at, levels_[d].requests.ready_at(1, now, rate.requests));
            if (rate.tokens.limited()) at = std::max(at, levels_[d].tokens.ready_at(1, now, rate.tokens));
            return at;
        }
        using level = detail::token_account;
        using limits = detail::account_rates;
        static result<void> on_charge(void* self, call& c, const deployment* d, std::uint64_t tokens) {
            auto& me = *static_cast<layer*>(self);
            return detail::charge(me.levels_[*d], me.rates_[d->index], tokens, c.moment, "for deployment '" + d->id + "' ");
        }
        static void on_attempt_end(void* self, const call& c, const deployment* d, const outcome& how) noexcept {
            auto& me = *static_cast<layer*>(self);
            level& l = me.levels_[*d];
            const limits& rate = me.rates_[d->index];
            const time_point now = c.end_of(how);
            const bool nothing_sent = how.failure == errc::shed || how.failure == errc::connect_failed;
            if (nothing_sent && rate.requests.limited()) l.requests.settle(-1, now, rate.requests);
            detail::settle(l, rate, c.in.estimated_tokens, how, c.report.estimate, c.report.limits_count_cached, now);
        }
        per_deployment<level> levels_;
        std::vector<limits> rates_;
    };
};
static_assert(policy<deployment_limit>);

} // namespace llmx::inline LLMX_ABI
