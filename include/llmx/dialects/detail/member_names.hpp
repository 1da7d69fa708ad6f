// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/json_scan.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline v0::detail {

/// Refuses \p m, which is none of \p names, when a reader without regard to case would take it
/// for one: Go's encoding/json does, and the last of two wins there. What such a server obeyed
/// would not be what was routed and limited.
[[nodiscard]] LLMX_DECL result<void> check_member_case(const json_member& m, std::span<const std::string_view> names);

/// "given twice", about the member \p m.
[[nodiscard]] LLMX_DECL error member_given_twice(const json_member& m);

/// Which of the members that routing reads were there: readers differ in which of two they take.
class members_seen {
public:
    /// Marks the member number \p which, at most 31; an error when it was there before.
    [[nodiscard]] result<void> mark(unsigned which, const json_member& m) {
        const std::uint32_t bit = std::uint32_t{1} << which;
        if ((seen_ & bit) != 0) return member_given_twice(m);
        seen_ |= bit;
        return success();
    }

private:
    std::uint32_t seen_ = 0;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/member_names.ipp>
#endif
