// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/service/detail/background_group.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_runtime;
using runtime = LLMX_PLAIN(basic_runtime);

/// The work that `background_tasks::post` takes besides an awaitable: a function object, which may be
/// move-only, that makes an `awaitable<void>` from the task's `cancellation`, or from nothing.
template <class F>
concept background_work =
    std::move_constructible<F> && (detail::makes_background_task<F&, cancellation&> || detail::makes_background_task<F&>);

/// Work of one runtime that outlives the call it comes from: settling a budget, exporting a record.
///
/// `runtime::background()` is the group of a runtime; a server waits for it when it drains. A task
/// owns the objects that it uses (a `shared_ptr` to state, never a bare `this`), because its call may be
/// gone. There are never more than `limit` tasks: work that is posted beyond that is refused and counted,
/// and the caller decides whether that is an error.
///
/// Cancellation: a function object that takes a `cancellation&` gets the task's own, which stays
/// valid until the task ends. Any other task is cancelled through Asio (terminal cancellation),
/// and the operation that it awaits then throws. A task may clean up after it has been cancelled.
///
/// An exception that leaves a task is counted and ends that task alone.
///
/// The runtime may be destroyed while tasks run: they are cancelled, tasks that have not begun
/// never do, and the coroutines of the others are destroyed with the `io_context`, or end when
/// it runs on. A cancelled task must not use the runtime except in these two ways: it may
/// complete, and its variables may be destroyed.
///
/// Not thread-safe, as the runtime is not; the counters may be read on any thread.
class background_tasks {
public:
    /// A task is about 1 KiB; a core at full load ends some 10,000 calls a second, and a store
    /// that takes longer than 100 ms for each of them does not work.
    static constexpr std::size_t default_limit = 1024;

    LLMX_DECL explicit background_tasks(runtime& on);
    background_tasks(const background_tasks&) = delete;
    background_tasks& operator=(const background_tasks&) = delete;
    /// Cancels all running tasks.
    LLMX_INLINE ~background_tasks();

    /// Runs \p work soon, never within this call. False: the group is full, or closed by `join`, or
    /// there is no memory; \p work is destroyed then and counts as refused.
    LLMX_DECL bool post(boost::asio::awaitable<void> work) noexcept;
    /// The same for work that \p make creates when the task begins. \p make exists as long as the
    /// task does, so that it may be a lambda with captures whose body is the coroutine.
    template <class F>
        requires background_work<std::remove_cvref_t<F>>
    bool post(F&& make) noexcept {
        try {
            return begin(std::make_unique<detail::background_job_of<std::remove_cvref_t<F>>>(std::forward<F>(make)));
        } catch (...) {
            return refuse();
        }
    }

    /// Completes when no task is left. At \p until it cancels those that remain, refuses others and
    /// waits for the cancelled ones to end; a task that ignores its cancellation keeps it waiting.
    /// `time_point::max()`: it never cancels. Until then a task may post others, which are waited
    /// for too. The runtime must outlive it. Several may wait at once.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<void> join(time_point until);
    /// Cancels the tasks that there are now. Those posted later run.
    LLMX_DECL void cancel() noexcept;

    /// The owner of the runtime lets its calls end and begins no others: long tasks that can go on at the next start stop soon.
    void begin_drain() noexcept { draining_ = true; }
    [[nodiscard]] bool draining() const noexcept { return draining_; }

    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return group_->size.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Tasks beyond a lower limit run to their end.
    void limit(std::size_t tasks) noexcept { limit_ = tasks; }
    /// Tasks that were not taken since the beginning.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
    /// Tasks that ended with an exception, other than the one that Asio's cancellation throws.
    [[nodiscard]] std::uint64_t failed() const noexcept { return group_->failed.load(std::memory_order_relaxed); }

private:
    LLMX_DECL [[nodiscard]] bool begin(std::unique_ptr<detail::background_job> job);
    LLMX_DECL bool refuse() noexcept;

    runtime* on_;
    boost::asio::any_io_executor executor_;
    std::shared_ptr<detail::background_group> group_;
    std::size_t limit_ = default_limit;
    std::atomic<std::uint64_t> refused_{0};
    bool draining_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/background.ipp>
#endif
