// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

namespace llmx::inline LLMX_ABI::detail {

static_assert(std::numeric_limits<float>::is_iec559 && sizeof(float) == 4);

/// The number [p, end), which is one by JSON's grammar, when plain reading found it out of range.
LLMX_DECL [[nodiscard]] bool read_extreme_float(const char* p, const char* end, float& to) noexcept {
    double d = 0;
    const auto read = std::from_chars(p, end, d);
    const bool minus = *p == '-';
    if (read.ec != std::errc()) {
        // Beyond a double as well: next to nothing, which its form shows, or more than everything.
        const char* const digits = minus ? p + 1 : p;
        const char* const whole = std::find_if_not(digits, end, is_ascii_digit);
        const char* const e = std::find_if(whole, end, [](char c) { return c == 'e' || c == 'E'; });
        const bool small = e != end ? e[1] == '-' && whole - digits <= 40 : *digits == '0';
        if (!small) return false;
        d = minus ? -0.0 : 0.0;
    }
    // Halfway to the next number after the largest, from where rounding gives infinity.
    constexpr double limit = 0x1.ffffffp127;
    if (!(std::fabs(d) < limit)) return false;
    to = static_cast<float>(d);
    return true;
}

/// The end of the float at \p p, null when there is none.
LLMX_DECL [[nodiscard]] const char* read_float(const char* p, const char* end, float& to) noexcept {
    // The grammar first: `from_chars` also accepts "inf", "1." and "01".
    const char* const first = p;
    if (p != end && *p == '-') ++p;
    const char* const digits = p;
    while (p != end && is_ascii_digit(*p)) ++p;
    if (p == digits || (*digits == '0' && p - digits > 1)) return nullptr;
    if (p != end && *p == '.') {
        const char* const point = ++p;
        while (p != end && is_ascii_digit(*p)) ++p;
        if (p == point) return nullptr;
    }
    if (p != end && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p != end && (*p == '+' || *p == '-')) ++p;
        const char* const exponent = p;
        while (p != end && is_ascii_digit(*p)) ++p;
        if (p == exponent) return nullptr;
    }
    const auto read = std::from_chars(first, p, to);
    if (read.ec == std::errc() && std::isfinite(to)) return read.ptr == p ? p : nullptr;
    return read_extreme_float(first, p, to) ? p : nullptr;
}

LLMX_DECL bool read_float_array(std::string_view text, std::vector<float>& to) {
    const char* p = text.data();
    const char* const end = p + text.size();
    const auto skip_space = [&p, end] {
        while (p != end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) ++p;
    };
    if (p == end || *p != '[') return false;
    ++p;
    skip_space();
    if (p != end && *p == ']') return p + 1 == end;
    for (;;) {
        float f = 0;
        p = read_float(p, end, f);
        if (p == nullptr) return false;
        to.push_back(f);
        skip_space();
        if (p == end) return false;
        if (*p == ']') return p + 1 == end;
        if (*p != ',') return false;
        ++p;
        skip_space();
    }
}

LLMX_DECL bool read_float_base64(std::string_view text, std::vector<float>& to) {
    const auto bytes = base64_decode(text);
    if (bytes.has_error() || bytes->size() % 4 != 0) return false;
    const std::size_t before = to.size();
    to.resize(before + bytes->size() / 4);
    bool finite = true;
    for (std::size_t i = 0; i < bytes->size() / 4; ++i) {
        const auto at = [&bytes, i](std::size_t k) {
            return std::uint32_t{static_cast<unsigned char>((*bytes)[i * 4 + k])};
        };
        const float f = std::bit_cast<float>(at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24);
        finite = finite && std::isfinite(f);
        to[before + i] = f;
    }
    return finite;
}

LLMX_DECL bool read_float_value(std::string_view value, std::vector<float>& to) {
    if (!is_json_string(value)) return read_float_array(value, to);
    // Some writers escape the slashes of base64.
    if (const auto plain = plain_json_string(value)) return read_float_base64(*plain, to);
    return read_float_base64(unescape_json_string(value), to);
}

LLMX_DECL void append_float_array(std::string& out, const std::vector<float>& values) {
    // Written in blocks: a reply has millions of numbers of a dozen bytes.
    constexpr std::size_t longest = 24;
    char block[4096];
    char* p = block;
    *p++ = '[';
    bool first = true;
    for (const float f : values) {
        if (static_cast<std::size_t>(block + sizeof block - p) < longest) {
            out.append(block, p);
            p = block;
        }
        if (!first) *p++ = ',';
        first = false;
        if (std::isfinite(f)) {
            p = std::to_chars(p, block + sizeof block, f).ptr;
        } else {
            std::memcpy(p, "null", 4);
            p += 4;
        }
    }
    out.append(block, p);
    out += ']';
}

LLMX_DECL void append_float_base64(std::string& out, const std::vector<float>& values) {
    std::string bytes;
    bytes.resize(values.size() * 4);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(values[i]);
        for (std::size_t k = 0; k < 4; ++k) bytes[i * 4 + k] = static_cast<char>(bits >> (8 * k) & 0xFF);
    }
    out += '"';
    append_base64(out, bytes);
    out += '"';
}

LLMX_DECL bool sort_embedding_vectors(std::vector<embedding_vector>& vectors) {
    const auto by_index = [](const embedding_vector& a, const embedding_vector& b) { return a.index < b.index; };
    if (std::all_of(vectors.begin(), vectors.end(), [](const embedding_vector& v) { return v.index == 0; })) {
        for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i].index = i;
        return true;
    }
    if (!std::is_sorted(vectors.begin(), vectors.end(), by_index)) std::sort(vectors.begin(), vectors.end(), by_index);
    for (std::size_t i = 0; i < vectors.size(); ++i)
        if (vectors[i].index != i) return false;
    return true;
}

} // namespace llmx::inline LLMX_ABI::detail
