// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The slow half of `routed_members::check`.
LLMX_DECL [[nodiscard]] result<void> check_member_case(const json_member& m, std::span<const std::string_view> names);
/// "member: expected what": the message of a scan that refuses a request.
LLMX_DECL [[nodiscard]] error member_expected(std::string_view member, std::string_view what);
/// \p e, about a member of the element \p index of \p list.
LLMX_DECL [[nodiscard]] error member_of_element(error e, std::string_view list, std::size_t index);
/// "given twice", about the member \p m.
LLMX_DECL [[nodiscard]] error member_given_twice(const json_member& m);

[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
    constexpr std::uint64_t highs = 0x8080808080808080u;
    const char* const p = text.data();
    const std::size_t n = text.size();
    std::uint64_t any = 0, word = 0;
    if (n >= 8) {
        for (std::size_t i = 0; i + 8 < n; i += 8) {
            std::memcpy(&word, p + i, 8);
            any |= word;
        }
        // The last word may take some bytes a second time.
        std::memcpy(&word, p + n - 8, 8);
        any |= word;
    } else if (n >= 4) {
        std::uint32_t first = 0, last = 0;
        std::memcpy(&first, p, 4);
        std::memcpy(&last, p + n - 4, 4);
        any = first | last;
    } else {
        for (std::size_t i = 0; i < n; ++i) any |= static_cast<unsigned char>(p[i]);
    }
    return (any & highs) == 0;
}

/// The members of a request's top level that routing reads. Readers of JSON differ in which of two
/// members of one name they take, and Go's encoding/json takes "Model" for "model": the value that such a
/// server used would differ from the one that was routed and limited.
template <std::size_t N> class routed_members {
public:
    template <class... Names> constexpr explicit routed_members(Names... names) noexcept : names_{names...} {
        for (const std::string_view name : names_) lengths_ |= std::uint64_t{1} << name.size();
    }
    /// Which of the names \p m has; N when it has none of them.
    [[nodiscard]] std::size_t find(const json_member& m) const {
        std::size_t i = 0;
        while (i < N && !m.named(names_[i])) ++i;
        return i;
    }
    [[nodiscard]] std::string_view name(std::size_t i) const noexcept { return names_[i]; }
    /// Whether \p m is at first sight none of them, in no letters: nearly every name is plain ASCII, and of another length
    /// than those that are read.
    [[nodiscard]] bool is_other(const json_member& m) const noexcept {
        return !m.escaped && (m.key.size() > 63 || (lengths_ >> m.key.size() & 1) == 0) && is_ascii(m.key);
    }
    /// Refuses \p m, which has none of the names, when it has one in other letters.
    [[nodiscard]] result<void> check(const json_member& m) const {
        if (is_other(m)) return success();
        return check_member_case(m, names_);
    }

private:
    std::array<std::string_view, N> names_;
    std::uint64_t lengths_ = 0;
};
template <class... Names> routed_members(Names...) -> routed_members<sizeof...(Names)>;

/// Which of them were there.
class members_seen {
public:
    /// Marks the member number \p which, at most 31; whether it was there before.
    [[nodiscard]] bool again(unsigned which) noexcept {
        const std::uint32_t bit = std::uint32_t{1} << which;
        const bool before = (seen_ & bit) != 0;
        seen_ |= bit;
        return before;
    }

private:
    std::uint32_t seen_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/member_names.ipp>
#endif
