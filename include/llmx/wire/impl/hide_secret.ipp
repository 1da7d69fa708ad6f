// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/base64.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Bytes of a text that have to go.
struct hidden_range {
    std::size_t begin, end;
};

/// A text with one layer of quoting undone, which records where each byte comes from.
struct unquoted_text {
    std::string text;
    /// One more than `text` has bytes: where the original of each begins, and where the last ends.
    std::vector<std::size_t> from;
};

/// The quoting that is undone: the escapes of JSON and C, percent-encoding, numeric references of HTML.
struct quoting {
    bool json, percent, html;
};

/// The value of \p count hexadecimal digits at the start of \p text, -1 when they are not there.
LLMX_DECL [[nodiscard]] std::int32_t leading_hex(std::string_view text, std::size_t count) noexcept {
    if (text.size() < count) return -1;
    std::int32_t value = 0;
    for (const char c : text.substr(0, count)) {
        const int digit = hex_digit_value(c);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/// Appends the character of the escape at the backslash that \p text begins with; returns its length.
LLMX_DECL std::size_t unquote_backslash(std::string_view text, std::string& out) {
    if (text.size() < 2) return 0;
    if (const std::int32_t unit = text[1] == 'u' ? leading_hex(text.substr(2), 4) : -1; unit >= 0) {
        auto code = static_cast<std::uint32_t>(unit);
        std::size_t length = 6;
        if (code >= 0xD800 && code <= 0xDBFF && text.substr(6, 2) == "\\u") {
            const std::int32_t low = leading_hex(text.substr(8), 4);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
                length = 12;
            }
        }
        append_utf8(out, code);
        return length;
    }
    if (const std::int32_t byte = text[1] == 'x' ? leading_hex(text.substr(2), 2) : -1; byte >= 0) {
        out += static_cast<char>(byte);
        return 4;
    }
    constexpr std::string_view letters = "bfnrt", controls = "\b\f\n\r\t";
    const std::size_t control = letters.find(text[1]);
    out += control != std::string_view::npos ? controls[control] : text[1];
    return 2;
}

LLMX_DECL std::size_t unquote_reference(std::string_view text, std::string& out) {
    const bool hex = text.substr(1, 2) == "#x" || text.substr(1, 2) == "#X";
    const std::size_t first = hex ? 3 : 2, end = text.substr(0, 12).find(';');
    if (text.substr(1, 1) != "#" || end == std::string_view::npos || end <= first) return 0;
    std::uint32_t code = 0;
    for (const char c : text.substr(first, end - first)) {
        const int digit = hex_digit_value(c);
        if (digit < 0 || (!hex && digit > 9)) return 0;
        code = code * (hex ? 16u : 10u) + static_cast<std::uint32_t>(digit);
    }
    append_utf8(out, code);
    return end + 1;
}

/// Undoes one layer of \p what in \p t; false when there is none.
LLMX_DECL [[nodiscard]] bool unquote(unquoted_text& t, quoting what) {
    const std::string_view text = t.text;
    if (text.find_first_of("\\%&") == std::string_view::npos) return false;
    unquoted_text next;
    next.text.reserve(text.size());
    next.from.reserve(text.size() + 1);
    bool changed = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t before = next.text.size();
        std::size_t length = 0;
        const std::string_view rest = text.substr(at);
        if (rest.front() == '\\' && what.json) {
            length = unquote_backslash(rest, next.text);
        } else if (rest.front() == '%' && what.percent) {
            if (const std::int32_t byte = leading_hex(rest.substr(1), 2); byte >= 0) {
                next.text += static_cast<char>(byte);
                length = 3;
            }
        } else if (rest.front() == '&' && what.html) {
            length = unquote_reference(rest, next.text);
        }
        changed = changed || length != 0;
        if (length == 0) next.text += text[at];
        next.from.resize(next.from.size() + next.text.size() - before, t.from[at]);
        at += std::max<std::size_t>(length, 1);
    }
    next.from.push_back(t.from.back());
    if (changed) t = std::move(next);
    return changed;
}

[[nodiscard]] constexpr bool is_base64_character(char c) noexcept {
    return is_ascii_digit(c) || is_ascii_letter(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

/// A form of a secret, and how many characters beside it hold bits of it too.
struct secret_needle {
    std::string text;
    std::size_t margin;
};

/// The secret, and the common part of the base64 of all texts that contain it after 0, 1 or 2
/// bytes (modulo 3): the sextets that hold nothing but its bits.
LLMX_DECL [[nodiscard]] std::vector<secret_needle> secret_needles(std::string_view secret) {
    static constexpr std::array<std::size_t, 3> shared = {0, 2, 3};
    std::vector<secret_needle> needles;
    needles.push_back(secret_needle{std::string(secret), 0});
    for (std::size_t before = 0; before < shared.size(); ++before) {
        std::string padded(before, '\0');
        padded += secret;
        const std::size_t whole = padded.size() * 8 / 6;
        std::string core = base64_encode(padded).substr(shared[before], whole - shared[before]);
        needles.push_back(secret_needle{core, 3});
        if (core.find_first_of("+/") == std::string::npos) continue;
        std::replace(core.begin(), core.end(), '+', '-');
        std::replace(core.begin(), core.end(), '/', '_');
        needles.push_back(secret_needle{std::move(core), 3});
    }
    return needles;
}

/// Adds the places of \p needles in \p t, as ranges of the \p original text.
LLMX_DECL void find_needles(const unquoted_text& t, std::string_view original, const std::vector<secret_needle>& needles,
                            std::vector<hidden_range>& found) {
    for (const secret_needle& n : needles)
        for (auto at = t.text.find(n.text); at != std::string::npos; at = t.text.find(n.text, at + n.text.size())) {
            std::size_t first = at, last = at + n.text.size();
            for (std::size_t i = 0; i < n.margin && first != 0 && is_base64_character(t.text[first - 1]); ++i) --first;
            for (std::size_t i = 0; i < n.margin && last != t.text.size() && is_base64_character(t.text[last]); ++i) ++last;
            std::size_t begin = t.from[first];
            // Backslashes in front would escape its replacement.
            while (begin != 0 && original[begin - 1] == '\\') --begin;
            found.push_back(hidden_range{begin, t.from[last]});
        }
}

/// Replaces the ranges found, overlapping ones as one.
LLMX_DECL void hide_ranges(std::string& text, std::vector<hidden_range>& found) {
    std::sort(found.begin(), found.end(), [](const hidden_range& a, const hidden_range& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t copied = 0;
    bool any = false;
    for (const hidden_range& r : found) {
        if (!any || r.begin >= copied) {
            out.append(text, copied, r.begin - copied);
            out += "***";
        }
        any = true;
        copied = std::max(copied, r.end);
    }
    out.append(text, copied);
    text = std::move(out);
}

LLMX_DECL bool search_and_hide(std::string& text, std::string_view secret) {
    const std::vector<secret_needle> needles = secret_needles(secret);
    std::vector<hidden_range> found;
    unquoted_text plain;
    plain.text = text;
    plain.from.resize(text.size() + 1);
    for (std::size_t i = 0; i < plain.from.size(); ++i) plain.from[i] = i;
    find_needles(plain, text, needles, found);
    // All kinds at once find layers in any order; one kind alone finds secrets that look quoted in
    // another.
    constexpr int layers = 6;
    for (const quoting what :
         {quoting{true, true, true}, quoting{true, false, false}, quoting{false, true, false}}) {
        unquoted_text t = plain;
        for (int i = 0; i < layers && unquote(t, what); ++i) find_needles(t, text, needles, found);
    }
    if (found.empty()) return false;
    hide_ranges(text, found);
    return true;
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI
