// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/code_points.hpp>
#include <llmx/catalog/impl/code_point_ranges.ipp>

#include <algorithm>
#include <iterator>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL code_point_index code_point_index::make() {
    code_point_index index;
    std::array<code_point_class, 256> page{};
    // Long scripts and everything unassigned are pages of one class, which are kept once.
    std::array<std::uint16_t, 8> uniform{};
    uniform.fill(0xFFFF);
    const std::uint32_t* range = std::begin(code_point_ranges);
    const std::uint32_t* const last = std::end(code_point_ranges) - 1;
    for (std::uint32_t number = 0; number < index.numbers_.size(); ++number) {
        for (std::uint32_t i = 0; i < page.size(); ++i) {
            const std::uint32_t point = number * 256 + i;
            while (range != last && range[1] / 8 <= point) ++range;
            page[i] = static_cast<code_point_class>(*range % 8);
        }
        const bool same = std::all_of(page.begin(), page.end(), [&page](code_point_class c) { return c == page[0]; });
        std::uint16_t& kept = uniform[static_cast<std::size_t>(page[0])];
        if (same && kept != 0xFFFF) {
            index.numbers_[number] = kept;
            continue;
        }
        index.numbers_[number] = static_cast<std::uint16_t>(index.pages_.size() / page.size());
        if (same) kept = index.numbers_[number];
        index.pages_.insert(index.pages_.end(), page.begin(), page.end());
    }
    return index;
}

} // namespace llmx::inline LLMX_ABI::detail
