// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/service/background.hpp>
#include <llmx/service/runtime.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::shared_ptr<cancellation> background_group::when_empty() {
    if (!ended_ || ended_->cancelled()) ended_ = std::make_shared<cancellation>();
    return ended_;
}

LLMX_DECL void background_group::cancel() noexcept {
    // One task's end may be that of others: always take the first.
    while (!running_.empty()) {
        background_task& t = *running_.front();
        t.stopped_ = true;
        cancelled_.splice(cancelled_.end(), running_, running_.begin());
        if (t.job_->takes_cancellation()) t.stop_.cancel();
        else t.asio_stop_.emit(boost::asio::cancellation_type::terminal);
    }
}

LLMX_DECL background_task::background_task(std::shared_ptr<background_group> group, std::unique_ptr<background_job> job)
    : group_(std::move(group)), job_(std::move(job)) {
    group_->running_.push_back(this);
    at_ = std::prev(group_->running_.end());
    group_->size.fetch_add(1, std::memory_order_relaxed);
}

LLMX_INLINE background_task::~background_task() {
    job_.reset();
    (stopped_ ? group_->cancelled_ : group_->running_).erase(at_);
    if (group_->size.fetch_sub(1, std::memory_order_relaxed) == 1 && group_->ended_) group_->ended_->cancel();
}

LLMX_DECL void background_task::note_failure() noexcept {
    const bool cancelled = !job_->takes_cancellation() && stopped_;
    try {
        throw;
    } catch (const boost::system::system_error& e) {
        if (cancelled && e.code() == boost::asio::error::operation_aborted) return;
    } catch (...) {
    }
    group_->failed.fetch_add(1, std::memory_order_relaxed);
}

LLMX_DECL [[nodiscard]] boost::asio::awaitable<void> run_background_task(std::shared_ptr<background_task> t) {
    try {
        const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
        // Otherwise the task would begin within `post`.
        co_await boost::asio::post(executor, boost::asio::deferred);
        if (t->group().gone) co_return;
        co_await t->start();
    } catch (...) {
        t->note_failure();
    }
}

LLMX_DECL void wake_background_join(void* timer) noexcept { static_cast<boost::asio::steady_timer*>(timer)->cancel(); }

/// Waits for \p event, at whose end there may be no runtime.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<void> wait_for_background(std::shared_ptr<cancellation> event) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer woken(executor, boost::asio::steady_timer::time_point::max());
    const cancellation::registration registered(*event, &wake_background_join, &woken);
    (void)co_await woken.async_wait(boost::asio::as_tuple(boost::asio::deferred));
}

struct background_closing {
    explicit background_closing(background_group& g) noexcept : group(g) { ++group.closed; }
    background_closing(const background_closing&) = delete;
    background_closing& operator=(const background_closing&) = delete;
    ~background_closing() { --group.closed; }
    background_group& group;
};

} // namespace detail

LLMX_DECL background_tasks::background_tasks(runtime& on)
    : on_(&on), executor_(on.executor()), group_(std::make_shared<detail::background_group>()) {}

LLMX_INLINE background_tasks::~background_tasks() {
    group_->gone = true;
    group_->cancel();
}

LLMX_DECL bool background_tasks::post(boost::asio::awaitable<void> work) noexcept {
    try {
        return begin(std::make_unique<detail::background_job_of<boost::asio::awaitable<void>>>(std::move(work)));
    } catch (...) {
        return refuse();
    }
}

LLMX_DECL bool background_tasks::refuse() noexcept {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
}

LLMX_DECL bool background_tasks::begin(std::unique_ptr<detail::background_job> job) {
    if (group_->closed != 0 || size() >= limit_ || !executor_) return refuse();
    auto task = std::make_shared<detail::background_task>(group_, std::move(job));
    const boost::asio::cancellation_slot slot = task->slot();
    boost::asio::co_spawn(LLMX_LATER(executor_), detail::run_background_task(std::move(task)),
                          boost::asio::bind_cancellation_slot(slot, boost::asio::detached));
    return true;
}

LLMX_DECL void background_tasks::cancel() noexcept { group_->cancel(); }

LLMX_DECL boost::asio::awaitable<void> background_tasks::join(time_point until) {
    const std::shared_ptr<detail::background_group> group = group_;
    runtime& on = *on_;
    while (group->size != 0 && (until == time_point::max() || on.now() < until)) {
        const std::shared_ptr<cancellation> ended = group->when_empty();
        if (until == time_point::max()) co_await detail::wait_for_background(ended);
        else (void)co_await on.sleep_until(until, *ended);
        if (group->gone) co_return;
    }
    if (group->size == 0) co_return;
    const detail::background_closing closed(*group);
    group->cancel();
    while (group->size != 0) {
        const std::shared_ptr<cancellation> ended = group->when_empty();
        co_await detail::wait_for_background(ended);
    }
}

} // namespace llmx::inline LLMX_ABI
