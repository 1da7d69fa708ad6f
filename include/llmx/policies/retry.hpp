// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/policies/routers.hpp>
#include <llmx/service/deciding_layer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Tries again after a failure that another attempt may avoid.
///
/// How often: the class's own count when set, else the failed deployment's `retries`,
/// else `max_retries`. How soon: at once when another member of the group is available
/// and untried; otherwise after a random time up to base x 2^n, at most `cap` (full
/// jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015),
/// and never before the provider's `retry-after`. A wait that would pass the call's
/// deadline or `max_wait` is not begun, nor is one for a group whose members are all unavailable for
/// longer than the backoff: the caller gets the error at once, with its `retry_after`.
///
/// - Never: the caller's own mistakes (unless a count is set for them), cancelled calls,
///   passed deadlines. Keys that were refused, accounts without credit and models that the
///   provider does not know are not tried twice, but another untried member is.
/// - Is outside `route`, which prefers members that have not failed in this call, and
///   inside `fallback`, which takes over when retries are used up.
/// - A request whose body is pulled from its client (`inbound::source`) is retried only until something of
///   it has been sent.
/// - A stream is retried only until it is returned; the reader handles a break after that.
/// - Counts in `call_context::retries`; the final error carries the trail of attempts.
struct retry {
    retry() = default;
    explicit retry(std::uint32_t times) noexcept : max_retries(times) {}
    static constexpr stage_position position = at(stage::retry);

    std::uint32_t max_retries = 2;
    duration base = std::chrono::milliseconds(500);
    duration cap = std::chrono::seconds(8);
    /// Shortest wait when the same deployment is tried again.
    duration min_wait = duration::zero();
    /// Longest wait, whatever wait a provider requests.
    duration max_wait = std::chrono::seconds(60);
    /// How long to wait for a member to become available again when none is. 0: no longer
    /// than the backoff, so that a fallback takes over at once.
    duration wait_for_deployment = duration::zero();

    /// Retries by class of error; unset: the general number.
    std::optional<std::uint32_t> authentication, rate_limit, timeout, content_policy, invalid_request, internal,
        overloaded, not_found, connection;

    /// What a caller's own number (`inbound::retries`) may be; a larger one counts as this.
    static constexpr std::uint32_t most_asked_retries = 10;

    static constexpr auto keys =
        settings_keys(config_key("num_retries", &retry::max_retries).in("litellm_settings", "router_settings"));

    retry& backoff(duration first, duration longest) noexcept {
        base = first;
        cap = longest;
        return *this;
    }

    /// The facts known when an attempt has failed.
    struct situation {
        explicit situation(time_point moment) noexcept : now(moment) {}
        time_point now;
        time_point deadline = time_point::max();
        /// Retries made so far.
        std::uint32_t done = 0;
        /// `deployment::retries` of the one that failed.
        std::optional<std::uint32_t> deployment_retries;
        /// Another member of the group is available and untried.
        bool other_available = false;
        /// When the first member of the group will be available.
        time_point available_at = time_point::min();
    };
    /// When to try again; empty: not at all. \p random is 64 random bits.
    LLMX_DECL [[nodiscard]] std::optional<time_point> decide(const error& e, const situation& s,
                                                             std::uint64_t random) const noexcept;
    /// Retries for this error; 0 when another attempt cannot avoid it.
    LLMX_DECL [[nodiscard]] std::uint32_t limit_for(const error& e, const situation& s) const noexcept;

    template <class Next> class layer;
};

/// `router_settings.retry_after`, a shortest wait in seconds, and `router_settings.retry_policy`, retries by class of error
/// (docs.litellm.ai/docs/routing).
LLMX_DECL void read_settings(settings_reader& top, retry& into);

template <class Next> class retry::layer : public deciding_layer<retry::layer<Next>, Next> {
public:
    struct memory {
        std::uint32_t done = 0;
    };

    layer(const retry& policy, std::shared_ptr<const topology>, Next next)
        : deciding_layer<layer, Next>(std::move(next)), policy_(policy) {}

    [[nodiscard]] result<void> before(call&, memory&) noexcept { return success(); }
    std::optional<time_point> after(call& c, memory& m, result<reply>& r) {
        if (r) return std::nullopt;
        auto when = policy_.decide(r.error(), look_around(c, r.error(), m.done), c.on->random());
        if (c.stop.cancelled() || !c.in.may_be_repeated()) when.reset();
        if (when) {
            ++m.done;
            ++c.report.retries;
        } else if (!c.report.trail.empty()) {
            r = error(r.error()).with_attempts(c.report.trail);
        }
        return when;
    }

private:
    [[nodiscard]] situation look_around(const call& c, const error& e, std::uint32_t done) const {
        const time_point now = c.moment;
        situation s(now);
        s.deadline = c.context->deadline;
        s.done = done;
        if (c.group == nullptr) return s;
        if (e.value() != errc::no_deployment && c.now.target != nullptr) s.deployment_retries = c.now.target->retries;
        if (c.in.retries) s.deployment_retries = std::min(*c.in.retries, most_asked_retries);
        s.available_at = time_point::max();
        for (const deployment* d : c.group->members) {
            const time_point at = this->next_.available_at(*d, now);
            s.available_at = std::min(s.available_at, at);
            if (at <= now && !c.has_tried(*d)) {
                s.other_available = true;
                break;
            }
        }
        return s;
    }

    retry policy_;
};
static_assert(policy<retry>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/retry.ipp>
#endif
