// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/detail/offload_worker.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <system_error>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Ties workers to their context: a context's services are shut down before any is destroyed,
/// the newest first and thus the one that holds the posted handlers last.
class offload_service final : public boost::asio::execution_context::service {
public:
    using key_type = offload_service;
    static inline boost::asio::execution_context::id id;

    explicit offload_service(boost::asio::io_context& io)
        : service(io), for_short(std::make_shared<offload_worker>()), for_long(std::make_shared<offload_worker>()) {}
    const std::shared_ptr<offload_worker> for_short, for_long;

private:
    void shutdown() override {
        for_short->stop();
        for_long->stop();
    }
};

LLMX_DECL std::shared_ptr<offload_worker> offload_worker::of(boost::asio::io_context& io, bool for_long) {
    auto& service = boost::asio::use_service<offload_service>(io);
    return for_long ? service.for_long : service.for_short;
}

LLMX_DECL void offload_worker::append(list& to, offload_ticket& t) noexcept {
    t.next_ = nullptr;
    t.previous_ = to.last;
    if (to.last != nullptr) to.last->next_ = &t;
    else to.first = &t;
    to.last = &t;
}

LLMX_DECL void offload_worker::remove(list& from, offload_ticket& t) noexcept {
    if (t.previous_ != nullptr) t.previous_->next_ = t.next_;
    else from.first = t.next_;
    if (t.next_ != nullptr) t.next_->previous_ = t.previous_;
    else from.last = t.previous_;
}

LLMX_DECL bool offload_worker::enter(offload_ticket& t) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
        t.over_ = true;
        return true;
    }
    if (!thread_.joinable()) {
        try {
            thread_ = std::thread([this] { serve(); });
        } catch (const std::system_error&) {
            return false;
        }
    }
    t.at_ = place::queued;
    append(queue_, t);
    changed_.notify_one();
    return true;
}

LLMX_DECL bool offload_worker::withdraw(offload_ticket& t) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (t.at_ != place::queued) return false;
    remove(queue_, t);
    t.at_ = place::outside;
    return true;
}

LLMX_DECL void offload_worker::leave(offload_ticket& t) noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    ran_.wait(lock, [&t] { return t.at_ != place::running; });
    if (t.at_ == place::queued) remove(queue_, t);
    else if (t.at_ == place::done) remove(done_, t);
    t.at_ = place::outside;
}

LLMX_DECL void offload_worker::serve() noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || queue_.first != nullptr; });
        if (stopping_) return;
        offload_ticket& t = *queue_.first;
        remove(queue_, t);
        t.at_ = place::running;
        lock.unlock();
        try {
            t.work_->run();
        } catch (...) {
            t.failure_ = std::current_exception();
        }
        lock.lock();
        // The ticket may be gone as soon as it counts as done.
        const boost::asio::any_io_executor loop = t.loop_;
        t.has_run_ = true;
        t.at_ = place::done;
        append(done_, t);
        ran_.notify_all();
        // Those whose work is done must be woken, however short memory is.
        while (!announce(loop)) changed_.wait_for(lock, std::chrono::milliseconds(10));
    }
}

LLMX_DECL bool offload_worker::announce(const boost::asio::any_io_executor& loop) noexcept {
    try {
        boost::asio::post(loop, [self = shared_from_this(), loop] { self->wake_done(loop); });
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

LLMX_DECL void offload_worker::wake_done(const boost::asio::any_io_executor& loop) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (offload_ticket* next = done_.first; next != nullptr;) {
        offload_ticket& t = *std::exchange(next, next->next_);
        // A ticket of another strand is that strand's to wake.
        if (t.loop_ != loop) continue;
        remove(done_, t);
        t.at_ = place::outside;
        wake(t);
    }
}

LLMX_DECL void offload_worker::wake(offload_ticket& t) noexcept {
    t.over_ = true;
    t.wake_.cancel();
}

LLMX_DECL void offload_worker::stop() noexcept {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stopping_ = true;
        while (queue_.first != nullptr) {
            offload_ticket& t = *queue_.first;
            remove(queue_, t);
            t.at_ = place::done;
            append(done_, t);
            if (announce(t.loop_)) continue;
            // Without memory for it: the strand of the ticket can do nothing else either.
            remove(done_, t);
            t.at_ = place::outside;
            wake(t);
        }
        changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

LLMX_DECL void offload_ticket::give_up(void* self) noexcept {
    auto& t = *static_cast<offload_ticket*>(self);
    if (t.worker_->withdraw(t)) offload_worker::wake(t);
}

} // namespace llmx::inline LLMX_ABI::detail
