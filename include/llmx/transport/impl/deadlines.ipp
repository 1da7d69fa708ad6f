// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/deadlines.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_INLINE deadline_service::~deadline_service() {
    *alive_ = nullptr;
    while (watcher* const w = all_.front()) {
        w->never();
        w->owner_ = nullptr;
        all_.remove(*w);
    }
}

LLMX_DECL void deadline_service::count(bool one_more) noexcept {
    if (one_more ? finite_++ != 0 : --finite_ != 0) return;
    const auto executor = io_->get_executor();
    if (one_more) executor.on_work_started();
    // Bringing the context's count to zero stops it, and outside of `run()` nothing else
    // need be counted: then the next `run()` is the one to find out.
    else if (executor.running_in_this_thread()) executor.on_work_finished();
    else boost::asio::post(executor, [executor] { executor.on_work_finished(); });
}

LLMX_DECL void deadline_service::arm_earlier(time_point when) noexcept {
    // A time before the clock's epoch is as past as the epoch, and subtracting is safe.
    when = std::max(when, time_point());
    if (looking_) earliest_ = std::min(earliest_, when);
    else if (when < armed_ - tick) arm(when);
}

LLMX_DECL void deadline_service::arm(time_point when) noexcept {
    armed_ = when;
    ++times_armed_;
    if (io_->get_executor().running_in_this_thread()) return wait();
    boost::asio::post(on_.executor(), [alive = alive_] {
        if (*alive != nullptr) (*alive)->wait();
    });
}

LLMX_DECL void deadline_service::wait() noexcept {
    const auto executor = io_->get_executor();
    timer_.expires_at(armed_);
    // The wait would count as work of the context until it ends, however far off that is.
    // It is taken off the count here and put back when it ends: `count` alone shows whether
    // `run()` has something to stay for. We are inside a handler, so the count stays above 0.
    if (!on_.is_strand())
        timer_.async_wait([executor, alive = alive_](const boost::system::error_code& ec) {
            executor.on_work_started();
            if (*alive != nullptr && !ec) (*alive)->look_around();
        });
    else
        timer_.async_wait([executor, on = on_.executor(), alive = alive_](const boost::system::error_code& ec) mutable {
            executor.on_work_started();
            // Any thread of the context may be here; `alive` is read in the strand alone.
            if (!ec)
                boost::asio::dispatch(on, [alive = std::move(alive)] {
                    if (*alive != nullptr) (*alive)->look_around();
                });
        });
    executor.on_work_finished();
}

LLMX_DECL void deadline_service::look_around() noexcept {
    const std::shared_ptr<deadline_service*> alive = alive_;
    const time_point now = clock::now();
    armed_ = earliest_ = time_point::max();
    looking_ = true;
    next_ = all_.front();
    while (watcher* const w = next_) {
        next_ = w->link_.next;
        if (w->when_ > now) {
            earliest_ = std::min(earliest_, w->when_);
            continue;
        }
        w->never();
        w->expired_(w->self_);
        if (*alive == nullptr) return;
    }
    looking_ = false;
    if (earliest_ != time_point::max()) arm(std::max(earliest_, now + tick));
}

} // namespace llmx::inline LLMX_ABI
