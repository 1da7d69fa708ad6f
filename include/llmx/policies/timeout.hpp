// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/wire/http_message.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Bounds the time of each phase of an attempt.
///
/// Sets the absolute limits that the transport applies (`call::limits`) and has no timers of
/// its own. Zero means no limit.
///
/// - `attempt`, or the deployment's own `timeout`, bounds one attempt: a whole answer must
///   be complete, a stream must have begun. When it passes the attempt fails with
///   `first_token_timeout`, so that another may follow, while the call's own deadline
///   fails with `deadline_exceeded` and ends it.
/// - `first_token`, or the deployment's `first_token_timeout`, takes the place of `attempt` for streams: a whole
///   answer is silent until it is complete.
/// - `idle` bounds the silence inside an answer. A stream that has begun and goes on has no other limit than `total`.
/// - `total` bounds the whole call from `call_context::started` on, all attempts, waits
///   and the reading of a stream included: it moves the call's deadline nearer and never
///   further away. By default there is none: it would cut answers that are running well.
/// - `max_answer_mb` bounds the memory of an answer beside these: of a whole one, and of one event of a stream.
///
/// LiteLLM's `request_timeout` and `timeout` are `attempt`, its `stream_timeout` is `first_token`, as in its router
/// (https://docs.litellm.ai/docs/proxy/timeout).
///
/// Stands innermost, so time spent waiting for a slot is the call's and not the attempt's.
struct timeout {
    timeout() = default;
    static constexpr stage_position position = at(stage::attempt_timeout);

    duration total = duration::zero();
    duration attempt = std::chrono::seconds(600);
    duration connect = std::chrono::seconds(10);
    duration first_token = duration::zero();
    /// Longest pause within an answer.
    duration idle = std::chrono::seconds(300);
    /// MiB of a whole answer after decoding, and of the longest event of a stream: 1 to 4096.
    std::uint32_t max_answer_mb = 64;

    static constexpr auto keys = settings_keys(config_key("request_timeout", &timeout::attempt).in("litellm_settings"),
                                               config_key("timeout", &timeout::attempt).in("router_settings"),
                                               config_key("stream_timeout", &timeout::first_token).in("router_settings"),
                                               config_key("first_token_timeout", &timeout::first_token),
                                               config_key("attempt_timeout", &timeout::attempt), config_key("idle_timeout", &timeout::idle),
                                               config_key("connect_timeout", &timeout::connect),
                                               config_key("total_timeout", &timeout::total),
                                               config_key("max_response_size_mb", &timeout::max_answer_mb).between(1, 4096));

    /// The decision alone: the limits of an attempt that begins \p now. Tightens
    /// \p context's deadline.
    [[nodiscard]] http_limits limits_for(call_context& context, const deployment& d, bool stream, http_limits limits,
                                         time_point now) const noexcept {
        const auto after = [](time_point from, duration d_) noexcept {
            return d_ <= duration::zero() || d_ > time_point::max() - from ? time_point::max() : from + d_;
        };
        context.tighten(after(context.started != time_point() ? context.started : now, total));
        const duration answer_within = d.timeout.value_or(attempt);
        const duration begin_within = d.first_token_timeout.value_or(first_token);
        limits.deadline = context.deadline;
        limits.first_byte_by = time_point::max();
        if (stream) limits.first_byte_by = after(now, begin_within > duration::zero() ? begin_within : answer_within);
        else limits.deadline = std::min(limits.deadline, after(now, answer_within));
        limits.connect_by = after(now, connect);
        limits.idle = idle > duration::zero() ? idle : duration::max();
        limits.max_body = std::size_t{max_answer_mb} * 1024 * 1024;
        return limits;
    }

    /// Until when a duplex operation must have been opened, by however many attempts.
    [[nodiscard]] time_point opening_until(const call_context& context) const noexcept {
        const time_point from = context.started;
        const bool endless = from == time_point() || total <= duration::zero() || total > time_point::max() - from;
        return endless ? context.deadline : std::min(context.deadline, from + total);
    }

    /// `limits_for` a duplex operation: its opening is bounded like an attempt, and by `total`; the
    /// session ends with the caller's own deadline alone, as a session has no usual length.
    [[nodiscard]] http_limits session_limits(const call_context& context, const deployment& d, http_limits limits,
                                             time_point now) const noexcept {
        call_context opening;
        opening.started = context.started;
        limits = limits_for(opening, d, true, limits, now);
        limits.first_byte_by = std::min({limits.first_byte_by, limits.deadline, context.deadline});
        limits.deadline = context.deadline;
        limits.idle = duration::max();
        return limits;
    }

    template <class Next> class layer;
};

template <class Next> class timeout::layer : public deciding_layer<timeout::layer<Next>, Next> {
public:
    struct memory {};

    layer(const timeout& policy, std::shared_ptr<const topology>, Next next)
        : deciding_layer<layer, Next>(std::move(next)), policy_(policy) {}

    [[nodiscard]] result<void> before(call& c, memory&) noexcept {
        if (is_session(c)) c.now.limits = policy_.session_limits(*c.context, *c.now.target, c.now.limits, c.moment);
        else c.now.limits = policy_.limits_for(*c.context, *c.now.target, comes_in_pieces(c), c.now.limits, c.moment);
        // The caller's own, which bounds the call and not each attempt: a stream that has begun goes on.
        const time_point over = callers_end(c);
        if (comes_in_pieces(c)) c.now.limits.first_byte_by = std::min(c.now.limits.first_byte_by, over);
        else if (over != time_point::max()) c.context->tighten(over), c.now.limits.deadline = std::min(c.now.limits.deadline, over);
        if (c.moment >= std::min(call_over(c), over)) return error(errc::deadline_exceeded);
        return success();
    }
    std::optional<time_point> after(const call& c, memory&, result<reply>& r) {
        if (!r && is_session(c)) {
            // No other attempt can follow.
            if (r.error().value() == errc::first_token_timeout && c.moment >= call_over(c)) r = error(errc::deadline_exceeded);
            return std::nullopt;
        }
        // A caller's impatience is no failure of the deployment, which would rest for all others.
        if (!r && r.error().value() == errc::first_token_timeout && c.moment >= callers_end(c)) {
            r = error(errc::deadline_exceeded);
            return std::nullopt;
        }
        // Only an attempt that must be over before the call has a failure of its own.
        if (!r && r.error().value() == errc::deadline_exceeded && c.now.limits.deadline < c.context->deadline &&
            c.moment < c.context->deadline) {
            error e(errc::first_token_timeout,
                    "deployment '" + c.now.target->id + "' did not answer within its time limit");
            e.with_provider(c.now.target->provider);
            r = std::move(e);
        }
        return std::nullopt;
    }

private:
    /// Recordings are relayed as they come.
    [[nodiscard]] static bool comes_in_pieces(const call& c) noexcept {
        return c.in.stream || c.in.operation->answer == operation_info::answers::octets;
    }
    [[nodiscard]] static bool is_session(const call& c) noexcept {
        return c.in.operation->answer == operation_info::answers::duplex;
    }
    [[nodiscard]] time_point call_over(const call& c) const noexcept {
        return is_session(c) ? policy_.opening_until(*c.context) : c.context->deadline;
    }
    /// When the limit in the caller's request has passed; `time_point::max()` without one. Sessions have none.
    [[nodiscard]] static time_point callers_end(const call& c) noexcept {
        if (c.in.time_limit <= duration::zero() || is_session(c)) return time_point::max();
        const time_point from = c.context->started != time_point() ? c.context->started : c.moment;
        return c.in.time_limit > time_point::max() - from ? time_point::max() : from + c.in.time_limit;
    }
    timeout policy_;
};
static_assert(policy<timeout>);

} // namespace llmx::inline LLMX_ABI
