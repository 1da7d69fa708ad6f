// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

template <class F, class... A>
concept makes_background_task = requires(F f, A&&... a) {
    { f(std::forward<A>(a)...) } -> std::same_as<boost::asio::awaitable<void>>;
};

/// The work of a task, whatever its type.
class background_job {
public:
    virtual ~background_job() = default;
    /// Called at most once. The job outlives the awaitable.
    [[nodiscard]] virtual boost::asio::awaitable<void> start(cancellation& stop) = 0;
    /// Whether `start` checks \p stop; if not, Asio's cancellation is used.
    [[nodiscard]] virtual bool takes_cancellation() const noexcept = 0;
};

template <class F> class background_job_of final : public background_job {
public:
    template <class G> explicit background_job_of(G&& make) : make_(std::forward<G>(make)) {}
    boost::asio::awaitable<void> start(cancellation& stop) override {
        if constexpr (makes_background_task<F&, cancellation&>) return make_(stop);
        else return make_();
    }
    bool takes_cancellation() const noexcept override { return makes_background_task<F&, cancellation&>; }

private:
    F make_;
};

template <> class background_job_of<boost::asio::awaitable<void>> final : public background_job {
public:
    explicit background_job_of(boost::asio::awaitable<void> work) : work_(std::move(work)) {}
    boost::asio::awaitable<void> start(cancellation&) override { return std::move(work_); }
    bool takes_cancellation() const noexcept override { return false; }

private:
    boost::asio::awaitable<void> work_;
};

class background_task;

/// The shared state of the tasks of one runtime; each of them keeps it alive.
class background_group {
public:
    /// Cancelled when the last task ends; shared by all that wait for it.
    LLMX_DECL [[nodiscard]] std::shared_ptr<cancellation> when_empty();
    LLMX_DECL void cancel() noexcept;

    std::atomic<std::size_t> size{0};
    std::atomic<std::uint64_t> failed{0};
    /// How many `join` calls wait for cancelled tasks: nothing is taken meanwhile.
    std::size_t closed = 0;
    /// The runtime has been destroyed.
    bool gone = false;

private:
    friend class background_task;
    std::list<background_task*> running_, cancelled_;
    std::shared_ptr<cancellation> ended_;
};

/// One task. The coroutine that runs it owns it, and with the coroutine it leaves its group.
class background_task {
public:
    LLMX_DECL background_task(std::shared_ptr<background_group> group, std::unique_ptr<background_job> job);
    background_task(const background_task&) = delete;
    background_task& operator=(const background_task&) = delete;
    LLMX_INLINE ~background_task();

    [[nodiscard]] background_group& group() const noexcept { return *group_; }
    [[nodiscard]] boost::asio::cancellation_slot slot() noexcept { return asio_stop_.slot(); }
    [[nodiscard]] boost::asio::awaitable<void> start() { return job_->start(stop_); }
    /// Counts the exception that is being handled.
    LLMX_DECL void note_failure() noexcept;

private:
    friend class background_group;
    cancellation stop_;
    boost::asio::cancellation_signal asio_stop_;
    std::shared_ptr<background_group> group_;
    std::unique_ptr<background_job> job_;
    std::list<background_task*>::iterator at_;
    bool stopped_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
