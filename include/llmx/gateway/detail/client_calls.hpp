// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/cancellation.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

/// The calls of a client that are under way. Allocates nothing. Not thread-safe.
class client_calls {
public:
    client_calls() = default;
    client_calls(const client_calls&) = delete;
    client_calls& operator=(const client_calls&) = delete;
    ~client_calls() {
        while (first_ != nullptr) first_->leave();
    }

    /// A call in the list, for as long as it lives there: in its coroutine or its stream.
    class entry {
    public:
        entry() = default;
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;
        ~entry() { leave(); }

        /// \p context_gone, if any, is called with \p self when the `io_context` is being destroyed.
        void enter(client_calls& calls, cancellation& stop, void (*context_gone)(void*) noexcept = nullptr,
                   void* self = nullptr) noexcept {
            calls_ = &calls;
            stop_ = &stop;
            context_gone_ = context_gone;
            self_ = self;
            next_ = calls.first_;
            if (next_ != nullptr) next_->previous_ = this;
            calls.first_ = this;
        }
        void leave() noexcept {
            if (calls_ == nullptr) return;
            if (previous_ != nullptr) previous_->next_ = next_;
            else calls_->first_ = next_;
            if (next_ != nullptr) next_->previous_ = previous_;
            calls_ = nullptr;
            previous_ = next_ = nullptr;
        }

    private:
        friend class client_calls;
        client_calls* calls_ = nullptr;
        cancellation* stop_ = nullptr;
        void (*context_gone_)(void*) noexcept = nullptr;
        void* self_ = nullptr;
        entry* next_ = nullptr;
        entry* previous_ = nullptr;
    };

    // What is called may make other entries leave: always the first is next. Each stays in the
    // list until its call has ended, because the end of the context is still to be heard of.
    void cancel_all() noexcept {
        client_calls cancelled;
        while (entry* const e = first_) {
            e->leave();
            e->enter(cancelled, *e->stop_, e->context_gone_, e->self_);
            e->stop_->cancel();
        }
        while (entry* const e = cancelled.first_) {
            e->leave();
            e->enter(*this, *e->stop_, e->context_gone_, e->self_);
        }
    }
    void context_gone() noexcept {
        while (entry* const e = first_) {
            e->leave();
            if (e->context_gone_ != nullptr) e->context_gone_(e->self_);
        }
    }

private:
    entry* first_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI::detail
