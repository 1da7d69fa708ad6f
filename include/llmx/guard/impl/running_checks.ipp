// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/core/detail/later.hpp>
#include <llmx/guard/detail/running_checks.hpp>
#include <llmx/service/read_request.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

struct running_checks::state {
    explicit state(call& c) : guarded(&c), own(std::make_unique<call>(c)) {}

    /// While the checks run the request belongs to them, and the call borrows it: a layer inside that
    /// edits it gets a copy.
    LLMX_DECL [[nodiscard]] result<void> take_request() {
        inbound& in = guarded->in;
        const result<const chat_request*> read = read_request<chat>(*guarded);
        if (!read) return read.error();
        request = *read;
        if (!in.canonical.owns()) return success();
        kept = std::move(in.canonical);
        in.canonical = any_message::borrow(*request);
        return success();
    }
    void give_request_back() {
        if (kept.empty() || guarded->in.canonical.get<chat_request>() != request) return;
        guarded->in.canonical = std::move(kept);
    }
    /// The others are superfluous now, and the call.
    void interrupt() noexcept {
        if (guarded != nullptr && calling) guarded->stop.cancel();
        own->stop.cancel();
    }
    void fail(const error& why) {
        if (failed || refusal) return;
        refusal = why;
        interrupt();
    }
    void ended(const std::exception_ptr& e) noexcept {
        --running;
        if (e && !thrown) {
            thrown = e;
            interrupt();
        }
        event->cancel();
    }

    /// Null when the layer's coroutine has been destroyed.
    call* guarded;
    /// The call as the checks receive it.
    std::unique_ptr<call> own;
    const chat_request* request = nullptr;
    any_message kept;
    std::optional<boost::asio::steady_timer> event;
    std::optional<error> refusal;
    std::exception_ptr thrown;
    std::size_t running = 0;
    bool calling = true;
    bool failed = false;
};

LLMX_DECL running_checks::running_checks(call& c) : state_(std::make_shared<state>(c)) {}

LLMX_INLINE running_checks::~running_checks() {
    if (state_->running == 0) return;
    state_->guarded = nullptr;
    state_->own->stop.cancel();
}

LLMX_DECL const std::optional<error>& running_checks::refusal() const noexcept { return state_->refusal; }

LLMX_DECL bool running_checks::broken() const noexcept { return state_->refusal || state_->thrown; }

LLMX_DECL boost::asio::awaitable<void> running_checks::check(std::shared_ptr<state> s, any_guardrail* g) {
    const result<void> fine = co_await g->during_call(*s->own, *s->request);
    if (!fine) s->fail(fine.error());
}

LLMX_DECL boost::asio::awaitable<result<void>> running_checks::start(const chosen_guardrails& list) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    const result<const chat_request*> decoded = co_await decode_request<chat>(*state_->guarded);
    if (!decoded) co_return decoded.error();
    if (const result<void> taken = state_->take_request(); !taken) co_return taken.error();
    state_->event.emplace(executor, boost::asio::steady_timer::time_point::max());
    for (const chosen_guardrails::entry& e : list.entries()) {
        if (!e.needs.during_call || broken()) continue;
        ++state_->running;
        boost::asio::co_spawn(LLMX_LATER(executor), check(state_, e.rail),
                              [s = state_](const std::exception_ptr& thrown) { s->ended(thrown); });
    }
    co_return success();
}

LLMX_DECL boost::asio::awaitable<void> running_checks::join(bool failed) {
    state& s = *state_;
    s.calling = false;
    if (failed && s.running != 0) {
        s.failed = true;
        s.own->stop.cancel();
    }
    if (s.running != 0) {
        const boost::asio::cancellation_state asio_stop = co_await boost::asio::this_coro::cancellation_state;
        const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
        co_await boost::asio::this_coro::throw_if_cancelled(false);
        while (s.running != 0) {
            (void)co_await s.event->async_wait(boost::asio::as_tuple(boost::asio::deferred));
            // Asio's own cancellation ends the wait, but not the checks.
            if (asio_stop.cancelled() != boost::asio::cancellation_type::none) s.own->stop.cancel();
        }
        co_await boost::asio::this_coro::throw_if_cancelled(throws);
    }
    s.give_request_back();
    s.own.reset();
    if (s.thrown) std::rethrow_exception(s.thrown);
}

} // namespace llmx::inline LLMX_ABI::detail
