// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The places of the members of a JSON object's top level in its text, kept by the scan of a request so
/// that an edit of the text needs no second one.
///
/// Offsets, so that it refers to nothing. Beyond \c capacity members, 4 GiB, or a name of 64 MiB, it is not `complete`, and
/// `for_each_member` scans the text again. A copy costs as much as there are members. Not thread-safe.
class member_spans {
public:
    /// Requests of chat clients have 4 to 15 members.
    static constexpr std::size_t capacity = 24;
    /// How many marks there are, 0 included.
    static constexpr unsigned most_marks = 32;

    member_spans() noexcept {} // `spans_` is written before it is read
    member_spans(const member_spans& other) noexcept : count_(other.count_), complete_(other.complete_) {
        std::copy_n(other.spans_.begin(), count_, spans_.begin());
    }
    member_spans& operator=(const member_spans& other) noexcept {
        count_ = other.count_;
        complete_ = other.complete_;
        if (this != &other) std::copy_n(other.spans_.begin(), count_, spans_.begin());
        return *this;
    }
    ~member_spans() = default;

    /// Keeps \p m, in the order of the text. \p mark, at most `most_marks` - 1, is what the scan of a language knows the member to be,
    /// so that a later question about some members need not compare names; 0: it has not looked.
    void add(const json_member& m, unsigned mark = 0) noexcept {
        if (count_ == capacity || m.end > std::numeric_limits<std::uint32_t>::max() || m.key.size() > longest_key) {
            overflown_ = true;
            return;
        }
        span& s = spans_[count_++];
        s.key_begin = static_cast<std::uint32_t>(m.key_begin);
        s.key = static_cast<std::uint32_t>(m.key.size()) << 6 | (mark & (most_marks - 1)) << 1 | (m.escaped ? 1u : 0u);
        s.begin = static_cast<std::uint32_t>(m.begin);
        s.end = static_cast<std::uint32_t>(m.end);
    }
    /// The scan has come to the end of the text without a fault.
    void finish() noexcept { complete_ = !overflown_; }
    /// Whether all members of the text are kept.
    [[nodiscard]] bool complete() const noexcept { return complete_; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    /// The member number \p i, less than `size()`, of \p text, which is the scanned text.
    [[nodiscard]] json_member at(std::size_t i, std::string_view text) const noexcept {
        const span& s = spans_[i];
        json_member m;
        m.key = text.substr(s.key_begin + 1, s.key >> 6);
        m.value = text.substr(s.begin, s.end - s.begin);
        m.key_begin = s.key_begin;
        m.begin = s.begin;
        m.end = s.end;
        m.escaped = (s.key & 1u) != 0;
        return m;
    }
    /// The mark of the member number \p i, less than `size()`.
    [[nodiscard]] unsigned mark(std::size_t i) const noexcept { return spans_[i].key >> 1 & (most_marks - 1); }

private:
    static constexpr std::size_t longest_key = (std::size_t{1} << 26) - 1;
    struct span {
        std::uint32_t key_begin, begin, end;
        /// The name's size, five bits of mark, and whether the name has escapes.
        std::uint32_t key;
    };
    std::array<span, capacity> spans_; // the first count_ of them
    std::uint32_t count_ = 0;
    bool complete_ = false;
    bool overflown_ = false;
};

/// Calls \p f, which returns `void` or `result<void>`, for each member of the object that \p text is, from
/// \p known when that is complete and from a scan of \p text otherwise. Fails with the failure of \p f or the
/// scan.
template <class F> result<void> for_each_member(std::string_view text, const member_spans& known, F&& f) {
    if (!known.complete()) return scan_json_members(text, f);
    for (std::size_t i = 0; i < known.size(); ++i) {
        const json_member m = known.at(i, text);
        auto r = detail::call_sink(f, m);
        if (r.has_error()) return r;
    }
    return success();
}

} // namespace llmx::inline LLMX_ABI
