// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Sorts as `std::stable_sort` does, which libstdc++ writes with a function that it declares deprecated: clang then warns in
/// the program of the user. n log n comparisons; moves each element twice.
template <class Iterator, class Before> void sort_stably(Iterator first, Iterator last, Before before) {
    using difference = typename std::iterator_traits<Iterator>::difference_type;
    std::vector<difference> order(static_cast<std::size_t>(last - first));
    std::iota(order.begin(), order.end(), difference(0));
    std::sort(order.begin(), order.end(), [&](difference a, difference b) {
        if (before(first[a], first[b])) return true;
        return a < b && !before(first[b], first[a]);
    });
    std::vector<typename std::iterator_traits<Iterator>::value_type> sorted;
    sorted.reserve(order.size());
    for (const difference i : order) sorted.push_back(std::move(first[i]));
    std::move(sorted.begin(), sorted.end(), first);
}

} // namespace llmx::inline LLMX_ABI::detail
