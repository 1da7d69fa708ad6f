// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_answer.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void wake_program_timer(void* timer) noexcept {
    static_cast<boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::any_io_executor>*>(timer)->cancel();
}

LLMX_DECL boost::asio::awaitable<result<void>> program_answer::wait(bool for_part, time_point until, errc late, cancellation& stop) {
    for (;;) {
        if (stop.cancelled()) co_return error(errc::cancelled);
        {
            const std::lock_guard lock(mutex_);
            if (failure_ || (for_part ? !parts_.empty() : sent_)) co_return success();
            asleep_ = true;
        }
        if (clock::now() >= until) co_return error(late);
        timer_->expires_at(until);
        const cancellation::registration registered(stop, &wake_program_timer, &*timer_);
        (void)co_await timer_->async_wait(boost::asio::as_tuple(boost::asio::deferred));
    }
}

LLMX_DECL boost::asio::awaitable<result<void>> program_answer::until_sent(time_point until, errc late, cancellation& stop) {
    return wait(false, until, late, stop);
}

LLMX_DECL boost::asio::awaitable<result<void>> program_answer::until_part(time_point until, errc late, cancellation& stop) {
    return wait(true, until, late, stop);
}

LLMX_DECL std::optional<program_part> program_answer::take() {
    const std::lock_guard lock(mutex_);
    if (parts_.empty()) return std::nullopt;
    std::optional<program_part> next = std::move(parts_.front());
    parts_.pop_front();
    bytes_ -= next->json.size();
    return next;
}

LLMX_DECL std::optional<error> program_answer::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

LLMX_DECL std::uint16_t program_answer::port() const {
    const std::lock_guard lock(mutex_);
    return port_;
}

LLMX_DECL bool program_answer::close() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    timer_.reset();
    where_ = boost::asio::any_io_executor();
    return !over_;
}

LLMX_DECL void program_answer::wake() {
    // With the lock held: the executor is not used after `close` has returned.
    if (closed_ || !asleep_) return;
    asleep_ = false;
    boost::asio::post(where_, [self = shared_from_this()] {
        if (self->timer_) self->timer_->cancel();
    });
}

LLMX_DECL void program_answer::sent(std::uint16_t at_port) {
    const std::lock_guard lock(mutex_);
    sent_ = true;
    port_ = at_port;
    wake();
}

LLMX_DECL bool program_answer::deliver(program_part part) {
    const std::lock_guard lock(mutex_);
    if (over_) return true;
    if (!parts_.empty() && bytes_ + part.json.size() > most_waiting) {
        over_ = true;
        parts_.clear();
        bytes_ = 0;
        failure_ = error(errc::truncated, "the caller reads slower than the local program writes; read faster, or ask for shorter answers");
        wake();
        return false;
    }
    over_ = part.what != program_part::kind::event;
    bytes_ += part.json.size();
    parts_.push_back(std::move(part));
    wake();
    return true;
}

LLMX_DECL void program_answer::fail(error why) {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    over_ = true;
    failure_ = std::move(why);
    wake();
}

} // namespace llmx::inline LLMX_ABI::detail
