// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/utf8.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace llmx::inline LLMX_ABI {
namespace detail {

enum class scan_class : unsigned char { wrong, skip, quote, open, close };

[[nodiscard]] constexpr std::array<scan_class, 256> make_scan_classes() noexcept {
    std::array<scan_class, 256> t{};
    // White space, separators, and the letters of numbers, true, false and null.
    for (const char c : std::string_view(" \t\r\n,:+-.0123456789Eaeflnrstu"))
        t[static_cast<unsigned char>(c)] = scan_class::skip;
    t['"'] = scan_class::quote;
    t['{'] = t['['] = scan_class::open;
    t['}'] = t[']'] = scan_class::close;
    return t;
}
inline constexpr std::array<scan_class, 256> scan_classes = make_scan_classes();

/// End of the JSON number at \p p (RFC 8259 section 6), null when there is none.
LLMX_DECL [[nodiscard]] const char* skip_json_number(const char* p, const char* end) noexcept {
    const auto digits = [&p, end] {
        const char* const first = p;
        while (p != end && is_ascii_digit(*p)) ++p;
        return p != first;
    };
    if (p != end && *p == '-') ++p;
    if (p != end && *p == '0') ++p;
    else if (!digits()) return nullptr;
    if (p != end && *p == '.') {
        ++p;
        if (!digits()) return nullptr;
    }
    if (p != end && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p != end && (*p == '+' || *p == '-')) ++p;
        if (!digits()) return nullptr;
    }
    return p;
}

/// The four hex digits at \p p, which a scan has checked.
LLMX_DECL [[nodiscard]] std::uint32_t json_hex4(std::string_view digits) noexcept {
    std::uint32_t v = 0;
    for (const char c : digits.substr(0, 4)) v = v << 4 | (static_cast<std::uint32_t>(hex_digit_value(c)) & 15u);
    return v;
}

} // namespace detail

LLMX_DECL bool json_scanner::next(json_member& m) noexcept {
    if (stage_ == stage::done || stage_ == stage::failed) return false;
    const bool object = kind_ == container::object;
    const char close = object ? '}' : ']';
    const char* const end = end_;
    const char* p = skip_space(p_);
    if (stage_ == stage::start) {
        if (p == end || *p != (object ? '{' : '['))
            return fail_at(p, object ? "expected an object" : "expected an array") != nullptr;
        p = skip_space(p + 1);
        stage_ = stage::members;
        if (p != end && *p == close) return finish(p);
    } else {
        if (p == end) return fail_at(p, "a bracket is not closed") != nullptr;
        if (*p == close) return finish(p);
        if (*p != ',') return fail_at(p, "expected a comma or the closing bracket") != nullptr;
        p = skip_space(p + 1);
    }

    if (p == end) return fail_at(p, "a bracket is not closed") != nullptr;
    m.key_begin = static_cast<std::size_t>(p - begin_);
    escape_seen_ = false;
    if (object) {
        if (*p != '"') return fail_at(p, "expected a member's name") != nullptr;
        const char* const name = p + 1;
        p = skip_string(p);
        if (p == nullptr) return false;
        m.key = std::string_view(name, static_cast<std::size_t>(p - name) - 1);
        p = skip_space(p);
        if (p == end || *p != ':') return fail_at(p, "expected a colon") != nullptr;
        p = skip_space(p + 1);
        if (p == end) return fail_at(p, "expected a value") != nullptr;
    } else {
        m.key = std::string_view();
    }
    m.escaped = escape_seen_;

    const char* const value = p;
    if (*p == '"') {
        p = skip_string(p);
    } else if (*p == '{' || *p == '[') {
        p = skip_container(p);
    } else {
        // Most numbers are counts: digits alone, before a comma or the bracket.
        const char* after = p;
        if (*p > '0' && *p <= '9')
            while (after != end && detail::is_ascii_digit(*after)) ++after;
        p = after != p && after != end && (*after == ',' || *after == close) ? after : skip_scalar(p);
    }
    if (p == nullptr) return false;
    p_ = p;
    m.value = std::string_view(value, static_cast<std::size_t>(p - value));
    m.begin = static_cast<std::size_t>(value - begin_);
    m.end = static_cast<std::size_t>(p - begin_);
    return true;
}

LLMX_DECL result<void> json_scanner::status() const {
    if (stage_ != stage::failed) return success();
    std::string text = "not valid JSON: ";
    text += reason_;
    text += " at byte ";
    text += std::to_string(p_ - begin_);
    return error(errc::invalid_request, std::move(text));
}

LLMX_DECL bool json_scanner::finish(const char* bracket) noexcept {
    const char* const p = skip_space(bracket + 1);
    if (p != end_) return fail_at(p, "extra data after the end") != nullptr;
    p_ = p;
    stage_ = stage::done;
    return false;
}

LLMX_DECL const char* json_scanner::fail_at(const char* p, const char* reason) noexcept {
    p_ = p;
    reason_ = reason;
    stage_ = stage::failed;
    return nullptr;
}

// The position is passed from function to function instead of being kept in p_, which would
// cost a store and a load for every character looked at.

LLMX_DECL const char* json_scanner::skip_rest_of_string(const char* p) noexcept {
    const char* const end = end_;
    for (;;) {
        p = detail::skip_plain(p, end);
        if (p == end) return fail_at(p, "a string is not closed");
        if (*p == '"') return p + 1;
        if (*p == '\\') {
            p = skip_escape(p);
            if (p == nullptr) return nullptr;
            continue;
        }
        if (static_cast<unsigned char>(*p) < 0x20) return fail_at(p, "a control character in a string");
        // Text that is not ASCII seldom is so for one character only.
        do {
            const std::size_t n = detail::utf8_sequence(p, end);
            if (n == 0) return fail_at(p, "not UTF-8");
            p += n;
        } while (p != end && static_cast<signed char>(*p) < 0);
    }
}

LLMX_DECL const char* json_scanner::skip_escape(const char* p) noexcept {
    escape_seen_ = true;
    if (end_ - p < 2) return fail_at(p, "a string is not closed");
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return p + 2;
    case 'u': break;
    default: return fail_at(p, "an unknown escape in a string");
    }
    if (end_ - p < 6) return fail_at(p, "a string is not closed");
    for (int i = 2; i < 6; ++i)
        if (detail::hex_digit_value(p[i]) < 0) return fail_at(p, "an unknown escape in a string");
    return p + 6;
}

LLMX_DECL const char* json_scanner::skip_container(const char* p) noexcept {
    // One bit per open bracket: set for an object. The scanned container itself is level 1.
    std::array<std::uint64_t, max_json_scan_depth / 64> kinds{};
    std::size_t depth = 0;
    const char* const end = end_;
    for (;;) {
        detail::scan_class kind = detail::scan_class::skip;
        while (p != end && (kind = detail::scan_classes[static_cast<unsigned char>(*p)]) == detail::scan_class::skip) ++p;
        if (p == end) return fail_at(p, "a bracket is not closed");
        if (kind == detail::scan_class::quote) {
            p = skip_string(p);
            if (p == nullptr) return nullptr;
        } else if (kind == detail::scan_class::open) {
            if (depth + 1 == max_json_scan_depth) return fail_at(p, "nested too deeply");
            const std::uint64_t bit = std::uint64_t{1} << (depth % 64);
            auto& word = kinds[depth / 64];
            word = *p == '{' ? word | bit : word & ~bit;
            ++depth;
            ++p;
        } else if (kind == detail::scan_class::close) {
            --depth;
            const bool object = (kinds[depth / 64] >> (depth % 64) & 1) != 0;
            if (object != (*p == '}')) return fail_at(p, "brackets do not match");
            ++p;
            if (depth == 0) return p;
        } else {
            return fail_at(p, "an unexpected character");
        }
    }
}

LLMX_DECL const char* json_scanner::skip_scalar(const char* p) noexcept {
    const std::string_view rest(p, static_cast<std::size_t>(end_ - p));
    const char* after = nullptr;
    switch (*p) {
    case 't': after = rest.starts_with("true") ? p + 4 : nullptr; break;
    case 'n': after = rest.starts_with("null") ? p + 4 : nullptr; break;
    case 'f': after = rest.starts_with("false") ? p + 5 : nullptr; break;
    default: after = detail::skip_json_number(p, end_);
    }
    return after != nullptr ? after : fail_at(p, "expected a value");
}

namespace detail {
LLMX_DECL bool escaped_json_name_is(std::string_view raw_name, std::string_view name) {
    return unescape_json_string(raw_name) == name;
}
} // namespace detail

LLMX_DECL std::optional<std::string_view> plain_json_string(std::string_view value) noexcept {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
    value = value.substr(1, value.size() - 2);
    if (value.find('\\') != std::string_view::npos) return std::nullopt;
    return value;
}

LLMX_DECL std::string unescape_json_string(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    std::string out;
    out.reserve(value.size());
    for (;;) {
        const std::size_t escape = value.find('\\');
        out += value.substr(0, escape);
        if (escape == std::string_view::npos || escape + 1 == value.size()) return out;
        const char kind = value[escape + 1];
        value.remove_prefix(escape + 2);
        switch (kind) {
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': {
            std::uint32_t code = detail::json_hex4(value);
            value.remove_prefix(value.size() < 4 ? value.size() : 4);
            if (code >= 0xD800 && code <= 0xDBFF && value.starts_with("\\u") && value.size() >= 6) {
                const std::uint32_t low = detail::json_hex4(value.substr(2));
                if (low >= 0xDC00 && low <= 0xDFFF) {
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    value.remove_prefix(6);
                }
            }
            append_utf8(out, code);
            break;
        }
        default: out += kind; // the quote, the backslash and the slash represent themselves
        }
    }
}

LLMX_DECL std::optional<std::int64_t> json_integer(std::string_view value) noexcept {
    // Token counts and similar numbers: a few digits and nothing else.
    if (!value.empty() && value.size() <= 18 && value.front() >= '1' && value.front() <= '9') {
        std::int64_t n = 0;
        std::size_t i = 0;
        for (; i != value.size() && detail::is_ascii_digit(value[i]); ++i) n = n * 10 + (value[i] - '0');
        if (i == value.size()) return n;
    }
    const char* const end = value.data() + value.size();
    if (value.empty() || detail::skip_json_number(value.data(), end) != end) return std::nullopt;
    std::int64_t n = 0;
    const auto read = std::from_chars(value.data(), end, n);
    if (read.ec == std::errc() && read.ptr == end) return n;
    if (value.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
    const auto d = json_number(value);
    // Beyond 2^53 a double no longer distinguishes neighbours.
    if (!d || std::fabs(*d) > 9007199254740992.0 || *d != std::trunc(*d)) return std::nullopt;
    return static_cast<std::int64_t>(*d);
}

LLMX_DECL std::optional<std::int64_t> json_count(std::string_view value) noexcept {
    // Sixteen digits and more are beyond the range already, or near it.
    if (!value.empty() && value.size() <= 15 && value.front() >= '1' && value.front() <= '9') {
        std::int64_t n = 0;
        std::size_t i = 0;
        for (; i != value.size() && detail::is_ascii_digit(value[i]); ++i) n = n * 10 + (value[i] - '0');
        if (i == value.size()) return n;
    }
    const char* const end = value.data() + value.size();
    if (value.empty() || detail::skip_json_number(value.data(), end) != end) return std::nullopt;
    double d = 0;
    if (std::from_chars(value.data(), end, d).ec == std::errc()) return clamp_count(d);
    // Out of a double's range: next to nothing, or more than everything.
    const bool tiny = value.front() == '-' || value.front() == '0' || value.find("e-") != std::string_view::npos ||
                      value.find("E-") != std::string_view::npos;
    return tiny ? 0 : max_count;
}

LLMX_DECL std::optional<double> json_number(std::string_view value) noexcept {
    const char* const end = value.data() + value.size();
    if (value.empty() || detail::skip_json_number(value.data(), end) != end) return std::nullopt;
    double d = 0;
    const auto read = std::from_chars(value.data(), end, d);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return d;
}

} // namespace llmx::inline LLMX_ABI
