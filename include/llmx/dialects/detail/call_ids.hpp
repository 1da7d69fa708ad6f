// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/content.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Sixteen digits, the FNV-1a hash of \p text: the beginning of ids that are made from an answer.
LLMX_DECL [[nodiscard]] std::string hash_digits(std::string_view text);
/// An id, of at most 40 bytes, for the call \p ordinal of an answer whose server gave it none; the same input gives the same id.
///
/// \p answer: what differs from answer to answer (its id, or its bytes), so that no two calls of a conversation get one id.
LLMX_DECL [[nodiscard]] std::string answer_call_id(std::string_view answer, std::size_t ordinal);

/// A vendor's rule for the ids of calls in a conversation.
struct call_id_rule {
    constexpr call_id_rule(std::size_t most, bool letters, std::string_view others, std::string_view prefix) noexcept
        : longest(most), plain(letters), marks(others), made_up(prefix) {}
    /// In bytes.
    std::size_t longest;
    /// ASCII letters, digits and \p marks alone; otherwise anything goes.
    bool plain;
    std::string_view marks;
    /// The beginning of ids that are made for calls without one; a number follows.
    std::string_view made_up;
};

/// The ids of a conversation's calls as one vendor takes them: other vendors' are longer, have other characters, or repeat.
///
/// An id that does not fit is shortened, gets "_" for the characters that it may not have, and ends with sixteen digits of its
/// FNV-1a hash: it is the same in every turn, so that prompts stay cached. Ids of different calls stay
/// different: the second call with an id that was used before gets a number behind it. A result has the id of the oldest call with its id
/// that has no result yet. Languages without ids leave them empty: such calls are numbered, and a result takes the oldest unanswered
/// call of its name, or of any when it has no name.
class call_ids {
public:
    explicit call_ids(const call_id_rule& rule) noexcept : rule_(rule) {}
    /// The id of the next call.
    LLMX_DECL [[nodiscard]] std::string of_call(const tool_call_part& c);
    /// The id of the call that the next result answers; one of its own when there is no such call.
    LLMX_DECL [[nodiscard]] std::string of_result(const tool_result_part& r);

private:
    /// Calls, as places in `written_`; those before `first` have their results.
    struct queue {
        queue() = default;
        std::vector<std::size_t> calls;
        std::size_t first = 0;
    };
    LLMX_DECL [[nodiscard]] std::string fitted(std::string_view id) const;
    LLMX_DECL [[nodiscard]] std::string unused(std::string id);
    LLMX_DECL [[nodiscard]] std::string make_up();
    /// The oldest of \p of that has no result; null when all have one.
    LLMX_DECL [[nodiscard]] const std::string* take(queue& of);

    const call_id_rule& rule_;
    /// The ids that were written, and whether they have their results.
    std::vector<std::string> written_;
    std::vector<bool> answered_;
    // Ordered: a caller can choose ids and names that have one hash.
    std::map<std::string, queue, std::less<>> by_id_, by_name_;
    queue nameless_;
    std::set<std::string, std::less<>> used_;
    /// The next number behind an id that repeats.
    std::map<std::string, std::size_t, std::less<>> repeated_;
    std::size_t made_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/call_ids.ipp>
#endif
