// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

namespace llmx::inline LLMX_ABI {

/// The one cancellation of a call.
///
/// Whatever the call is waiting for (a socket, a timer, a queue) registers how to
/// stop it; `cancel` stops all of it. A registration may outlive the object: nothing stops
/// it then. Not thread-safe: `cancel` must run on the thread the call runs on (post to its
/// executor from elsewhere).
class cancellation {
public:
    class registration;

    cancellation() = default;
    cancellation(const cancellation&) = delete;
    cancellation& operator=(const cancellation&) = delete;
    inline ~cancellation();

    /// Stops everything registered now; an operation that begins later must check `cancelled` first.
    inline void cancel() noexcept;
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    /// Ties an operation to a cancellation for as long as both live.
    class registration {
    public:
        /// \p stop is called at most once, on cancel, with \p self.
        registration(cancellation& owner, void (*stop)(void*) noexcept, void* self) noexcept
            : stop_(stop), self_(self) {
            link(owner.head_);
        }
        registration(const registration&) = delete;
        registration& operator=(const registration&) = delete;
        ~registration() { unlink(); }
        /// Whether the object that it was made with still exists, cancelled or not.
        [[nodiscard]] bool attached() const noexcept { return at_ != nullptr; }

    private:
        friend class cancellation;
        void link(registration*& head) noexcept {
            next_ = head;
            if (next_ != nullptr) next_->at_ = &next_;
            at_ = &head;
            head = this;
        }
        void unlink() noexcept {
            if (at_ == nullptr) return;
            *at_ = next_;
            if (next_ != nullptr) next_->at_ = at_;
            at_ = nullptr;
        }
        void (*stop_)(void*) noexcept;
        void* self_;
        registration* next_ = nullptr;
        /// The pointer that points here: the list's head or the one before.
        registration** at_ = nullptr;
    };

private:
    registration* head_ = nullptr;
    registration* stopped_ = nullptr;
    bool cancelled_ = false;
};

inline cancellation::~cancellation() {
    while (head_ != nullptr) head_->unlink();
    while (stopped_ != nullptr) stopped_->unlink();
}

inline void cancellation::cancel() noexcept {
    cancelled_ = true;
    // A handler may unregister itself or others: always take the first.
    while (head_ != nullptr) {
        registration* const r = head_;
        r->unlink();
        r->link(stopped_);
        r->stop_(r->self_);
    }
}

} // namespace llmx::inline LLMX_ABI
