// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/token_account.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The accounts of callers in a fixed amount of memory, without a lock.
///
/// A caller's 64-bit hash selects a set of eight places, and its entry is in one of them. A
/// newcomer takes an empty place, else one whose account is idle: a bucket that is full
/// again does not differ from a new one, so nothing is lost. Only when all eight are in
/// use at once does it take the one that is nearest to full, whose owner then starts
/// afresh: beyond its capacity the table errs on the side of admitting. The memory is taken when
/// the first account is made.
class caller_table {
public:
    static constexpr std::size_t ways = 8;

    /// Room for at least \p callers; rounded up to a power of two.
    LLMX_DECL explicit caller_table(std::size_t callers);

    /// The account of \p caller, made when \p make and there is none; otherwise null.
    LLMX_DECL [[nodiscard]] token_account* find(std::string_view caller, bool make, time_point now) noexcept;
    caller_table(const caller_table&) = delete;
    caller_table& operator=(const caller_table&) = delete;
    LLMX_INLINE ~caller_table();
    [[nodiscard]] std::size_t capacity() const noexcept { return sets_ * ways; }

private:
    struct place {
        std::atomic<std::uint64_t> owner{0};
        token_account account;
    };
    LLMX_DECL [[nodiscard]] place* allocated() noexcept;

    std::size_t sets_;
    std::atomic<place*> places_{nullptr};
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/caller_table.ipp>
#endif
