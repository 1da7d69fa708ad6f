// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/transport/detail/chain.hpp>
#include <llmx/transport/io_executor.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// All deadlines of one executor on one timer.
///
/// A deadline is moved with every read, write and message but hardly ever reached. So
/// moving it is a store: the timer stays armed at the earliest deadline that it was ever given,
/// and looks around when it fires. Deadlines are kept to within `tick`, never early.
///
/// `io_context::run()` stays for as long as a `watcher` that is not of the background
/// kind has a deadline, and not for the timer itself. Not thread-safe: everything happens
/// on the context's thread, or in its strand (or before and after the context runs).
class deadline_service {
public:
    /// Deadlines closer together than this expire together.
    static constexpr duration tick = std::chrono::milliseconds(5);

    /// One deadline and what to do when it passes.
    class watcher {
    public:
        using callback = void (*)(void* self) noexcept;
        /// \p expired is called with \p self each time a deadline passes; the deadline is
        /// cleared before. It may destroy or move any watcher, itself included, and the
        /// service. A \p background watcher does not keep `run()` going.
        LLMX_DECL watcher(deadline_service& owner, callback expired, void* self, bool background = false) noexcept
            : owner_(&owner), expired_(expired), self_(self), background_(background) {
            owner.all_.push_front(*this);
        }
        watcher(const watcher&) = delete;
        watcher& operator=(const watcher&) = delete;
        ~watcher() {
            if (owner_ == nullptr) return;
            never();
            owner_->forget(*this);
        }

        /// Moves the deadline; `time_point::max()` is none. One in the past expires soon,
        /// never within the call.
        void expires_at(time_point when) noexcept {
            const bool had = when_ != time_point::max();
            const bool has = when != time_point::max();
            when_ = when;
            if (owner_ == nullptr) return;
            if (had != has && !background_) owner_->count(has);
            if (when < owner_->armed_) owner_->arm_earlier(when);
        }
        void never() noexcept { expires_at(time_point::max()); }
        [[nodiscard]] time_point expiry() const noexcept { return when_; }

    private:
        friend class deadline_service;
        time_point when_ = time_point::max();
        deadline_service* owner_;
        callback expired_;
        void* self_;
        detail::chain_link<watcher> link_;
        bool background_;
    };

    /// Throws `call_failed` when \p on leads to no `io_context`.
    explicit deadline_service(io_executor on)
        : on_(std::move(on)), io_(&on_.context()), timer_(*io_), alive_(std::make_shared<deadline_service*>(this)) {}
    deadline_service(const deadline_service&) = delete;
    deadline_service& operator=(const deadline_service&) = delete;
    /// Watchers may outlive the service; they never expire then.
    LLMX_INLINE ~deadline_service();

    /// Times the timer was set since the beginning, for tests and measurements.
    [[nodiscard]] std::size_t times_armed() const noexcept { return times_armed_; }

private:
    using timer_type = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                                         boost::asio::io_context::executor_type>;
    LLMX_DECL void count(bool one_more) noexcept;
    LLMX_DECL void arm_earlier(time_point when) noexcept;
    LLMX_DECL void arm(time_point when) noexcept;
    LLMX_DECL void wait() noexcept;
    LLMX_DECL void look_around() noexcept;
    void forget(watcher& w) noexcept {
        if (next_ == &w) next_ = w.link_.next;
        all_.remove(w);
    }

    io_executor on_;
    boost::asio::io_context* io_;
    timer_type timer_;
    /// What a wait in flight refers to: null inside once we are gone.
    std::shared_ptr<deadline_service*> alive_;
    detail::chain<watcher, &watcher::link_> all_;
    /// The timer fires then at the latest; `max` when it need not fire at all.
    time_point armed_ = time_point::max();
    /// Only while looking around: the watcher to visit next, and the earliest seen.
    watcher* next_ = nullptr;
    time_point earliest_ = time_point::max();
    std::size_t finite_ = 0;
    std::size_t times_armed_ = 0;
    bool looking_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/deadlines.ipp>
#endif
