// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

/// \file
/// What a piece of work costs, counted and not timed: the same on every machine and in every run.
///
/// A step is a basic block of this program's own code (the compiler calls the counter at each,
/// `-fsanitize-coverage=trace-pc`), or sixteen bytes that one of the C library's functions on
/// memory walks over: this program has its own of those, so that a search inside of libstdc++ or of
/// Boost.JSON counts too. Heap is what `operator new` has given out.
namespace counted {

/// Since the program began.
[[nodiscard]] std::uint64_t steps() noexcept;
/// Bytes of the heap in use.
[[nodiscard]] std::size_t heap() noexcept;
/// The most that was in use since `restart_peak`.
[[nodiscard]] std::size_t peak() noexcept;
void restart_peak() noexcept;

/// What one run of a function cost.
struct cost {
    std::uint64_t steps = 0;
    /// Heap in use at the worst moment beyond what was in use before.
    std::size_t bytes = 0;
};
template <class F> [[nodiscard]] cost of(F&& work) {
    cost c;
    const std::size_t before = heap();
    restart_peak();
    const std::uint64_t began = steps();
    work();
    c.steps = steps() - began;
    c.bytes = peak() - before;
    return c;
}

} // namespace counted
