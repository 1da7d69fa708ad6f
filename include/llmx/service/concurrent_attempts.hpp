// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Several attempts of one call at the same time: for layers that hedge, race or shadow.
///
/// Each attempt is a `call` beside the layer's own, made through the service \p Next inside of the
/// layer, and avoids the deployments that the others are at. The layer's coroutine starts them, waits
/// and takes what has ended; before it completes it must have awaited `stop`, as attempts refer to
/// its call. Its destruction, when the `io_context` is destroyed, ends them. Not thread-safe.
template <class Next> class concurrent_attempts {
public:
    /// An attempt that has ended, and what it brought: `errc::cancelled` when it threw, see `stop`.
    struct ended {
        ended() = default;
        std::unique_ptr<call, reply::call_deleter> of;
        result<reply> answer = error(errc::cancelled);
    };

    /// \p next and \p c must outlive it.
    concurrent_attempts(Next& next, call& c) : next_(&next), call_(&c), state_(std::make_shared<state>()) {}
    concurrent_attempts(const concurrent_attempts&) = delete;
    concurrent_attempts& operator=(const concurrent_attempts&) = delete;
    ~concurrent_attempts() {
        for (const auto& t : state_->all) {
            if (t->done) continue;
            // Listeners refer to the call, which may be gone before the attempt is.
            t->of->end(t->of->aborted());
            t->of->stop.cancel();
        }
    }

    /// Whether another attempt could be made. A request whose body is pulled from its client is sent once.
    [[nodiscard]] bool may_start() const noexcept { return state_->started == 0 || call_->in.source == nullptr; }
    /// Begins another attempt.
    boost::asio::awaitable<void> start() {
        const auto executor = co_await boost::asio::this_coro::executor;
        if (!throws_) {
            // The layer's coroutine must reach \c stop.
            throws_ = co_await boost::asio::this_coro::throw_if_cancelled();
            co_await boost::asio::this_coro::throw_if_cancelled(false);
        }
        if (!state_->event) state_->event.emplace(executor, boost::asio::steady_timer::time_point::max());
        auto made = std::make_shared<attempt>();
        made->of.reset(new call(*call_));
        for (const auto& other : state_->all)
            if (!other->done && other->of->now.target != nullptr) made->of->tried.push_back(other->of->now.target->index);
        state_->all.push_back(made);
        ++state_->started;
        boost::asio::co_spawn(executor, make(state_, made, *next_), [](const std::exception_ptr& e) {
            if (e) std::rethrow_exception(e);
        });
    }
    /// Waits until another attempt has ended, or until \p until, on the runtime's clock.
    boost::asio::awaitable<void> wait(time_point until = time_point::max()) {
        const auto executor = co_await boost::asio::this_coro::executor;
        const boost::asio::cancellation_state asio_stop = co_await boost::asio::this_coro::cancellation_state;
        std::shared_ptr<sleep> timer;
        if (until != time_point::max()) {
            timer = std::make_shared<sleep>();
            boost::asio::co_spawn(executor, wake_at(state_, timer, *call_->on, until), [](const std::exception_ptr&) {});
        }
        while (!state_->signalled) {
            co_await state_->event->async_wait(boost::asio::as_tuple(boost::asio::deferred));
            // Asio's own cancellation ends the wait, but not the attempts: they refer to the call.
            if (asio_stop.cancelled() != boost::asio::cancellation_type::none) call_->stop.cancel();
        }
        state_->signalled = false;
        if (timer) timer->stop.cancel();
    }
    /// Takes one that has ended, the first first.
    [[nodiscard]] std::optional<ended> take() {
        for (auto t = state_->all.begin(); t != state_->all.end(); ++t) {
            if (!(*t)->done) continue;
            std::optional<ended> found(std::in_place);
            found->of = std::move((*t)->of);
            if ((*t)->answer) found->answer = std::move(*(*t)->answer);
            else thrown_ = (*t)->thrown;
            state_->all.erase(t);
            return found;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::size_t running() const noexcept {
        std::size_t n = 0;
        for (const auto& t : state_->all) n += t->done ? 0 : 1;
        return n;
    }
    /// Attempts that were started and not taken: those that run, and those that have ended meanwhile.
    [[nodiscard]] std::size_t remaining() const noexcept { return state_->all.size(); }
    [[nodiscard]] std::size_t started() const noexcept { return state_->started; }
    /// Cancels the attempts that are running and waits until they have ended; their failures are
    /// added to the call's report. Rethrows what an attempt threw.
    boost::asio::awaitable<void> stop() {
        // An attempt may end while another is being cancelled.
        const auto all = state_->all;
        for (const auto& t : all)
            if (!t->done) t->of->stop.cancel();
        while (running() != 0) co_await wait();
        for (const auto& t : state_->all) call_->add_failures(*t->of);
        state_->all.clear();
        if (throws_) co_await boost::asio::this_coro::throw_if_cancelled(*throws_);
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    struct attempt {
        std::unique_ptr<call, reply::call_deleter> of;
        std::optional<result<reply>> answer;
        std::exception_ptr thrown;
        bool done = false;
    };
    struct sleep {
        cancellation stop;
    };
    struct state {
        void signal() {
            signalled = true;
            event->cancel();
        }
        std::vector<std::shared_ptr<attempt>> all;
        std::optional<boost::asio::steady_timer> event;
        std::size_t started = 0;
        bool signalled = false;
    };

    static boost::asio::awaitable<void> make(std::shared_ptr<state> s, std::shared_ptr<attempt> t, Next& next) {
        try {
            result<reply> got = co_await next(*t->of);
            t->answer.emplace(std::move(got));
        } catch (...) {
            t->thrown = std::current_exception();
        }
        t->done = true;
        s->signal();
    }
    static boost::asio::awaitable<void> wake_at(std::shared_ptr<state> s, std::shared_ptr<sleep> timer, runtime& on,
                                                time_point until) {
        const result<void> slept = co_await on.sleep_until(until, timer->stop);
        if (slept) s->signal();
    }

    Next* next_;
    call* call_;
    std::shared_ptr<state> state_;
    std::exception_ptr thrown_;
    /// Whether Asio's cancellation throws in the layer's coroutine, when it did so before.
    std::optional<bool> throws_;
};

} // namespace llmx::inline LLMX_ABI
