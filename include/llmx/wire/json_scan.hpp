// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/detail/call_sink.hpp>
#include <llmx/wire/detail/plain_run.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// Nesting that the scan accepts, the object itself included; equals `max_json_depth`.
inline constexpr std::size_t max_json_scan_depth = 256;

namespace detail {
/// For a name with escapes: compares the unescaped characters.
LLMX_DECL [[nodiscard]] bool escaped_json_name_is(std::string_view raw_name, std::string_view name);
/// Whether \p text is \p literal: compared in words instead of by a call.
template <std::size_t N> [[nodiscard]] bool is_literal(std::string_view text, const char (&literal)[N]) noexcept {
    return text.size() == N - 1 && std::memcmp(text.data(), literal, N - 1) == 0;
}
} // namespace detail

/// One member of a scanned object or element of a scanned array. Views into the text.
struct json_member {
    /// Whether this is the member called \p name. Escapes count: "mod\u0065l" is "model" to
    /// every JSON reader, and a gateway that did not know would let it past its checks.
    LLMX_DECL [[nodiscard]] bool named(std::string_view name) const {
        return escaped ? detail::escaped_json_name_is(key, name) : key == name;
    }
    /// The same of a literal, whose length the compiler knows.
    template <std::size_t N> [[nodiscard]] bool named(const char (&name)[N]) const {
        return escaped ? detail::escaped_json_name_is(key, std::string_view(name, N - 1)) : detail::is_literal(key, name);
    }
    /// The text between the name's quotes, escapes as written; empty for an element.
    std::string_view key;
    /// The value's text, without white space around it; strings with their quotes.
    std::string_view value;
    /// Offset of the name's opening quote; of the value for an element.
    std::size_t key_begin = 0;
    /// The value is text[begin, end): the range to replace when splicing.
    std::size_t begin = 0, end = 0;
    /// `key` has escapes.
    bool escaped = false;
};
static_assert(std::is_trivially_destructible_v<json_member>);

/// Walks the top level of one JSON object, or array, without building a tree.
///
/// The checks: the top level fully (one container, names, colons, commas, scalar values
/// by the grammar of RFC 8259), and in all of the text that strings are well formed
/// (closed, escapes known, no control character), that everything is UTF-8, that nothing
/// but white space follows the container, and that nesting is at most `max_json_scan_depth`.
/// Inside nested containers only brackets, by kind, are matched: a missing comma or colon
/// or a broken number there is not seen. Scan the value again to check one level more.
///
/// A name that occurs twice is visited twice; most readers of JSON let the last win. A
/// member is visited before the text after it has been checked. No memory is allocated
/// unless the text is wrong; then `status` is an `errc::invalid_request` with reason and
/// byte offset.
///
/// Object lifetimes: the text must outlive the scanner and the members.
class json_scanner {
public:
    enum class container : unsigned char { object, array };

    explicit json_scanner(std::string_view text, container kind = container::object) noexcept
        : begin_(text.data()), p_(text.data()), end_(text.data() + text.size()), kind_(kind) {}

    /// Moves to the next member or element; false at the end of the text or when it is wrong.
    LLMX_DECL bool next(json_member& m) noexcept;
    /// Success until `next` has met a fault.
    LLMX_DECL [[nodiscard]] result<void> status() const;

private:
    enum class stage : unsigned char { start, members, done, failed };

    [[nodiscard]] const char* skip_space(const char* p) const noexcept {
        // Mostly there is none.
        while (p != end_ && *p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) ++p;
        return p;
    }
    LLMX_DECL bool finish(const char* bracket) noexcept;
    // Each returns the end of the element that begins at p, null after a failure.
    // Inlined where it is called: a call would cost as much as what it does for most strings.
    LLMX_DECL [[gnu::always_inline]] const char* skip_string(const char* p) noexcept {
        // Most strings are names and short values: one look finds their end.
        const char* const q = detail::skip_plain_block(++p, end_);
        return q != end_ && *q == '"' ? q + 1 : skip_rest_of_string(q);
    }
    LLMX_DECL const char* skip_rest_of_string(const char* p) noexcept;
    LLMX_DECL const char* skip_escape(const char* p) noexcept;
    LLMX_DECL const char* skip_container(const char* p) noexcept;
    LLMX_DECL const char* skip_scalar(const char* p) noexcept;
    LLMX_DECL const char* fail_at(const char* p, const char* reason) noexcept;

    const char* begin_;
    const char* p_;
    const char* end_;
    const char* reason_ = nullptr;
    container kind_;
    stage stage_ = stage::start;
    bool escape_seen_ = false;
};

/// Calls \p on_member, which returns `void` or `result<void>`, for each member of the
/// object that \p text is; for the checks, see `json_scanner`. Its failure ends the scan
/// and is returned.
template <class OnMember> result<void> scan_json_members(std::string_view text, OnMember&& on_member) {
    json_scanner scanner(text);
    json_member m;
    while (scanner.next(m)) {
        auto r = detail::call_sink(on_member, m);
        if (r.has_error()) return r;
    }
    return scanner.status();
}

/// Calls \p on_element like `scan_json_members` for each element of the array that \p text
/// is; the element's `key` is empty.
template <class OnElement> result<void> scan_json_elements(std::string_view text, OnElement&& on_element) {
    json_scanner scanner(text, json_scanner::container::array);
    json_member m;
    while (scanner.next(m)) {
        auto r = detail::call_sink(on_element, m);
        if (r.has_error()) return r;
    }
    return scanner.status();
}

/// Contents of a value that is a string without escapes; nothing for any other.
LLMX_DECL [[nodiscard]] std::optional<std::string_view> plain_json_string(std::string_view value) noexcept;

/// Whether a value is a string, with or without escapes.
[[nodiscard]] inline bool is_json_string(std::string_view value) noexcept {
    return value.starts_with('"');
}

/// Contents of a string, given with or without its quotes, escapes resolved. The text must
/// have passed a scan; half a surrogate pair becomes U+FFFD.
LLMX_DECL [[nodiscard]] std::string unescape_json_string(std::string_view value);

/// A whole number that fits; "256.0" and "1e3" count, as some clients write them.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> json_integer(std::string_view value) noexcept;

/// A number as a count, see `clamp_count`: the same value as `json_count` of json_read.hpp returns for a tree.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> json_count(std::string_view value) noexcept;

/// Any number.
LLMX_DECL [[nodiscard]] std::optional<double> json_number(std::string_view value) noexcept;

[[nodiscard]] inline bool is_true(std::string_view value) noexcept { return value == "true"; }
[[nodiscard]] inline bool is_json_null(std::string_view value) noexcept { return value == "null"; }

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_scan.ipp>
#endif
