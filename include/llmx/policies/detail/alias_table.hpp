// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Draws an index with a probability proportional to its weight, in constant time.
///
/// Walker's alias method as built by Vose (IEEE Trans. Software Eng. 17(9), 1991).
/// Immutable after construction, so all threads may draw at once.
class alias_table {
public:
    alias_table() = default;
    /// Weights must be finite and not negative; all zero leaves the table empty.
    LLMX_DECL explicit alias_table(std::span<const double> weights);

    [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }
    [[nodiscard]] std::size_t draw(std::uint64_t random) const noexcept {
        const cell& drawn = cells_[static_cast<std::size_t>(((random >> 32) * cells_.size()) >> 32)];
        const auto coin = static_cast<std::uint32_t>(random);
        return coin <= drawn.keep ? drawn.own : drawn.other;
    }

private:
    struct cell {
        std::uint32_t keep = 0xffffffffu; ///< coins up to this stay with `own`
        std::uint32_t own = 0, other = 0;
    };
    std::vector<cell> cells_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/alias_table.ipp>
#endif
