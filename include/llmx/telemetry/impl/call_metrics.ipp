// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/telemetry/call_metrics.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// The series of one operation, model and caller.
struct call_metrics::of_calls {
    of_calls() = default;
    [[nodiscard]] bool is(std::uint64_t m, const operation_info* op, std::string_view of, std::string_view by) const noexcept {
        return owner == m && operation == op && model == of && caller == by;
    }
    std::uint64_t owner = 0;
    const operation_info* operation = nullptr;
    std::string model, caller;
    counter_series succeeded, input, output, cached, reasoning;
    histogram_series duration, first_token;
};

struct call_metrics::of_attempts {
    of_attempts() = default;
    std::uint64_t owner = 0;
    std::string provider, deployment;
    counter_series succeeded;
    histogram_series duration;
};

/// Of one core: the series that its last calls were counted in, found without a search. Labels are
/// compared, so that an address reused after a reload is not taken for the former object.
class call_metrics::series_cache {
public:
    [[nodiscard]] of_calls& calls(const void* a, const void* b) noexcept { return calls_[slot(a, b)]; }
    [[nodiscard]] of_attempts& attempts(const void* a) noexcept { return attempts_[slot(a, nullptr)]; }

private:
    static constexpr std::size_t slots = 64;
    [[nodiscard]] static std::size_t slot(const void* a, const void* b) noexcept {
        const auto bits = reinterpret_cast<std::uintptr_t>(a) / 16 + reinterpret_cast<std::uintptr_t>(b) / 64;
        return (bits ^ (bits >> 7)) % slots;
    }
    std::array<of_calls, slots> calls_;
    std::array<of_attempts, slots> attempts_;
};

namespace detail {
LLMX_DECL [[nodiscard]] std::uint64_t new_metrics_id() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}
LLMX_DECL [[nodiscard]] std::string_view metric_model(const call& c) noexcept {
    if (c.group == nullptr) return std::string_view("unknown");
    return c.group->wildcard ? std::string_view(c.group->members.front()->model_group) : std::string_view(c.group->name);
}
LLMX_DECL [[nodiscard]] std::string_view metric_code(const outcome& how) noexcept {
    return how.failure ? errc_name(*how.failure) : std::string_view("ok");
}
[[nodiscard]] constexpr std::uint64_t metric_count(std::int64_t n) noexcept { return n > 0 ? static_cast<std::uint64_t>(n) : 0; }
} // namespace detail

LLMX_DECL call_metrics::call_metrics(const metrics_options& o) : id_(detail::new_metrics_id()), registry_(o) {
    // The declarations are right: a test makes them.
    requests_ = registry_.counter("llmx_requests_total", "Calls by outcome.", "operation", "model", "caller", "code").value();
    in_flight_ = registry_.updown("llmx_requests_in_flight", "Calls in progress.").value();
    duration_ = registry_.histogram("llmx_request_duration_seconds",
                                    "Calls from their beginning to the last byte of the answer.",
                                    latency_buckets(), "operation", "model").value();
    first_token_ = registry_.histogram("llmx_time_to_first_token_seconds",
                                       "Streamed calls from their beginning to the first content.",
                                       latency_buckets(), "operation", "model").value();
    tokens_ = registry_.counter("llmx_tokens_total",
                                "Tokens as providers counted them; cached is part of input, reasoning of output.",
                                "model", "caller", "type").value();
    retries_ = registry_.counter("llmx_retries_total", "Attempts that repeated a failed one.", "model").value();
    fallbacks_ = registry_.counter("llmx_fallbacks_total", "Fallbacks to other model groups.", "model").value();
    attempts_ = registry_.counter("llmx_attempts_total", "Attempts at deployments by outcome.", "provider", "deployment", "code").value();
    attempt_duration_ = registry_.histogram("llmx_attempt_duration_seconds",
                                            "Attempts from their beginning to the last byte of the answer.",
                                            latency_buckets(), "provider", "deployment").value();
    in_flight_series_ = in_flight_.with();
}

LLMX_INLINE void call_metrics::call_began(const call&) noexcept { in_flight_series_.add(); }

LLMX_INLINE void call_metrics::attempt_ended(const call& c, const deployment& where, const outcome& how) noexcept try {
    of_attempts& s = c.on->use<series_cache>().attempts(&where);
    if (s.owner != id_ || s.deployment != where.id || s.provider != where.provider) {
        s.owner = id_;
        s.deployment = where.id;
        s.provider = where.provider;
        s.succeeded = attempts_.with(where.provider, where.id, "ok");
        s.duration = attempt_duration_.with(where.provider, where.id);
    }
    if (!how.failure) s.succeeded.add();
    else attempts_.with(where.provider, where.id, detail::metric_code(how)).add();
    if (how.began != time_point()) s.duration.observe(c.end_of(how) - how.began);
} catch (...) {
    // Without memory for labels an attempt is not counted.
}

LLMX_INLINE void call_metrics::call_ended(const call& c, const outcome& how) noexcept try {
    in_flight_series_.subtract();
    const std::string_view model = detail::metric_model(c), caller = c.context->caller;
    const std::string_view op = c.in.operation->name;
    of_calls& s = c.on->use<series_cache>().calls(c.group, c.context->principal.get());
    if (!s.is(id_, c.in.operation, model, caller)) {
        s.owner = id_;
        s.operation = c.in.operation;
        s.model = model;
        s.caller = caller;
        s.succeeded = requests_.with(op, model, caller, "ok");
        s.duration = duration_.with(op, model);
        s.first_token = first_token_.with(op, model);
        s.input = tokens_.with(model, caller, "input");
        s.output = tokens_.with(model, caller, "output");
        s.cached = tokens_.with(model, caller, "cached");
        s.reasoning = tokens_.with(model, caller, "reasoning");
    }
    if (!how.failure) s.succeeded.add();
    else requests_.with(op, model, caller, detail::metric_code(how)).add();
    if (c.context->started != time_point()) {
        s.duration.observe(c.end_of(how) - c.context->started);
        if (c.in.stream && c.report.first_token > c.context->started)
            s.first_token.observe(c.report.first_token - c.context->started);
    }
    const usage& t = how.tokens;
    if (t.input_tokens > 0) s.input.add(detail::metric_count(t.input_tokens));
    if (t.output_tokens > 0) s.output.add(detail::metric_count(t.output_tokens));
    if (t.cached_tokens > 0) s.cached.add(detail::metric_count(t.cached_tokens));
    if (t.reasoning_tokens > 0) s.reasoning.add(detail::metric_count(t.reasoning_tokens));
    if (c.report.retries != 0) retries_.with(model).add(c.report.retries);
    if (c.report.fallbacks != 0) fallbacks_.with(model).add(c.report.fallbacks);
} catch (...) {
    // Without memory for labels a call is not counted.
}

} // namespace llmx::inline LLMX_ABI
