// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_merge.hpp>

#include <algorithm>
#include <functional>

namespace llmx::inline LLMX_ABI::detail {

/// Up to this length the search in a row of memory is quicker than a heap.
inline constexpr std::size_t longest_searched_piece = 64;

LLMX_DECL void token_merge::merge(std::string_view piece) {
    const std::size_t n = piece.size();
    if (parts_.size() < n) parts_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        part& p = parts_[i];
        p.length = 1;
        p.before = i == 0 ? 0 : 1;
        p.token = ranks_.find(piece.data() + i, 1);
        p.pair = i + 1 < n ? ranks_.find(piece.data() + i, 2) : no_rank;
    }
    steps_ += 2 * n;
    if (n <= longest_searched_piece) merge_by_search(piece);
    else merge_by_heap(piece);
}

LLMX_DECL void token_merge::join(std::string_view piece, std::uint32_t at) {
    part& left = parts_[at];
    left.token = left.pair;
    left.length += parts_[at + left.length].length;
    const std::size_t next = std::size_t(at) + left.length;
    if (next < piece.size()) parts_[next].before = left.length;
    left.pair = pair_at(piece, at);
    if (left.before != 0) {
        const std::uint32_t previous = at - left.before;
        parts_[previous].pair = pair_at(piece, previous);
    }
}

LLMX_DECL void token_merge::merge_by_search(std::string_view piece) {
    for (;;) {
        std::uint32_t best = 0, lowest = no_rank;
        for (std::uint32_t at = 0; at < piece.size(); at += parts_[at].length) {
            ++steps_;
            if (parts_[at].pair >= lowest) continue;
            lowest = parts_[at].pair;
            best = at;
        }
        if (lowest == no_rank) return;
        join(piece, best);
    }
}

LLMX_DECL void token_merge::merge_by_heap(std::string_view piece) {
    const auto entry = [this](std::uint32_t at) { return std::uint64_t(parts_[at].pair) << 32 | at; };
    heap_.clear();
    for (std::uint32_t at = 0; at < piece.size(); ++at)
        if (parts_[at].pair != no_rank) heap_.push_back(entry(at));
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
    const auto push = [&](std::uint32_t at) {
        if (parts_[at].pair == no_rank) return;
        heap_.push_back(entry(at));
        std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
    };
    while (!heap_.empty()) {
        ++steps_;
        std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
        const std::uint64_t lowest = heap_.back();
        heap_.pop_back();
        const auto at = static_cast<std::uint32_t>(lowest);
        // An entry is out of date when its pair has become another, or its left token part of another.
        if (parts_[at].length == 0 || entry(at) != lowest) continue;
        const std::uint32_t swallowed = at + parts_[at].length;
        join(piece, at);
        parts_[swallowed].length = 0;
        push(at);
        if (parts_[at].before != 0) push(at - parts_[at].before);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
