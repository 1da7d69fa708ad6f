// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/call.hpp>
#include <llmx/service/observer.hpp>
#include <llmx/telemetry/metrics.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Counts calls and attempts for Prometheus: an observer.
///
/// | metric | labels |
/// |---|---|
/// | `llmx_requests_total` | `operation`, `model`, `caller`, `code` |
/// | `llmx_requests_in_flight` | |
/// | `llmx_request_duration_seconds` | `operation`, `model` |
/// | `llmx_time_to_first_token_seconds` | `operation`, `model` |
/// | `llmx_tokens_total` | `model`, `caller`, `type` |
/// | `llmx_retries_total`, `llmx_fallbacks_total` | `model` |
/// | `llmx_attempts_total` | `provider`, `deployment`, `code` |
/// | `llmx_attempt_duration_seconds` | `provider`, `deployment` |
///
/// Values come from the configuration, so that their number is bounded: `model` is the group that
/// served the call ("openai/*" for a wildcard; "unknown" when there was none), `caller` the alias of
/// the key ("" without one), `deployment` its id, `code` "ok" or the name of the failure ("cancelled",
/// "rate_limited"). `type` is "input", "output", "cached" (part of input) or "reasoning" (part of
/// output). Names of models as callers wrote them, request ids and addresses are in no label.
///
/// Thread-safe. Recording takes neither a lock nor memory once a core has seen the labels.
class call_metrics final : public any_observer {
public:
    LLMX_DECL explicit call_metrics(const metrics_options& o = metrics_options());

    /// For metrics of a program's own, and their text.
    [[nodiscard]] metrics_registry& registry() noexcept { return registry_; }

    LLMX_INLINE void call_began(const call& c) noexcept override;
    LLMX_INLINE void attempt_ended(const call& c, const deployment& where, const outcome& how) noexcept override;
    LLMX_INLINE void call_ended(const call& c, const outcome& how) noexcept override;

private:
    struct of_calls;
    struct of_attempts;
    class series_cache;

    /// Of no other object of the process, as addresses are used again.
    std::uint64_t id_;
    metrics_registry registry_;
    counter_family<4> requests_;
    updown_family<0> in_flight_;
    histogram_family<2> duration_, first_token_;
    counter_family<3> tokens_;
    counter_family<1> retries_, fallbacks_;
    counter_family<3> attempts_;
    histogram_family<2> attempt_duration_;
    updown_series in_flight_series_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/call_metrics.ipp>
#endif
