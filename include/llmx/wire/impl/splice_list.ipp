// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/splice_list.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The first character of \p text at or after \p at that is not white space; the text's end
/// when there is none.
LLMX_DECL [[nodiscard]] std::size_t splice_skip_space(std::string_view text, std::size_t at) noexcept {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

/// The same before \p at: one past the last such character.
LLMX_DECL [[nodiscard]] std::size_t splice_skip_space_back(std::string_view text, std::size_t at) noexcept {
    while (at != 0 && (text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\r' || text[at - 1] == '\n')) --at;
    return at;
}

/// Where a removed member that ends at \p end is not followed by a separator.
LLMX_DECL [[nodiscard]] std::size_t splice_next_member(std::string_view text, std::size_t end) noexcept {
    std::size_t at = splice_skip_space(text, end);
    if (at != text.size() && text[at] == ',') at = splice_skip_space(text, at + 1);
    return at;
}

} // namespace detail

LLMX_DECL void splice_list::add(kind what, std::size_t begin, std::size_t end, std::size_t from) {
    edit& e = edits_.emplace_back();
    e.begin = begin;
    e.end = end;
    e.from = from;
    e.size = text_.size() - from;
    e.what = what;
}

LLMX_DECL void splice_list::replace(std::size_t begin, std::size_t end, std::string_view with) {
    const std::size_t from = text_.size();
    text_ += with;
    add(kind::replace, begin, end, from);
}

LLMX_DECL void splice_list::replace_with_string(std::size_t begin, std::size_t end, std::string_view with) {
    const std::size_t from = text_.size();
    append_json_string(text_, with);
    add(kind::replace, begin, end, from);
}

LLMX_DECL void splice_list::rename(const json_member& m, std::string_view name) {
    replace_with_string(m.key_begin, m.key_begin + m.key.size() + 2, name);
}

LLMX_DECL void splice_list::remove(const json_member& m) { add(kind::remove, m.key_begin, m.end, text_.size()); }

LLMX_DECL void splice_list::cut(std::size_t begin, std::size_t end) { add(kind::replace, begin, end, text_.size()); }

LLMX_DECL void splice_list::insert(std::size_t object, std::string_view name, std::string_view value) {
    const std::size_t from = text_.size();
    append_json_string(text_, name);
    text_ += ':';
    text_ += value;
    // Left out again where no member follows.
    text_ += ',';
    add(kind::insert, object + 1, object + 1, from);
}

LLMX_DECL void splice_list::insert_string(std::size_t object, std::string_view name, std::string_view value) {
    const std::size_t from = text_.size();
    append_json_string(text_, name);
    text_ += ':';
    append_json_string(text_, value);
    text_ += ',';
    add(kind::insert, object + 1, object + 1, from);
}

LLMX_DECL void splice_list::clear() noexcept {
    constexpr std::size_t usual = 4096;
    edits_.clear();
    text_.clear();
    if (text_.capacity() > usual) std::string().swap(text_);
}

LLMX_DECL void splice_list::sort() {
    // Inserted text precedes a member that begins there.
    const auto before = [](const edit& a, const edit& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.what == kind::insert && b.what != kind::insert;
    };
    if (std::is_sorted(edits_.begin(), edits_.end(), before)) return;
    if (edits_.size() > inline_edits) return detail::sort_stably(edits_.begin(), edits_.end(), before);
    // As stable, without the memory that it takes.
    for (std::size_t i = 1; i < edits_.size(); ++i)
        for (std::size_t k = i; k != 0 && before(edits_[k], edits_[k - 1]); --k) std::swap(edits_[k], edits_[k - 1]);
}

LLMX_DECL bool splice_list::keeps_member(std::string_view text, std::size_t object, std::size_t next) const noexcept {
    std::size_t at = detail::splice_skip_space(text, object);
    for (std::size_t i = next; i < edits_.size() && edits_[i].what == kind::remove && edits_[i].begin == at; ++i)
        at = detail::splice_next_member(text, edits_[i].end);
    return at != text.size() && text[at] != '}';
}

LLMX_DECL std::size_t splice_list::apply_inserts(std::string_view text, std::size_t i, body_pieces& out) const {
    std::size_t last = i;
    while (last + 1 < edits_.size() && edits_[last + 1].what == kind::insert && edits_[last + 1].begin == edits_[i].begin) ++last;
    const bool more = keeps_member(text, edits_[i].begin, last + 1);
    for (; i <= last; ++i)
        out.append(std::string_view(text_).substr(edits_[i].from, edits_[i].size - (i == last && !more ? 1 : 0)));
    return last + 1;
}

LLMX_DECL std::size_t splice_list::apply_removals(std::string_view text, std::size_t i, std::size_t& at, body_pieces& out) const {
    const std::size_t first = edits_[i].begin;
    std::size_t end = edits_[i].end;
    // Neighbours are removed together: the remaining members decide which comma is removed with them.
    for (++i; i < edits_.size() && edits_[i].what == kind::remove && edits_[i].begin == detail::splice_next_member(text, end); ++i)
        end = edits_[i].end;
    const std::size_t before = detail::splice_skip_space_back(text, first);
    const std::size_t behind = detail::splice_skip_space(text, end);
    std::size_t begin = first;
    if (before > at && text[before - 1] == ',') begin = before - 1;
    else if (behind != text.size() && text[behind] == ',') end = behind + 1;
    out.append(text.substr(at, begin - at));
    at = end;
    return i;
}

LLMX_DECL void splice_list::apply(std::string_view text, body_pieces& out) {
    if (edits_.size() > 1) sort();
    std::size_t at = 0;
    for (std::size_t i = 0; i < edits_.size();) {
        const edit& e = edits_[i];
        if (e.begin < at || e.end > text.size()) {
            ++i;
        } else if (e.what == kind::remove) {
            i = apply_removals(text, i, at, out);
        } else {
            out.append(text.substr(at, e.begin - at));
            at = e.end;
            if (e.what == kind::insert) {
                i = apply_inserts(text, i, out);
            } else {
                out.append(std::string_view(text_).substr(e.from, e.size));
                ++i;
            }
        }
    }
    out.append(text.substr(at));
}

} // namespace llmx::inline LLMX_ABI
