// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/alias_table.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL alias_table::alias_table(std::span<const double> weights) {
    // Scaled by the largest first: a sum of huge finite weights must not overflow.
    double largest = 0;
    for (const double w : weights) largest = std::max(largest, w);
    if (largest <= 0) return;
    std::vector<std::uint32_t> index;
    std::vector<double> share;
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if (weights[i] > 0) {
            index.push_back(static_cast<std::uint32_t>(i));
            share.push_back(weights[i] / largest);
            sum += share.back();
        }
    const double scale = static_cast<double>(index.size()) / sum;
    std::vector<std::size_t> small, large;
    for (std::size_t k = 0; k < share.size(); ++k) {
        share[k] *= scale;
        (share[k] < 1 ? small : large).push_back(k);
    }
    cells_.resize(index.size());
    for (std::size_t k = 0; k < cells_.size(); ++k) cells_[k].own = cells_[k].other = index[k];
    while (!small.empty() && !large.empty()) {
        const std::size_t s = small.back(), l = large.back();
        small.pop_back();
        cells_[s].keep = static_cast<std::uint32_t>(share[s] * 4294967295.0);
        cells_[s].other = index[l];
        share[l] -= 1 - share[s];
        if (share[l] < 1) {
            large.pop_back();
            small.push_back(l);
        }
    }
    // The rest on either side is 1 up to rounding: those cells keep themselves.
}

} // namespace llmx::inline LLMX_ABI::detail
