// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/decaying_mean.hpp>
#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/detail/sampling.hpp>
#include <llmx/policies/routers.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The cheaper of two random deployments, by expected latency times calls in flight.
///
/// Power of two choices (Mitzenmacher, IEEE TPDS 12(10), 2001) over a peak-sensitive
/// decaying mean, as in Finagle's and Tower's "peak EWMA" balancers:
/// cost = latency x (calls in flight + 1).
///
/// - For streams the latency is the time to the first token: completion time grows with
///   the length of the answer. A slower sample takes over at once, faster ones gain
///   trust with `tau`. Whole answers have a mean of their own, without the peaks, since
///   there a long answer does not indicate trouble.
/// - A deployment without recent samples is given the other one's latency, so the calls
///   in flight decide: it is tried, and not overloaded.
/// - A failure of the deployment counts as an answer after `failure_penalty`.
///
/// Constant time in the size of the group. Weights other than 0 do not matter.
struct latency {
    latency() = default;
    static constexpr std::array<std::string_view, 3> names{"latency", "latency-based-routing", "latency_based_routing"};

    /// Time after which a sample weighs 1/e.
    duration tau = std::chrono::seconds(10);
    duration failure_penalty = std::chrono::seconds(5);

    struct state {
        std::atomic<std::uint32_t> in_flight{0};
        detail::decaying_mean first_token, whole;
    };
    struct table {
        table(const latency&, std::span<const deployment* const>) noexcept {}
    };

    template <candidate_view C>
    [[nodiscard]] std::size_t pick(const table&, const C& c, pick_hints& hints) const noexcept {
        if (c.size() == 0) return no_candidate;
        const auto [a, b] = detail::two_usable(c, hints.random);
        if (b == no_candidate) return a;
        return second_is_cheaper(c.state_of(a), c.state_of(b), hints.stream, hints.now) ? b : a;
    }

    /// The decision between two.
    [[nodiscard]] bool second_is_cheaper(const state& a, const state& b, bool stream, time_point now) const noexcept {
        float la = (stream ? a.first_token : a.whole).read(now, tau);
        float lb = (stream ? b.first_token : b.whole).read(now, tau);
        const bool a_known = la >= 0, b_known = lb >= 0;
        if (!a_known) la = b_known ? lb : 1.0f;
        if (!b_known) lb = la;
        const float ca = la * static_cast<float>(a.in_flight.load(std::memory_order_relaxed) + 1);
        const float cb = lb * static_cast<float>(b.in_flight.load(std::memory_order_relaxed) + 1);
        // Between equals the one without samples is tried: that gives it samples.
        return cb < ca || (!(ca < cb) && a_known && !b_known);
    }

    void started(state& s, time_point) const noexcept { s.in_flight.fetch_add(1, std::memory_order_relaxed); }
    void answered(state& s, duration after, bool stream, time_point now) const noexcept {
        (stream ? s.first_token : s.whole).observe(after, stream, now, tau);
    }
    void finished(state& s, const outcome& how, time_point now) const noexcept {
        s.in_flight.fetch_sub(1, std::memory_order_relaxed);
        if (!how.failure || !detail::deployment_failed(*how.failure)) return;
        s.first_token.observe(failure_penalty, true, now, tau);
        s.whole.observe(failure_penalty, true, now, tau);
    }
};
static_assert(router<latency>);

} // namespace llmx::inline LLMX_ABI
