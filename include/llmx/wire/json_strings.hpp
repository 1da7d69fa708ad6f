// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The strings of a JSON text in order, without a tree: each value with the name of the member that it belongs to.
///
/// An element of an array has the name of the member that holds the array. The text need not be valid: what is no string is passed over, so
/// that a line of server-sent events can be read too. Nothing is unescaped. Linear in the text; memory is one view for each open bracket, at
/// most `max_depth`, and deeper values have the name of the last level that was kept. Views into the text. Not thread-safe.
class json_strings {
public:
    static constexpr std::size_t max_depth = 256;

    struct item {
        item() = default;
        /// The member's name as it is written, without quotes; empty outside of an object.
        std::string_view key;
        /// The value without its quotes.
        std::string_view value;
        /// The value is text[begin, end), without its quotes.
        std::size_t begin = 0, end = 0;
        /// How many brackets are open around it.
        std::size_t depth = 0;
        /// The value has escapes.
        bool escaped = false;
    };

    explicit json_strings(std::string_view text) noexcept : text_(text) {}
    /// Moves to the next value that is a string; false at the end of the text.
    LLMX_DECL [[nodiscard]] bool next(item& into);

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view key_;
    std::vector<std::string_view> outer_;
    std::size_t deeper_ = 0;
};

/// \p text with the strings replaced for which \p change, which takes a `const json_strings::item&`, returns another; the rest stays byte for
/// byte. The returned text is written as a JSON string.
template <class Change> [[nodiscard]] std::string with_json_strings(std::string_view text, Change&& change) {
    std::string out;
    std::size_t copied = 0;
    json_strings all(text);
    json_strings::item one;
    while (all.next(one)) {
        const std::optional<std::string> other = change(one);
        if (!other) continue;
        // The quotes are written anew.
        out.append(text.substr(copied, one.begin - 1 - copied));
        append_json_string(out, *other);
        copied = one.end + 1;
    }
    return out.append(text.substr(copied));
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_strings.ipp>
#endif
