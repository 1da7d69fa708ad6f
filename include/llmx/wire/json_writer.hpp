// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Appends \p text to \p out as a JSON string with its quotes (RFC 8259 section 7).
/// Bytes that are not UTF-8 become U+FFFD, one for each maximal subpart: the output is JSON,
/// whatever a caller or a provider sent.
LLMX_DECL void append_json_string(std::string& out, std::string_view text);

namespace detail {
/// Appends \p text as a JSON string, a comma before it and a colon after it where they are due: most texts are short, and so
/// become one addition to \p out.
LLMX_DECL void append_json_piece(std::string& out, std::string_view text, bool comma, bool colon);
} // namespace detail

/// Writes compact JSON straight into a string: no tree, no allocation of its own.
///
/// Commas are placed by the writer. Nesting is the caller's to keep right:
/// `w.object(); w.member("a", 1); w.end_object();`.
class json_writer {
public:
    explicit json_writer(std::string& out) noexcept : out_(out) {}

    json_writer& object() { open('{'); return *this; }
    json_writer& end_object() { close('}'); return *this; }
    json_writer& array() { open('['); return *this; }
    json_writer& end_array() { close(']'); return *this; }

    LLMX_DECL json_writer& key(std::string_view name) {
        detail::append_json_piece(out_, name, take_comma(), true);
        after_key_ = true;
        return *this;
    }

    LLMX_DECL json_writer& value(std::string_view s) { detail::append_json_piece(out_, s, take_comma(), false); return *this; }
    LLMX_DECL json_writer& value(const char* s) { return value(std::string_view(s)); }
    LLMX_DECL json_writer& value(const std::string& s) { return value(std::string_view(s)); }
    json_writer& value(bool b) { comma(); out_ += b ? "true" : "false"; return *this; }
    json_writer& null() { comma(); out_ += "null"; return *this; }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    json_writer& value(T n) {
        char digits[25] = {','};
        char* const begin = digits + (take_comma() ? 1 : 0);
        const auto end = std::to_chars(begin, digits + sizeof digits, n).ptr;
        out_.append(digits, static_cast<std::size_t>(end - digits));
        return *this;
    }
    /// Shortest form that reads back equal; JSON has no NaN or infinity: null.
    json_writer& value(double d) {
        if (!std::isfinite(d)) return null();
        char digits[41] = {','};
        char* const begin = digits + (take_comma() ? 1 : 0);
        const auto end = std::to_chars(begin, digits + sizeof digits, d).ptr;
        out_.append(digits, static_cast<std::size_t>(end - digits));
        return *this;
    }
    /// Writes text that already is JSON.
    json_writer& raw(std::string_view json) { comma(); out_ += json; return *this; }
    json_writer& value(const raw_json& json) { return raw(json.text.empty() ? "null" : json.text); }

    template <class T> json_writer& member(std::string_view name, const T& v) {
        key(name);
        return value(v);
    }
    json_writer& raw_member(std::string_view name, std::string_view json) {
        key(name);
        return raw(json);
    }
    /// Writes the members of \p extra when they belong to \p dialect.
    json_writer& extra(const extra_members& extra, std::string_view dialect) {
        if (extra.speaks(dialect))
            for (const auto& m : extra.members) raw_member(extra_members::wire_name(m.name), m.value.text);
        return *this;
    }

private:
    /// Whether a comma stands before what is written next.
    [[nodiscard]] bool take_comma() noexcept {
        const bool due = need_comma_ && !after_key_;
        after_key_ = false;
        need_comma_ = true;
        return due;
    }
    void comma() {
        if (take_comma()) out_ += ',';
    }
    void open(char c) { comma(); out_ += c; need_comma_ = false; }
    void close(char c) { out_ += c; need_comma_ = true; }

    std::string& out_;
    bool need_comma_ = false;
    bool after_key_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_writer.ipp>
#endif
