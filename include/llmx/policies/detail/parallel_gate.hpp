// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

namespace llmx::inline LLMX_ABI::detail {

/// Slots for calls at once, and a first-come-first-served line of those that wait.
///
/// Taking a free slot and returning one while no call waits is one compare-and-swap. The
/// lock guards the line alone. Waiting calls may be on different `io_context`s: each is
/// woken by a handler posted to its own. The limit is passed in, so a reload may change it.
class parallel_gate {
public:
    /// Someone in the line. Owned by its coroutine and by the line.
    struct waiter {
        explicit waiter(boost::asio::any_io_executor ex) noexcept : executor(std::move(ex)) {}
        boost::asio::any_io_executor executor;
        /// Ends the wait; touched on the waiter's own executor only.
        cancellation wake;
        /// Set under the gate's lock; the slot is the waiter's from then on.
        bool granted = false;
    };
    using ticket = std::shared_ptr<waiter>;

    LLMX_DECL [[nodiscard]] bool try_enter(std::uint32_t limit) noexcept;
    /// A place in the line, or null when \p max_waiting are waiting. The slot may be
    /// granted before this returns.
    LLMX_DECL [[nodiscard]] ticket line_up(std::uint32_t limit, std::uint32_t max_waiting,
                                           boost::asio::any_io_executor ex);
    /// Ends a wait, however it went; true when the slot is the caller's.
    LLMX_DECL [[nodiscard]] bool step_out(const ticket& t) noexcept;
    /// Returns a slot and admits the next waiting call.
    LLMX_DECL void leave(std::uint32_t limit) noexcept;

    [[nodiscard]] std::uint32_t inside() const noexcept { return inside_of(word_.load(std::memory_order_relaxed)); }
    [[nodiscard]] std::uint32_t waiting() const noexcept { return waiting_of(word_.load(std::memory_order_relaxed)); }

private:
    static constexpr std::uint64_t one_waiting = std::uint64_t{1} << 32;
    static constexpr std::uint32_t inside_of(std::uint64_t w) noexcept { return static_cast<std::uint32_t>(w); }
    static constexpr std::uint32_t waiting_of(std::uint64_t w) noexcept { return static_cast<std::uint32_t>(w >> 32); }
    /// Moves waiters into free slots; called with the lock held.
    LLMX_DECL void let_in(std::uint32_t limit) noexcept;

    /// Calls inside, and above them calls waiting. The latter changes under the lock only.
    std::atomic<std::uint64_t> word_{0};
    std::mutex lock_;
    std::deque<ticket> line_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/parallel_gate.ipp>
#endif
