// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/wire/body_pieces.hpp>
#include <llmx/wire/json_scan.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The edits of one text, mostly a JSON object: the ranges that are replaced, removed and inserted, while every other
/// byte stays as it is.
///
/// Edits are collected in any order, with offsets into the text as it was, and applied at once: the
/// result is the text's own bytes and the new ones as pieces. At most one edit may be made of a place
/// (of two that overlap the one that begins later is ignored), and only members of the text's top level
/// may be removed. Commas follow: an object that was well formed stays so. Up to \c inline_edits allocate
/// nothing, and `clear` keeps the memory of more. Not thread-safe.
class splice_list {
public:
    /// The model, the usage flag and a few members that a vendor names otherwise.
    static constexpr std::size_t inline_edits = 8;

    splice_list() = default;

    /// Puts \p with in place of the bytes [\p begin, \p end).
    LLMX_DECL void replace(std::size_t begin, std::size_t end, std::string_view with);
    /// The same with the JSON string of \p with.
    LLMX_DECL void replace_with_string(std::size_t begin, std::size_t end, std::string_view with);
    /// Has the member \p m called \p name.
    LLMX_DECL void rename(const json_member& m, std::string_view name);
    /// Leaves out the member \p m of the text's top level, and one comma with it.
    LLMX_DECL void remove(const json_member& m);
    /// Leaves out the bytes [\p begin, \p end).
    LLMX_DECL void cut(std::size_t begin, std::size_t end);
    /// Makes the object whose opening brace is at \p object begin with the member \p name, whose value
    /// is the JSON text \p value. Of several the first one inserted comes first.
    LLMX_DECL void insert(std::size_t object, std::string_view name, std::string_view value);
    /// The same with the JSON string of \p value.
    LLMX_DECL void insert_string(std::size_t object, std::string_view name, std::string_view value);

    [[nodiscard]] bool empty() const noexcept { return edits_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return edits_.size(); }
    /// Discards the edits and keeps the memory, unless there is unusually much of it.
    LLMX_DECL void clear() noexcept;

    /// Appends \p text with the edits made to \p out. The pieces are views into \p text and into this list, valid
    /// until it is edited, moved or destroyed.
    LLMX_DECL void apply(std::string_view text, body_pieces& out);

private:
    enum class kind : std::uint8_t { insert, replace, remove };
    struct edit {
        std::size_t begin, end;
        /// The new bytes within `text_`.
        std::size_t from, size;
        kind what;
    };
    LLMX_DECL void add(kind what, std::size_t begin, std::size_t end, std::size_t from);
    LLMX_DECL void sort();
    LLMX_DECL [[nodiscard]] bool keeps_member(std::string_view text, std::size_t object, std::size_t next) const noexcept;
    LLMX_DECL std::size_t apply_inserts(std::string_view text, std::size_t i, body_pieces& out) const;
    LLMX_DECL std::size_t apply_removals(std::string_view text, std::size_t i, std::size_t& at, body_pieces& out) const;

    boost::container::small_vector<edit, inline_edits> edits_;
    std::string text_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/splice_list.ipp>
#endif
