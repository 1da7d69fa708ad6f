// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/machine_memory.hpp>
#include <llmx/service/background.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

namespace detail {

LLMX_DECL [[nodiscard]] std::string lowered_limit(const server_options& asked, const server_options& used) {
    if (used.limits.max_body == asked.limits.max_body) return std::string();
    return "request bodies may have " + std::to_string(used.limits.max_body) + " bytes instead of " +
           std::to_string(asked.limits.max_body) + ": one may take a quarter of the memory for buffers, which is " +
           std::to_string(used.memory->limit()) + " bytes; raise that to have larger ones";
}

LLMX_DECL [[nodiscard]] server_options with_memory_budget(server_options o) {
    if (!o.memory) o.memory = std::make_shared<memory_budget>(default_memory_limit());
    // What could never be read to its end is refused by its head.
    o.limits.max_body = std::min(o.limits.max_body, o.memory->largest_body());
    if (!o.cors_origins) o.cors_origins.emplace();
    return o;
}

} // namespace detail

LLMX_DECL server_shared::server_shared(server_options o)
    : options(detail::with_memory_budget(o)), note(detail::lowered_limit(o, options)),
      max_connections(options.max_connections),
      log(std::make_shared<log_writer>(options.log.sink, options.log.max_queued, options.log.close_within)) {}

LLMX_DECL server_core::server_core(server_shared& all, boost::asio::io_context* outside)
    : own_io_(outside == nullptr ? std::make_unique<boost::asio::io_context>(1) : nullptr),
      io(outside == nullptr ? *own_io_ : *outside), deadlines(io), log(deadlines, all.options.log, all.log), shared(all),
      memory_poll_(deadlines, &server_core::look_for_memory, this, true) {}

LLMX_INLINE server_core::~server_core() = default;

LLMX_DECL void server_core::add(server_connection& c) noexcept {
    c.next_ = first_;
    c.previous_ = nullptr;
    if (first_ != nullptr) first_->previous_ = &c;
    first_ = &c;
    ++count_;
    c.counter_ = c.refused_ ? &shared.refusals : &shared.connections;
    c.counter_->fetch_add(1, std::memory_order_relaxed);
    // Refused ones have a limit of their own.
    if (!c.refused_) spare_to(c, silent_);
}

LLMX_DECL void server_core::remove(server_connection& c) noexcept {
    if (c.previous_ != nullptr) c.previous_->next_ = c.next_;
    else first_ = c.next_;
    if (c.next_ != nullptr) c.next_->previous_ = c.previous_;
    --count_;
    keep(c);
    if (c.counter_ != nullptr) c.counter_->fetch_sub(1, std::memory_order_relaxed);
    if (draining_) finish();
}

LLMX_DECL void server_core::spare_to(server_connection& c, detail::shed_chain& where) noexcept {
    if (c.spare_in_ != nullptr) c.spare_in_->remove(c);
    c.spare_in_ = &where;
    where.push_back(c);
    count_spares();
}

LLMX_DECL void server_core::keep(server_connection& c) noexcept {
    if (c.spare_in_ == nullptr) return;
    c.spare_in_->remove(c);
    c.spare_in_ = nullptr;
    count_spares();
}

LLMX_DECL bool server_core::shed(spare kind) {
    detail::shed_chain& first = kind == spare::idle ? idle_ : !half_heads_.empty() ? half_heads_ : silent_;
    if (first.empty()) return false;
    auto& c = static_cast<server_connection&>(*first.front());
    keep(c);
    // Not counted any more, although the coroutine that serves it ends only later.
    std::exchange(c.counter_, nullptr)->fetch_sub(1, std::memory_order_relaxed);
    c.shed();
    note_shed();
    return true;
}

LLMX_DECL void server_core::note_shed() {
    // A line for each would let a stranger write the log with nothing but handshakes.
    constexpr duration apart = std::chrono::seconds(10);
    ++shed_;
    const time_point now = on->now();
    if (shed_noted_ != time_point() && now - shed_noted_ < apart) return;
    shed_noted_ = now;
    log.warn("idle connections were closed to make room for new ones: " + std::to_string(std::exchange(shed_, 0)) +
             "; there may be " + std::to_string(shared.max_connections) + " (general_settings.max_connections)");
}

LLMX_DECL void server_core::begin_memory_wait(server_connection& c) noexcept {
    waiters_.push_back(c);
    c.waits_for_memory = true;
    if (memory_poll_.expiry() == time_point::max()) memory_poll_.expires_at(clock::now() + memory_interval);
}

LLMX_DECL void server_core::end_memory_wait(server_connection& c) noexcept {
    if (std::exchange(c.waits_for_memory, false)) waiters_.remove(c);
}

LLMX_DECL void server_core::look_for_memory(void* self) noexcept {
    server_core& core = *static_cast<server_core*>(self);
    for (detail::memory_waiter* w = core.waiters_.front(); w != nullptr;) {
        detail::memory_waiter* const next = w->memory_link.next;
        static_cast<server_connection*>(w)->try_memory();
        w = next;
    }
    if (!core.waiters_.empty()) core.memory_poll_.expires_at(clock::now() + memory_interval);
}

LLMX_DECL void server_core::drain() noexcept {
    draining_ = true;
    if (on->in_background() != 0) on->background().begin_drain();
    for (server_connection* c = first_; c != nullptr; c = c->next_) c->stop(false);
    finish();
}

LLMX_DECL void server_core::finish() noexcept {
    if (count_ != 0 || finishing_) return;
    // Nothing waits any more.
    if (!own_io_ && on_drained == nullptr) return;
    if (on->in_background() == 0) return end();
    try {
        // A context of the core's own would hold the core that holds it.
        std::shared_ptr<void> kept = own_io_ ? nullptr : part_of.lock();
        // Their time is that of the drain: `cancel_calls` ends it.
        boost::asio::co_spawn(LLMX_LATER(io), on->background().join(time_point::max()), [this, kept = std::move(kept)](const std::exception_ptr& failed) {
            finishing_ = false;
            if (failed) end();
            else finish();
        });
        finishing_ = true;
    } catch (const std::exception&) {
        // No memory to wait with.
        end();
    }
}

LLMX_DECL void server_core::end() noexcept {
    if (own_io_) return io.stop();
    if (const auto notify = std::exchange(on_drained, nullptr)) notify(drained_self);
}

LLMX_DECL void server_core::abandon() noexcept {
    draining_ = cancelling_ = true;
    on_drained = nullptr;
    // Nothing is resumed at once, as in cancel_calls.
    for (server_connection* c = first_; c != nullptr; c = c->next_) {
        keep(*c);
        c->shed();
    }
    if (on->in_background() != 0) on->background().cancel();
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
    const std::size_t tasks = on->in_background();
    if (tasks == 0) return;
    on->background().cancel();
    try {
        log.warn("the drain is over: background tasks were cancelled: " + std::to_string(tasks));
    } catch (const std::exception&) {
        // A line less.
    }
}

} // namespace llmx::inline LLMX_ABI
