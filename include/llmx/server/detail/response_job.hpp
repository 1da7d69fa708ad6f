// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/openai/detail/responses_stored.hpp>
#include <llmx/wire/sse.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A response that is made in the background: its request, and the events so far.
///
/// One coroutine makes it (`run_response`), on the thread of `executor`; readers and `cancel` may be on any thread.
class response_job : public std::enable_shared_from_this<response_job> {
public:
    /// \p where: the runtime's executor of the coroutine. \p begun: the response without output, whose status is "queued".
    /// \p budget may be null, and outlives this.
    LLMX_DECL response_job(std::string owner, std::string id, boost::asio::any_io_executor where, std::string begun,
                           memory_budget* budget = nullptr);
    response_job(const response_job&) = delete;
    response_job& operator=(const response_job&) = delete;
    LLMX_INLINE ~response_job();

    const std::string owner, id;
    // Of the coroutine alone, once it has begun.
    /// The request as its caller sent it, and as it is executed.
    std::string asked, body;
    /// The conversation that gets the response, and the input that it gets with it; empty: none.
    std::string conversation, added;
    /// What will be kept; `response` is made at the end.
    response_record record;
    call_context context;
    /// Accounts for these texts.
    memory_lease memory;
    /// Deployments that are not tried, by index; the one that is left has the response before. The request holds what its own language
    /// may not.
    std::vector<std::size_t> others;
    bool pinned = false, must_translate = false;
    /// What layers and providers get of the caller's fields.
    std::vector<std::pair<std::string, std::string>> fields;

    /// From now on the events count for \p total, at most \p most bytes of all jobs.
    void limit_events(std::shared_ptr<std::atomic<std::size_t>> total, std::size_t most) noexcept {
        total_ = std::move(total);
        total_->fetch_add(bytes_, std::memory_order_relaxed);
        most_ = most;
    }

    // For the coroutine.
    /// Adds what the events \p bytes are, split anywhere. Fails with `errc::shed` when there is no room, and as `sse_parser` does.
    LLMX_DECL [[nodiscard]] result<void> feed(std::string_view bytes);
    /// The last event came: `record` has the response.
    [[nodiscard]] bool has_ended() const noexcept { return !record.response.empty(); }
    /// The response has failed by \p why, unless it has ended; a cancelled one is cancelled.
    LLMX_DECL void fail(const error& why);
    /// All events as they were sent.
    LLMX_DECL [[nodiscard]] std::string all_events() const;
    /// What it made is where it can be found, or lost: readers that wait learn that nothing will come.
    LLMX_DECL void close() noexcept;

    // For others.
    /// The response as it is now.
    LLMX_DECL [[nodiscard]] std::string snapshot() const;
    /// Ends the call soon; \p forget: its result is not kept.
    LLMX_DECL void cancel(bool forget = false);
    [[nodiscard]] bool forgotten() const noexcept { return forgotten_.load(std::memory_order_relaxed); }
    /// Appends to \p out the events from number \p from on, as many as fit into about a quarter of a megabyte, and returns the number of
    /// the next one.
    /// \p ended: none will follow.
    LLMX_DECL [[nodiscard]] std::size_t read(std::size_t from, std::string& out, bool& ended) const;
    /// Cancels \p wake on \p where when there are more events than \p have, or none will follow. False, and nothing is done, when that
    /// is so already.
    LLMX_DECL [[nodiscard]] bool wait(std::size_t have, std::shared_ptr<cancellation> wake, boost::asio::any_io_executor where);

private:
    struct waiter {
        std::shared_ptr<cancellation> wake;
        boost::asio::any_io_executor where;
    };
    LLMX_DECL result<void> take(const sse_event& event);
    LLMX_DECL void add(std::string_view type, std::string_view data);
    LLMX_DECL void wake_all(std::vector<waiter> waiting) noexcept;

    const boost::asio::any_io_executor executor_;
    sse_parser parser_;
    std::shared_ptr<std::atomic<std::size_t>> total_;
    std::size_t most_ = static_cast<std::size_t>(-1);

    mutable std::mutex mutex_;
    std::vector<std::string> events_;
    std::size_t bytes_ = 0;
    /// The response without output; its status; all of it at the end.
    const std::string begun_;
    std::string_view status_ = "queued";
    std::string final_;
    std::vector<waiter> waiters_;
    bool cancelled_ = false, closed_ = false;
    std::atomic<bool> forgotten_{false};
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/response_job.ipp>
#endif
