// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_ranks.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Merges the bytes of a piece to tokens: of all neighbours that together are a token the pair of the lowest rank, and of equal ones
/// the first, until there is no such pair.
///
/// Short pieces are searched for the lowest rank again for each merge; longer ones keep their pairs in a heap, so that the work is
/// at most n log n, whatever the text. Keeps its memory from piece to piece; one object for a thread.
class token_merge {
public:
    explicit token_merge(const token_ranks& ranks) noexcept : ranks_(ranks) {}

    /// Calls \p sink(rank) for each token of \p piece, and returns their number.
    template <class Sink> std::size_t operator()(std::string_view piece, const Sink& sink) {
        if (piece.empty()) return 0;
        ++steps_;
        const std::uint32_t whole = ranks_.find(piece.data(), piece.size());
        if (whole != no_rank) {
            sink(whole);
            return 1;
        }
        merge(piece);
        std::size_t n = 0;
        for (std::size_t at = 0; at < piece.size(); at += parts_[at].length, ++n) sink(parts_[at].token);
        return n;
    }

    /// Searches of the table, and looks at pairs and at entries of the heap, until now: a measure of the work.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

private:
    /// A token that begins at the place of the part; of the bytes within it the parts are not valid.
    struct part {
        std::uint32_t length = 1;
        /// Length of the token before it, 0 at the beginning.
        std::uint32_t before = 0;
        std::uint32_t token = 0;
        /// The rank of it and its successor together.
        std::uint32_t pair = no_rank;
    };
    LLMX_DECL void merge(std::string_view piece);
    LLMX_DECL void merge_by_search(std::string_view piece);
    LLMX_DECL void merge_by_heap(std::string_view piece);
    /// Joins the token at \p at with its successor.
    LLMX_DECL void join(std::string_view piece, std::uint32_t at);
    [[nodiscard]] std::uint32_t pair_at(std::string_view piece, std::uint32_t at) noexcept {
        const std::size_t next = std::size_t(at) + parts_[at].length;
        if (next >= piece.size()) return no_rank;
        ++steps_;
        return ranks_.find(piece.data() + at, parts_[at].length + parts_[next].length);
    }

    const token_ranks& ranks_;
    std::vector<part> parts_;
    /// Rank of a pair and its place, as one number; the lowest first.
    std::vector<std::uint64_t> heap_;
    std::uint64_t steps_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_merge.ipp>
#endif
