// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace llmx_test {

/// Allocations of this thread since it began. The operators below are weak, so that every
/// file of one executable may include this header.
inline thread_local std::size_t allocations = 0;

inline void* count_allocation(std::size_t size) {
    ++allocations;
    void* const p = std::malloc(size != 0 ? size : 1);
    if (p == nullptr) throw std::bad_alloc();
    return p;
}

} // namespace llmx_test

__attribute__((weak)) void* operator new(std::size_t size) { return llmx_test::count_allocation(size); }
__attribute__((weak)) void* operator new[](std::size_t size) { return llmx_test::count_allocation(size); }
__attribute__((weak)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((weak)) void operator delete[](void* p) noexcept { std::free(p); }
__attribute__((weak)) void operator delete(void* p, std::size_t) noexcept { std::free(p); }
__attribute__((weak)) void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
