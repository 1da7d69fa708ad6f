// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/breaker.hpp>
#include <llmx/policies/detail/failure_kind.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL detail::circuit::verdict breaker::judge(const error& e, duration lasted, bool has_others,
                                               bool callers_model) const noexcept {
    using verdict = detail::circuit::verdict;
    if (detail::refused_here(e)) return verdict::neutral;
    switch (e.value()) {
    case errc::not_found:
        if (callers_model) return verdict::works;
        [[fallthrough]];
    case errc::rate_limited:
    case errc::quota_exceeded:
    case errc::authentication: return has_others ? verdict::open : verdict::fails;
    case errc::deadline_exceeded: return lasted >= patience ? verdict::fails : verdict::neutral;
    default: break;
    }
    if (detail::breaks_circuit(e.value())) return has_others && e.retry_after() ? verdict::open : verdict::fails;
    return e.provider_status() != 0 ? verdict::works : verdict::neutral;
}

LLMX_DECL detail::circuit::rules breaker::rules_for(const deployment& d, bool has_others) const noexcept {
    detail::circuit::rules r;
    r.cool_down = enabled ? d.cool_down.value_or(cool_down) : duration::zero();
    r.max_cool_down = max_cool_down;
    r.window = window;
    r.allowed_fails = allowed_fails.value_or(3);
    r.failure_share = failure_share;
    r.reluctant = !has_others && !allowed_fails && !d.cool_down;
    return r;
}

LLMX_DECL void read_settings(settings_reader& top, breaker& into) {
    into.max_cool_down = std::max(into.max_cool_down, into.cool_down);
    if (bool disabled = false; top.at("router_settings").at("disable_cooldowns").flag(disabled)) into.enabled = !disabled;
}

} // namespace llmx::inline LLMX_ABI
