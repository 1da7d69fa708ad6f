// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/policies/detail/caller_table.hpp>
#include <llmx/policies/detail/token_account.hpp>
#include <llmx/service/deciding_layer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Limits requests and tokens per minute, of the whole gateway and of each caller.
///
/// A call takes one request and reserves `call::estimated_tokens`; when it ends, however
/// it ends, the reservation is corrected to the actual use. Over a limit it fails with
/// `rate_limited` and the time after which it would have been admitted; a request that
/// may need more than a whole bucket can never be admitted and fails with `param`
/// "max_tokens" and no such time.
///
/// - Callers are distinguished by the id of `call_context::principal`, else by
///   `call_context::caller`; calls with neither are under the gateway's limit only. A principal
///   that has limits of its own is under these instead of those for each caller.
/// - At most `max_callers` are kept (32 bytes each, made when the first limited caller comes);
///   one that has been idle long enough to have a full bucket is discarded first, at no loss.
/// - Is outside `fallback` and `retry`: attempts of one call count once. The limits
///   of deployments are `deployment_limit`'s.
/// - Levels survive a reload, also when the limits change.
/// - Lock-free. Limits of 0 mean none.
struct rate_limit {
    rate_limit() = default;
    static constexpr stage_position position = at(stage::rate_limit);

    std::uint64_t requests_per_minute = 0, tokens_per_minute = 0;
    std::uint64_t caller_requests_per_minute = 0, caller_tokens_per_minute = 0;
    /// Requests, and tokens, that may come at once; 0: a whole minute's worth.
    std::uint64_t request_burst = 0, token_burst = 0;
    std::uint64_t caller_request_burst = 0, caller_token_burst = 0;
    std::size_t max_callers = 4096;

    static constexpr auto keys =
        settings_keys(config_key("requests_per_minute", &rate_limit::requests_per_minute),
                      config_key("tokens_per_minute", &rate_limit::tokens_per_minute),
                      config_key("requests_per_minute_per_caller", &rate_limit::caller_requests_per_minute),
                      config_key("tokens_per_minute_per_caller", &rate_limit::caller_tokens_per_minute));

    rate_limit& gateway(std::uint64_t requests, std::uint64_t tokens = 0) noexcept {
        requests_per_minute = requests;
        tokens_per_minute = tokens;
        return *this;
    }
    rate_limit& each_caller(std::uint64_t requests, std::uint64_t tokens = 0) noexcept {
        caller_requests_per_minute = requests;
        caller_tokens_per_minute = tokens;
        return *this;
    }

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};

        layer(const rate_limit& p, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)),
              all_(gcra_rate(p.requests_per_minute, p.request_burst), gcra_rate(p.tokens_per_minute, p.token_burst)),
              each_(gcra_rate(p.caller_requests_per_minute, p.caller_request_burst),
                    gcra_rate(p.caller_tokens_per_minute, p.caller_token_burst)),
              level_(std::make_shared<detail::token_account>()),
              callers_(std::make_shared<detail::caller_table>(p.max_callers)) {}
        void adopt(layer& previous) {
            level_ = previous.level_;
            if (callers_->capacity() == previous.callers_->capacity()) callers_ = previous.callers_;
            this->adopt_next(previous);
        }
        [[nodiscard]] result<void> before(call& c, memory&) {
            detail::account_rates own_rates;
            const detail::account_rates& mine = rates_of(c, own_rates);
            if (!all_.limited() && !mine.limited()) return success();
            const time_point now = c.moment;
            detail::token_account* const own = account_of(c, mine, true, now);
            if (own != nullptr)
                if (auto taken = detail::take(*own, mine, c.in.reserved_tokens(), now); !taken)
                    return error(taken.error()).with_message("for this caller " + taken.error().message());
            if (all_.limited())
                if (auto taken = detail::take(*level_, all_, c.in.reserved_tokens(), now); !taken) {
                    if (own != nullptr) detail::give_back(*own, mine, c.in.estimated_tokens, now);
                    return error(taken.error()).with_message("for the gateway " + taken.error().message());
                }
            c.on_finish(this, &on_attempt_end);
            if (c.in.operation->answer == operation_info::answers::duplex) c.on_charge(this, &on_charge);
            return success();
        }

    private:
        [[nodiscard]] static std::string_view name_of(const call& c) noexcept {
            return c.context->principal ? c.context->principal->id : c.context->caller;
        }
        /// The caller's limits; those of a principal are computed into \p own.
        [[nodiscard]] const detail::account_rates& rates_of(const call& c, detail::account_rates& own) const noexcept {
            const principal* const who = c.context->principal.get();
            if (who == nullptr || !who->has_limits()) return each_;
            own.requests = gcra_rate(who->requests_per_minute);
            own.tokens = gcra_rate(who->tokens_per_minute);
            return own;
        }
        [[nodiscard]] detail::token_account* account_of(const call& c, const detail::account_rates& mine, bool make,
                                                        time_point now) const noexcept {
            const std::string_view name = name_of(c);
            return mine.limited() && !name.empty() ? callers_->find(name, make, now) : nullptr;
        }
        static result<void> on_charge(void* self, call& c, const deployment*, std::uint64_t tokens) {
            const auto& me = *static_cast<const layer*>(self);
            detail::account_rates own_rates;
            const detail::account_rates& mine = me.rates_of(c, own_rates);
            result<void> within = success();
            if (auto* const own = me.account_of(c, mine, true, c.moment)) within = detail::charge(*own, mine, tokens, c.moment,
                "for this caller ");
            if (!me.all_.limited()) return within;
            const result<void> all = detail::charge(*me.level_, me.all_, tokens, c.moment, "for the gateway ");
            return within ? all : within;
        }
        static void on_attempt_end(void* self, const call& c, const deployment*, const outcome& how) noexcept {
            const auto& me = *static_cast<const layer*>(self);
            const time_point now = c.end_of(how);
            if (me.all_.limited()) detail::settle(*me.level_, me.all_, c.in.estimated_tokens, how, c.report.estimate, c.report.limits_count_cached, now);
            detail::account_rates own_rates;
            const detail::account_rates& mine = me.rates_of(c, own_rates);
            if (auto* const own = me.account_of(c, mine, false, now))
                detail::settle(*own, mine, c.in.estimated_tokens, how, c.report.estimate, c.report.limits_count_cached, now);
        }

        detail::account_rates all_, each_;
        std::shared_ptr<detail::token_account> level_;
        std::shared_ptr<detail::caller_table> callers_;
    };
};
static_assert(policy<rate_limit>);

} // namespace llmx::inline LLMX_ABI
