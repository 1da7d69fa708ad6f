// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/offload.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

namespace llmx::inline LLMX_ABI::detail {

class offload_ticket;

/// The thread beside an event loop, and the work that waits for it, oldest first.
///
/// Two for each `io_context`, which owns them; all runtimes on the context share them: the thread starts with the first work and is joined
/// when the context goes, before its handlers do. Shared with the coroutines that wait. The
/// queue needs no limit of its own: each call waits for one piece of work at a time.
class offload_worker : public std::enable_shared_from_this<offload_worker> {
public:
    LLMX_DECL [[nodiscard]] static std::shared_ptr<offload_worker> of(boost::asio::io_context& io, bool for_long);
    offload_worker() = default;
    offload_worker(const offload_worker&) = delete;
    offload_worker& operator=(const offload_worker&) = delete;
    ~offload_worker() { stop(); }

    /// Ends the thread when the running work is done. Waiting work is dropped: its coroutines
    /// continue without it. Not on the worker's own thread.
    LLMX_DECL void stop() noexcept;

private:
    friend class offload_ticket;
    enum class place : std::uint8_t { outside, queued, running, done };
    struct list {
        offload_ticket* first = nullptr;
        offload_ticket* last = nullptr;
    };

    /// False when the system gives no thread.
    LLMX_DECL [[nodiscard]] bool enter(offload_ticket& t);
    /// Whether \p t waited and now never runs.
    LLMX_DECL bool withdraw(offload_ticket& t) noexcept;
    /// Discards \p t; blocks while it runs.
    LLMX_DECL void leave(offload_ticket& t) noexcept;
    LLMX_DECL void serve() noexcept;
    /// Has \p loop wake those of its tickets whose work is over; false when there is no memory for it.
    LLMX_DECL [[nodiscard]] bool announce(const boost::asio::any_io_executor& loop) noexcept;
    LLMX_DECL void wake_done(const boost::asio::any_io_executor& loop) noexcept;
    LLMX_DECL static void wake(offload_ticket& t) noexcept;
    LLMX_DECL static void append(list& to, offload_ticket& t) noexcept;
    LLMX_DECL static void remove(list& from, offload_ticket& t) noexcept;

    std::mutex mutex_;
    std::condition_variable changed_; // for the thread: work has come, or the end
    std::condition_variable ran_;     // for `leave`: a piece of work is over
    list queue_, done_;
    std::thread thread_;
    bool stopping_ = false;
};

/// One piece of work for a worker; is in the frame of the coroutine that
/// awaits it and is used on the loop's thread, or in the strand of its runtime.
class offload_ticket {
public:
    /// \p loop is where its coroutine runs.
    offload_ticket(std::shared_ptr<offload_worker> where, const boost::asio::any_io_executor& loop, offloaded_work& work)
        : worker_(std::move(where)), work_(&work), loop_(loop), wake_(loop, boost::asio::steady_timer::time_point::max()) {}
    offload_ticket(const offload_ticket&) = delete;
    offload_ticket& operator=(const offload_ticket&) = delete;
    ~offload_ticket() { worker_->leave(*this); }

    /// Queues the work; false when the system gives no thread for it.
    LLMX_DECL [[nodiscard]] bool begin() { return worker_->enter(*this); }
    /// Whether the work has run or never will.
    [[nodiscard]] bool over() const noexcept { return over_; }
    /// The signal to wait for while it is not over.
    [[nodiscard]] boost::asio::steady_timer& ended() noexcept { return wake_; }
    /// The work is over unless it runs already. \p self is the ticket.
    LLMX_DECL static void give_up(void* self) noexcept;
    /// Whether the work has run; rethrows its exception.
    [[nodiscard]] bool has_run() const {
        if (failure_) std::rethrow_exception(failure_);
        return has_run_;
    }

private:
    friend class offload_worker;
    std::shared_ptr<offload_worker> worker_;
    offloaded_work* work_;
    boost::asio::any_io_executor loop_;
    boost::asio::steady_timer wake_;
    std::exception_ptr failure_;
    offload_ticket* next_ = nullptr;
    offload_ticket* previous_ = nullptr;
    offload_worker::place at_ = offload_worker::place::outside;
    bool has_run_ = false;
    bool over_ = false; // for the loop's thread alone
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/offload_worker.ipp>
#endif
