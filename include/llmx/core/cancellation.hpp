// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

namespace llmx::inline v0 {

/// The one cancellation of a call.
///
/// Whatever the call is waiting for (a socket, a timer, a queue) registers how to
/// stop it; `cancel` stops all of it. A registration may outlive the object. Not thread-safe:
/// `cancel` must run on the thread the call runs on (post to its executor from elsewhere).
class cancellation {
public:
    cancellation() = default;
    cancellation(const cancellation&) = delete;
    cancellation& operator=(const cancellation&) = delete;
    /// What is registered is stopped by nobody any more; it runs on.
    ~cancellation() {
        while (head_ != nullptr) head_->unlink();
    }

    /// Stops everything registered now; whoever would wait later looks at `cancelled` first.
    void cancel() noexcept {
        cancelled_ = true;
        // A handler may unregister itself or others: always take the first.
        while (head_ != nullptr) {
            registration* r = head_;
            r->unlink();
            r->stop_(r->self_);
        }
    }
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    /// Ties an operation to a cancellation for as long as it lives.
    class registration {
    public:
        /// \p stop is called at most once, on cancel, with \p self.
        registration(cancellation& owner, void (*stop)(void*) noexcept, void* self) noexcept
            : owner_(&owner), stop_(stop), self_(self), next_(owner.head_) {
            if (next_ != nullptr) next_->previous_ = this;
            owner.head_ = this;
        }
        registration(const registration&) = delete;
        registration& operator=(const registration&) = delete;
        ~registration() { unlink(); }
        /// False after a cancellation, and after the end of the object registered with.
        [[nodiscard]] bool attached() const noexcept { return owner_ != nullptr; }

    private:
        friend class cancellation;
        void unlink() noexcept {
            if (owner_ == nullptr) return;
            if (previous_ != nullptr) previous_->next_ = next_;
            else owner_->head_ = next_;
            if (next_ != nullptr) next_->previous_ = previous_;
            owner_ = nullptr;
        }
        cancellation* owner_;
        void (*stop_)(void*) noexcept;
        void* self_;
        registration* next_;
        registration* previous_ = nullptr;
    };

private:
    registration* head_ = nullptr;
    bool cancelled_ = false;
};

} // namespace llmx::inline v0
