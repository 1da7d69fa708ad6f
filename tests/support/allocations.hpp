// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// \file
/// Counts heap allocations of the whole test program. The operators are weak, so that
/// several files of one program may include this header.

namespace llmx_test {
inline std::atomic<std::size_t> allocation_count{0};
inline thread_local std::size_t allocation_count_of_thread = 0;
/// Allocations since the program began.
[[nodiscard]] inline std::size_t allocations() noexcept { return allocation_count.load(std::memory_order_relaxed); }
/// The same of the calling thread.
[[nodiscard]] inline std::size_t allocations_of_thread() noexcept { return allocation_count_of_thread; }
} // namespace llmx_test

__attribute__((weak)) void* operator new(std::size_t size) {
    llmx_test::allocation_count.fetch_add(1, std::memory_order_relaxed);
    ++llmx_test::allocation_count_of_thread;
    if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc();
}
// std::stable_sort's buffer comes from this one.
__attribute__((weak)) void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    llmx_test::allocation_count.fetch_add(1, std::memory_order_relaxed);
    ++llmx_test::allocation_count_of_thread;
    return std::malloc(size == 0 ? 1 : size);
}
__attribute__((weak)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((weak)) void operator delete(void* p, std::size_t) noexcept { std::free(p); }
