// SPDX-License-Identifier: BSL-1.0
// Compiled without the instrumentation that it counts for, and without the compiler's knowledge of
// the functions that it defines: a loop that copies would become a call of itself.
#include "counted.hpp"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {
// The program has one thread.
std::uint64_t step_count = 0;
std::size_t heap_now = 0, heap_peak = 0;

inline void walk(std::size_t bytes) noexcept { step_count += 1 + bytes / 16; }

void* give(std::size_t size) noexcept {
    void* const p = std::malloc(size == 0 ? 1 : size);
    if (p == nullptr) return nullptr;
    heap_now += malloc_usable_size(p);
    if (heap_now > heap_peak) heap_peak = heap_now;
    return p;
}
void take(void* p) noexcept {
    if (p == nullptr) return;
    heap_now -= malloc_usable_size(p);
    std::free(p);
}
} // namespace

namespace counted {
std::uint64_t steps() noexcept { return step_count; }
std::size_t heap() noexcept { return heap_now; }
std::size_t peak() noexcept { return heap_peak; }
void restart_peak() noexcept { heap_peak = heap_now; }
} // namespace counted

void* operator new(std::size_t size) {
    if (void* const p = give(size)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return give(size); }
void operator delete(void* p) noexcept { take(p); }
void operator delete(void* p, std::size_t) noexcept { take(p); }

extern "C" {

void __sanitizer_cov_trace_pc() { ++step_count; }

void* memcpy(void* __restrict to, const void* __restrict from, std::size_t n) {
    walk(n);
    auto* t = static_cast<unsigned char*>(to);
    const auto* f = static_cast<const unsigned char*>(from);
    for (; n >= 8; n -= 8, t += 8, f += 8) {
        std::uint64_t word;
        __builtin_memcpy(&word, f, 8);
        __builtin_memcpy(t, &word, 8);
    }
    while (n-- > 0) *t++ = *f++;
    return to;
}

void* memmove(void* to, const void* from, std::size_t n) {
    auto* t = static_cast<unsigned char*>(to);
    const auto* f = static_cast<const unsigned char*>(from);
    if (t <= f || t >= f + n) return memcpy(to, from, n);
    walk(n);
    while (n-- > 0) t[n] = f[n];
    return to;
}

void* memset(void* at, int value, std::size_t n) {
    walk(n);
    auto* t = static_cast<volatile unsigned char*>(at);
    while (n-- > 0) *t++ = static_cast<unsigned char>(value);
    return at;
}

int memcmp(const void* a, const void* b, std::size_t n) {
    const auto* x = static_cast<const unsigned char*>(a);
    const auto* y = static_cast<const unsigned char*>(b);
    std::size_t i = 0;
    while (i < n && x[i] == y[i]) ++i;
    walk(i);
    return i == n ? 0 : x[i] < y[i] ? -1 : 1;
}

void* memchr(const void* in, int value, std::size_t n) {
    const auto* p = static_cast<const unsigned char*>(in);
    std::size_t i = 0;
    while (i < n && p[i] != static_cast<unsigned char>(value)) ++i;
    walk(i);
    return i == n ? nullptr : const_cast<unsigned char*>(p + i);
}

std::size_t strlen(const char* text) {
    std::size_t n = 0;
    while (text[n] != '\0') ++n;
    walk(n);
    return n;
}

} // extern "C"
