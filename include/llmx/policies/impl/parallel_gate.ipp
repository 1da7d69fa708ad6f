// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/parallel_gate.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool parallel_gate::try_enter(std::uint32_t limit) noexcept {
    std::uint64_t w = word_.load(std::memory_order_relaxed);
    // A call that finds a line must join it, also when a slot is free.
    while (waiting_of(w) == 0 && inside_of(w) < limit)
        if (word_.compare_exchange_weak(w, w + 1, std::memory_order_acq_rel)) return true;
    return false;
}

LLMX_DECL parallel_gate::ticket parallel_gate::line_up(std::uint32_t limit, std::uint32_t max_waiting,
                                                       boost::asio::any_io_executor ex) {
    auto t = std::make_shared<waiter>(std::move(ex));
    const std::lock_guard<std::mutex> hold(lock_);
    if (waiting_of(word_.load(std::memory_order_relaxed)) >= max_waiting) return nullptr;
    line_.push_back(t);
    // From here on calls that leave take the lock and find the waiter; a slot that was
    // returned before is seen by let_in.
    word_.fetch_add(one_waiting, std::memory_order_acq_rel);
    let_in(limit);
    return t;
}

LLMX_DECL bool parallel_gate::step_out(const ticket& t) noexcept {
    const std::lock_guard<std::mutex> hold(lock_);
    if (t->granted) return true;
    if (const auto it = std::find(line_.begin(), line_.end(), t); it != line_.end()) {
        line_.erase(it);
        word_.fetch_sub(one_waiting, std::memory_order_acq_rel);
    }
    return false;
}

LLMX_DECL void parallel_gate::leave(std::uint32_t limit) noexcept {
    std::uint64_t w = word_.load(std::memory_order_relaxed);
    while (waiting_of(w) == 0)
        if (word_.compare_exchange_weak(w, w - 1, std::memory_order_acq_rel)) return;
    const std::lock_guard<std::mutex> hold(lock_);
    word_.fetch_sub(1, std::memory_order_acq_rel);
    let_in(limit);
}

LLMX_DECL void parallel_gate::let_in(std::uint32_t limit) noexcept {
    std::uint64_t w = word_.load(std::memory_order_relaxed);
    while (!line_.empty() && inside_of(w) < limit) {
        if (!word_.compare_exchange_weak(w, w + 1 - one_waiting, std::memory_order_acq_rel)) continue;
        w = w + 1 - one_waiting;
        const ticket t = std::move(line_.front());
        line_.pop_front();
        t->granted = true;
        // Never runs the handler here, so the lock is not held while a waiter resumes.
        boost::asio::post(t->executor, [t] { t->wake.cancel(); });
    }
}

} // namespace llmx::inline LLMX_ABI::detail
