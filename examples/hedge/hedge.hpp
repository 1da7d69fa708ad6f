// SPDX-License-Identifier: BSL-1.0
// A policy of your own that awaits: tries a second deployment when the first is slow.
#pragma once

#include <llmx/service/concurrent_attempts.hpp>
#include <llmx/service/layer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

/// Makes another attempt when one has taken `after`; the first answer counts, and the other
/// attempts are cancelled. Costs twice the tokens of the calls it hedges.
struct hedge {
    hedge() = default;
    explicit hedge(llmx::duration wait) : after(wait) {}
    static constexpr llmx::stage_position position = llmx::at(llmx::stage::hedge);

    llmx::duration after = std::chrono::seconds(2);
    /// Attempts at the same time, the first included.
    std::size_t most = 2;

    template <class Next> class layer;
};

template <class Next> class hedge::layer : public llmx::layer_base<Next> {
public:
    layer(const hedge& policy, std::shared_ptr<const llmx::topology>, Next next)
        : llmx::layer_base<Next>(std::move(next)), policy_(policy) {}

    boost::asio::awaitable<llmx::result<llmx::reply>> operator()(llmx::call& c) {
        llmx::concurrent_attempts<Next> attempts(this->next_, c);
        llmx::result<llmx::reply> best = llmx::error(llmx::errc::cancelled);
        bool answered = false;
        co_await attempts.start();
        while (!answered && attempts.remaining() != 0) {
            const bool another = attempts.started() < policy_.most && attempts.may_start() && !c.stop.cancelled();
            llmx::time_point until = llmx::time_point::max();
            if (another) until = c.on->now() + policy_.after;
            co_await attempts.wait(until);
            while (auto ended = attempts.take()) {
                answered = ended->answer.has_value();
                best = std::move(ended->answer);
                if (answered) {
                    c.take_over(*ended->of, *best);
                    best->of = std::move(ended->of);
                    break;
                }
                c.add_failures(*ended->of);
            }
            if (!answered && another && attempts.running() != 0 && c.on->now() >= until) co_await attempts.start();
        }
        co_await attempts.stop();
        co_return std::move(best);
    }

private:
    hedge policy_;
};
static_assert(llmx::policy<hedge>);
