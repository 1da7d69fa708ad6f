// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/token_account.hpp>

#include <algorithm>
#include <chrono>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] error over_limit(const char* unit, const gcra_rate& rate, duration wait) {
    return error(errc::rate_limited,
                 "the limit of " + std::to_string(rate.per_minute()) + " " + unit + " per minute is reached")
        .with_retry_after(std::chrono::ceil<std::chrono::milliseconds>(wait));
}

LLMX_DECL result<void> take(token_account& a, const account_rates& rate, std::uint64_t estimate, time_point now) {
    if (rate.tokens.limited() && estimate > rate.tokens.capacity())
        return error(errc::rate_limited, "the request may use " + std::to_string(estimate) + " tokens, more than the " +
                                             std::to_string(rate.tokens.capacity()) +
                                             " that the limit allows at once")
            .with_param("max_tokens");
    if (rate.requests.limited())
        if (const duration wait = a.requests.try_take(1, now, rate.requests); wait != duration::zero())
            return over_limit("requests", rate.requests, wait);
    if (rate.tokens.limited() && estimate != 0)
        if (const duration wait = a.tokens.try_take(estimate, now, rate.tokens); wait != duration::zero()) {
            if (rate.requests.limited()) a.requests.settle(-1, now, rate.requests);
            return over_limit("tokens", rate.tokens, wait);
        }
    return success();
}

LLMX_DECL result<void> charge(token_account& a, const account_rates& rate, std::uint64_t tokens, time_point now, const std::string& whom) {
    result<void> within = success();
    const auto check = [&](const char* unit, const gcra& level, const gcra_rate& of) {
        const time_point ready = level.ready_at(1, now, of);
        if (ready <= now || !within) return;
        error e = over_limit(unit, of, ready - now);
        within = e.with_message(whom + e.message());
    };
    if (rate.requests.limited()) {
        a.requests.settle(1, now, rate.requests);
        check("requests", a.requests, rate.requests);
    }
    if (rate.tokens.limited()) {
        a.tokens.settle(static_cast<std::int64_t>(tokens), now, rate.tokens);
        check("tokens", a.tokens, rate.tokens);
    }
    return within;
}

LLMX_DECL void give_back(token_account& a, const account_rates& rate, std::uint64_t estimate, time_point now) noexcept {
    if (rate.requests.limited()) a.requests.settle(-1, now, rate.requests);
    if (rate.tokens.limited()) a.tokens.settle(-static_cast<std::int64_t>(estimate), now, rate.tokens);
}

/// Whether a failure leaves open how much of the answer the provider had made.
LLMX_DECL [[nodiscard]] bool may_have_worked(errc e) noexcept {
    return e == errc::cancelled || e == errc::truncated || e == errc::idle_timeout || e == errc::first_token_timeout ||
           e == errc::deadline_exceeded || e == errc::connection_lost || e == errc::bad_response;
}

LLMX_DECL void settle(token_account& a, const account_rates& rate, std::uint64_t estimate, const outcome& how, const usage& guessed,
                      bool counts_cached, time_point now) noexcept {
    if (!rate.tokens.limited()) return;
    // Pages, seconds and the like are no tokens.
    const auto counts = [](const usage& u) { return u.input_tokens != 0 || u.output_tokens != 0; };
    const usage& used = !counts(how.tokens) && !how.failure ? guessed : how.tokens;
    if (!counts(used) && (!how.failure || may_have_worked(*how.failure))) return;
    const std::int64_t left_out = counts_cached ? 0 : std::min(used.cached_tokens, used.input_tokens);
    a.tokens.settle(used.total_tokens() - left_out - static_cast<std::int64_t>(estimate), now, rate.tokens);
}

} // namespace llmx::inline LLMX_ABI::detail
