// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/retry.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::uint32_t retry::limit_for(const error& e, const situation& s) const noexcept {
    const std::uint32_t general = s.deployment_retries.value_or(max_retries);
    const std::uint32_t elsewhere = s.other_available ? general : 0;
    using detail::retried_as;
    switch (detail::failure_kind(e.value()).retried) {
    case retried_as::invalid_request: return invalid_request.value_or(0);
    case retried_as::content_policy: return content_policy.value_or(0);
    case retried_as::authentication: return authentication.value_or(elsewhere);
    case retried_as::not_found: return not_found.value_or(elsewhere);
    case retried_as::elsewhere: return elsewhere;
    case retried_as::rate_limit:
        // Refused permanently by a limit of the gateway: the request is larger than the bucket.
        if (detail::refused_here(e) && !e.retry_after()) return 0;
        return rate_limit.value_or(general);
    case retried_as::timeout: return timeout.value_or(general);
    case retried_as::internal: return internal.value_or(general);
    case retried_as::overloaded: return overloaded.value_or(general);
    case retried_as::connection: return connection.value_or(general);
    case retried_as::never: return 0;
    }
    return 0;
}

LLMX_DECL std::optional<time_point> retry::decide(const error& e, const situation& s,
                                                  std::uint64_t random) const noexcept {
    if (s.done >= limit_for(e, s) || s.now >= s.deadline) return std::nullopt;
    if (s.other_available) return s.now;

    constexpr std::chrono::milliseconds longest_refusal = std::chrono::hours(24);
    duration ceiling = base;
    for (std::uint32_t i = 0; i < s.done && ceiling < cap; ++i) ceiling *= 2;
    ceiling = std::clamp(ceiling, duration::zero(), cap);
    duration wait(static_cast<duration::rep>(random_bits(random).unit() * static_cast<double>(ceiling.count())));
    const auto asked = e.retry_after();
    time_point available = s.available_at;
    // A limit of the gateway reports when this very request would fit.
    if (asked && detail::refused_here(e)) available = std::max(available, s.now + std::min(*asked, longest_refusal));
    if (available > s.now) {
        // A member that is back within the time one would wait anyway is worth waiting for.
        if (available - s.now > std::max(ceiling, wait_for_deployment)) return std::nullopt;
        wait = std::max(wait, available - s.now);
    }
    if (asked) {
        // Compared in milliseconds first: a provider's absurd number must not overflow.
        if (*asked > std::chrono::duration_cast<std::chrono::milliseconds>(max_wait)) return std::nullopt;
        wait = std::max(wait, duration(*asked));
    }
    if (wait > max_wait || wait >= s.deadline - s.now) return std::nullopt;
    return s.now + wait;
}

LLMX_DECL void read_settings(settings_reader& top, retry& into) {
    settings_reader& router = top.at("router_settings");
    if (router.at("retry_after").seconds(into.min_wait, true)) into.max_wait = std::max(into.max_wait, into.min_wait);
    settings_reader& by_class = router.at("retry_policy");
    const auto read = [&by_class](const char* name, auto& retries) { (void)by_class.at(name).count(retries); };
    read("BadRequestErrorRetries", into.invalid_request);
    read("AuthenticationErrorRetries", into.authentication);
    read("TimeoutErrorRetries", into.timeout);
    read("RateLimitErrorRetries", into.rate_limit);
    read("ContentPolicyViolationErrorRetries", into.content_policy);
    read("InternalServerErrorRetries", into.internal);
    read("ServiceUnavailableErrorRetries", into.overloaded);
    read("NotFoundErrorRetries", into.not_found);
    read("APIConnectionErrorRetries", into.connection);
    read("DefaultRetries", into.max_retries);
}

} // namespace llmx::inline LLMX_ABI
