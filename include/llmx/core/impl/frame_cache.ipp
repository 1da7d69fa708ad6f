// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/frame_cache.hpp>

namespace llmx::inline LLMX_ABI {

struct frame_cache::at_thread_exit {
    explicit at_thread_exit(frame_cache& c) noexcept : cache(&c) {}
    at_thread_exit(const at_thread_exit&) = delete;
    at_thread_exit& operator=(const at_thread_exit&) = delete;
    ~at_thread_exit() {
        cache->clear();
        // Frames that are freed later still, by destructors of other thread-local objects, are not kept.
        cache->state_ = state::closed;
        for (list& l : cache->lists_) l.room = 0;
    }
    frame_cache* cache;
};

LLMX_DECL bool frame_cache::open() noexcept {
    if (state_ != state::unused) return false;
    thread_local const at_thread_exit cleaner(*this);
    state_ = state::open;
    for (std::size_t at = 0; at < sizes; ++at) lists_[at].room = most_of(at);
    return true;
}

LLMX_DECL std::size_t frame_cache::kept() const noexcept {
    if (state_ != state::open) return 0;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < sizes; ++at) bytes += (most_of(at) - lists_[at].room) * ((at + 1) * step);
    return bytes;
}

LLMX_DECL void frame_cache::clear() noexcept {
    for (std::size_t at = 0; at < sizes; ++at) {
        while (block* const b = lists_[at].first) {
            poison(b, at, false);
            lists_[at].first = b->next;
            ++lists_[at].room;
            ::operator delete(b);
        }
    }
}

} // namespace llmx::inline LLMX_ABI
