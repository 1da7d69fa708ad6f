// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/policies/detail/parallel_gate.hpp>
#include <llmx/policies/routers.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/per_deployment.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Bounds the calls a deployment serves at once.
///
/// The bound is `deployment::max_parallel`, else `max_parallel`; 0 is none. A call holds
/// its slot until its answer, or its stream, has ended, failed or been abandoned. When all
/// slots are taken up to `max_queue` calls wait in order of arrival, each until a slot is
/// free, `queue_timeout` or its deadline has passed, or it is cancelled. Further ones fail
/// with `rate_limited`, since it is a limit that the operator has set and waiting helps.
///
/// - `route`, outside, takes a deployment with a free slot first and one with a queue only
///   when there is none.
/// - Is inside `breaker`: waiting is not held against the deployment. The attempt's
///   time limits (`timeout`) begin after the wait.
/// - Taking a free slot is lock-free; the queue has a lock of its own per deployment.
///   Slots and queues survive a reload.
struct concurrency_limit {
    concurrency_limit() = default;
    explicit concurrency_limit(std::uint32_t parallel, std::uint32_t queue = 0) noexcept
        : max_parallel(parallel), max_queue(queue) {}
    static constexpr stage_position position = at(stage::concurrency);

    /// For deployments without a bound of their own.
    std::uint32_t max_parallel = 0;
    /// Calls that may wait for each deployment.
    std::uint32_t max_queue = 0;
    duration queue_timeout = std::chrono::seconds(10);

    static constexpr auto keys =
        settings_keys(config_key("default_max_parallel_requests", &concurrency_limit::max_parallel).in("router_settings"),
                      config_key("max_queue", &concurrency_limit::max_queue),
                      config_key("queue_timeout", &concurrency_limit::queue_timeout));

    template <class Next> class layer;
};

template <class Next> class concurrency_limit::layer : public deciding_layer<concurrency_limit::layer<Next>, Next> {
    using gate = detail::parallel_gate;

public:
    struct memory {
        bool queued = false;
    };

    layer(const concurrency_limit& policy, std::shared_ptr<const topology> served, Next next)
        : deciding_layer<layer, Next>(std::move(next)), policy_(policy), gates_(served) {
        for (const deployment& d : served->deployments())
            limits_.push_back(d.max_parallel != 0 ? d.max_parallel : policy.max_parallel);
    }
    void adopt(layer& previous) {
        gates_.adopt(previous.gates_);
        this->adopt_next(previous);
    }
    [[nodiscard]] time_point available_at(const deployment& d, time_point now) const noexcept {
        return std::max(own_available_at(d, now), this->next_.available_at(d, now));
    }
    [[nodiscard]] bool limited(const deployment& d, time_point now) const noexcept {
        const bool others = this->next_.available_at(d, now) <= now || deciding_layer<layer, Next>::limited(d, now);
        return own_available_at(d, now) > now ? others : deciding_layer<layer, Next>::limited(d, now);
    }

    [[nodiscard]] result<void> before(call& c, memory& m) noexcept {
        const std::uint32_t limit = limits_[c.now.target->index];
        if (limit == 0) return success();
        m.queued = !gates_[*c.now.target].try_enter(limit);
        if (!m.queued) c.on_finish(this, &on_attempt_end);
        return success();
    }
    [[nodiscard]] bool must_wait(const memory& m) const noexcept { return m.queued; }
    boost::asio::awaitable<result<void>> wait(call& c, memory&) {
        cancellation& stop = c.stop;
        if (stop.cancelled()) co_return error(errc::cancelled);
        gate& g = gates_[*c.now.target];
        const std::uint32_t limit = limits_[c.now.target->index];
        const gate::ticket ticket = g.line_up(limit, policy_.max_queue, c.on->executor());
        if (!ticket) co_return full(c, "is full");
        place in_line(g, ticket, limit);
        const time_point give_up = std::min(c.context->deadline, c.moment + policy_.queue_timeout);
        {
            const cancellation::registration tied(stop, &wake, ticket.get());
            const auto woken = co_await c.on->sleep_until(give_up, ticket->wake);
            (void)woken; // timer, cancellation or slot: the gate has the answer
        }
        if (stop.cancelled()) co_return error(errc::cancelled);
        if (in_line.take()) {
            c.on_finish(this, &on_attempt_end);
            co_return success();
        }
        if (c.on->now() >= c.context->deadline) co_return error(errc::deadline_exceeded);
        co_return full(c, "had no free slot in time");
    }

private:
    /// How soon a slot may be free, for `retry_after`: unknown.
    static constexpr duration guess = std::chrono::seconds(1);

    [[nodiscard]] time_point own_available_at(const deployment& d, time_point now) const noexcept {
        const std::uint32_t limit = limits_[d.index];
        if (limit == 0) return now;
        const gate& g = gates_[d];
        const std::uint32_t waiting = g.waiting();
        if (waiting == 0 && g.inside() < limit) return now;
        return now + (waiting < policy_.max_queue ? queueing : guess);
    }

    /// Leaves the queue when the coroutine goes away, and passes on a slot that was
    /// granted and not taken.
    class place {
    public:
        place(gate& g, gate::ticket t, std::uint32_t limit) noexcept
            : gate_(&g), ticket_(std::move(t)), limit_(limit) {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() {
            if (ticket_ && gate_->step_out(ticket_)) gate_->leave(limit_);
        }
        [[nodiscard]] bool take() noexcept {
            const gate::ticket t = std::move(ticket_);
            return gate_->step_out(t);
        }

    private:
        gate* gate_;
        gate::ticket ticket_;
        std::uint32_t limit_;
    };

    static void wake(void* waiter) noexcept { static_cast<gate::waiter*>(waiter)->wake.cancel(); }

    [[nodiscard]] static error full(const call& c, const char* what) {
        error e(errc::rate_limited, "deployment '" + c.now.target->id + "' " + what);
        e.with_retry_after(std::chrono::duration_cast<std::chrono::milliseconds>(guess));
        return e;
    }
    static void on_attempt_end(void* self, const call&, const deployment* d, const outcome&) noexcept {
        auto& me = *static_cast<layer*>(self);
        me.gates_[*d].leave(me.limits_[d->index]);
    }

    concurrency_limit policy_;
    per_deployment<gate> gates_;
    std::vector<std::uint32_t> limits_;
};
static_assert(policy<concurrency_limit>);

} // namespace llmx::inline LLMX_ABI
