// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>

namespace llmx::inline v0 {

LLMX_DECL server_core::server_core(server_shared& all)
    : io(1), deadlines(io), log(deadlines, all.options.log), shared(all) {}

LLMX_DECL server_core::~server_core() = default;

LLMX_DECL void server_core::add(server_connection& c) noexcept {
    c.next_ = first_;
    c.previous_ = nullptr;
    if (first_ != nullptr) first_->previous_ = &c;
    first_ = &c;
    ++count_;
    shared.connections.fetch_add(1, std::memory_order_relaxed);
}

LLMX_DECL void server_core::remove(server_connection& c) noexcept {
    if (c.previous_ != nullptr) c.previous_->next_ = c.next_;
    else first_ = c.next_;
    if (c.next_ != nullptr) c.next_->previous_ = c.previous_;
    --count_;
    shared.connections.fetch_sub(1, std::memory_order_relaxed);
    if (draining_ && count_ == 0) io.stop();
}

LLMX_DECL void server_core::drain() noexcept {
    draining_ = true;
    for (server_connection* c = first_; c != nullptr; c = c->next_) c->stop(false);
    if (count_ == 0) io.stop();
}

LLMX_DECL void server_core::cancel_calls() noexcept {
    cancelling_ = true;
    // Cancelling resumes nothing at once that could unlink its neighbours: connections
    // go when their coroutines end, which is later.
    for (server_connection* c = first_; c != nullptr;) {
        server_connection* const next = c->next_;
        c->stop(true);
        c = next;
    }
}

} // namespace llmx::inline v0
