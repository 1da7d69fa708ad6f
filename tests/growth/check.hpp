// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "counted.hpp"
#include "pipeline.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>

namespace growth {

/// How many of the same things there are in the smaller and in the larger text.
struct sizes {
    std::size_t few = 1000, many = 8 * few;
};
// Eight, the logarithm of a sort or of a tree (13 / 10), and what a buffer that grows copies.
inline constexpr double steepest = 12;
// Steps a byte that no growth is looked for below: a few passes over a text, or over a refused one.
// What is done once more for each of 8,000 things takes hundreds.
inline constexpr double cheap = 20;
// Bytes of heap at the worst moment for each byte translated. Smallest values make the largest
// trees: a number of one digit in an array takes 24 bytes there, and twice that while it is read.
inline constexpr double fattest = 130;
// What is there at any size, and what references in a schema are written out to.
inline constexpr std::size_t spare = std::size_t{1} << 20;

struct worst {
    double ratio = 0, bytes = 0;
    std::string ratio_of, bytes_of;
};

/// \p text(g, n) is what is given to \p work, which is false when that refused it.
template <class Text, class Work>
void check(const generator& g, const std::string& what, worst& w, Text text, Work work, sizes n = sizes()) {
    const std::string small = text(g, n.few), large = text(g, n.many);
    static_cast<void>(work(text(g, 2))); // what is made once
    bool small_taken = false, large_taken = false;
    const counted::cost a = counted::of([&] { small_taken = work(small); });
    const counted::cost b = counted::of([&] { large_taken = work(large); });
    const std::string name = what + ", " + std::string(g.name);
    const double ratio = static_cast<double>(b.steps) / static_cast<double>(a.steps);
    const double bytes = static_cast<double>(b.bytes) / static_cast<double>(large.size());
    if (std::getenv("LLMX_GROWTH_TABLE") != nullptr)
        std::cout << name << ": " << a.steps << " to " << b.steps << " steps, ratio " << ratio << ", heap " << bytes
                  << " a byte of " << large.size() << (large_taken ? "" : ", refused") << '\n';
    const double each = static_cast<double>(b.steps) / static_cast<double>(large.size());
    BOOST_CHECK_MESSAGE(ratio < steepest || each < cheap, name << ": " << a.steps << " steps became " << b.steps << ", ratio " << ratio);
    BOOST_CHECK_MESSAGE(static_cast<double>(b.bytes) < fattest * static_cast<double>(large.size()) + spare, name << ": " << b.bytes << " bytes of heap for " << large.size() << ", ratio " << bytes);
    if (!g.may_be_refused)
        BOOST_CHECK_MESSAGE(small_taken && large_taken, name << " is refused at " << (small_taken ? n.many : n.few));
    if (ratio > w.ratio) {
        w.ratio = ratio;
        w.ratio_of = name;
    }
    if (bytes > w.bytes) {
        w.bytes = bytes;
        w.bytes_of = name;
    }
}

inline void report(const worst& w) {
    BOOST_TEST_MESSAGE("steepest: " << w.ratio << " (" << w.ratio_of << "); most heap: " << w.bytes << " (" << w.bytes_of << ")");
}

} // namespace growth
