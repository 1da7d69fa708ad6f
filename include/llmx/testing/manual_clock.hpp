// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::testing {

/// Time that passes only when the test advances it, and the waits on it.
///
/// A wait that is left when the clock is destroyed ends only by its cancellation. Not thread-safe.
class manual_clock {
public:
    /// Begins far enough from zero for tests that subtract.
    explicit manual_clock(time_point begin = time_point(std::chrono::hours(1))) noexcept : now_(begin) {}
    manual_clock(const manual_clock&) = delete;
    manual_clock& operator=(const manual_clock&) = delete;
    ~manual_clock() {
        for (waiter* w = first_; w != nullptr; w = w->next) w->owner = nullptr;
    }

    [[nodiscard]] time_point now() const noexcept { return now_; }
    /// Advances the time and wakes the waits that it reaches; they resume when the context runs.
    LLMX_DECL void advance(duration d) noexcept { advance_to(now_ + d); }
    /// Time never runs backwards: an earlier \p when changes nothing.
    LLMX_DECL void advance_to(time_point when) noexcept;

    /// Completes when the clock reaches \p when, or with `cancelled`. Until then the
    /// waiting counts as work of the context it runs on.
    LLMX_DECL boost::asio::awaitable<result<void>> wait_until(time_point when, cancellation& stop);
    /// How many wait.
    LLMX_DECL [[nodiscard]] std::size_t waiting() const noexcept;

private:
    struct waiter {
        waiter(manual_clock& c, time_point until, boost::asio::any_io_executor ex)
            : owner(&c), when(until), wake(ex, time_point::max()), next(c.first_) {
            c.first_ = this;
        }
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;
        LLMX_INLINE ~waiter();
        static void on_cancel(void* self) noexcept { static_cast<waiter*>(self)->wake.cancel(); }
        manual_clock* owner;
        time_point when;
        boost::asio::steady_timer wake;
        waiter* next;
    };

    time_point now_;
    waiter* first_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/manual_clock.ipp>
#endif
