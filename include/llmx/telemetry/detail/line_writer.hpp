// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace llmx::inline v0::detail {

/// Writes one line of JSON whose member names are literals: a buffer on the stack, one
/// append at the end. A log line costs a third of what a general writer takes for it, and
/// there is one for every call.
class line_writer {
public:
    /// Longer texts, which callers choose, are cut.
    static constexpr std::size_t longest_text = 256;

    explicit line_writer(std::string& out) noexcept : out_(&out) {}
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;
    ~line_writer() { spill(); }

    /// Text that is JSON already, such as `,"status":`.
    template <std::size_t N> line_writer& raw(const char (&json)[N]) {
        reserve(N);
        std::memcpy(at_, json, N - 1);
        at_ += N - 1;
        return *this;
    }
    line_writer& raw(std::string_view json) {
        spill();
        out_->append(json);
        return *this;
    }
    template <std::integral T> line_writer& number(T n) {
        reserve(24);
        at_ = std::to_chars(at_, at_ + 24, n).ptr;
        return *this;
    }
    /// \p thousandths with a point before the last three digits, trailing zeros left out.
    line_writer& milli(std::int64_t thousandths) {
        number(thousandths / 1000);
        auto rest = static_cast<unsigned>(thousandths % 1000);
        if (rest == 0) return *this;
        reserve(4);
        *at_++ = '.';
        for (unsigned unit = 100; rest != 0; rest %= unit, unit /= 10)
            *at_++ = static_cast<char>('0' + rest / unit);
        return *this;
    }
    /// A string with its quotes.
    line_writer& text(std::string_view s) {
        reserve(longest_text + 2);
        if (s.size() > longest_text || !copy_plain(s)) foreign(s);
        return *this;
    }
    /// `,"name":"text"`, or nothing when there is no text. \p name is `,"name":`.
    template <std::size_t N> line_writer& member(const char (&name)[N], std::string_view s) {
        if (!s.empty()) raw(name).text(s);
        return *this;
    }

private:
    void reserve(std::size_t n) {
        if (static_cast<std::size_t>(buffer_ + sizeof buffer_ - at_) < n) spill();
    }
    void spill() {
        out_->append(buffer_, static_cast<std::size_t>(at_ - buffer_));
        at_ = buffer_;
    }
    /// Copies ASCII that needs no escapes, eight bytes at a time; else writes nothing.
    bool copy_plain(std::string_view s) noexcept {
        constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
        const char* p = s.data();
        const char* const end = p + s.size();
        char* to = at_;
        *to++ = '"';
        for (; end - p >= 8; p += 8, to += 8) {
            std::uint64_t w;
            std::memcpy(&w, p, 8);
            const std::uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
            if (((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high) != 0) return false;
            std::memcpy(to, &w, 8);
        }
        for (; p != end; ++p) {
            const auto c = static_cast<unsigned char>(*p);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') return false;
            *to++ = *p;
        }
        *to++ = '"';
        at_ = to;
        return true;
    }
    void foreign(std::string_view s) {
        spill();
        if (s.size() > longest_text) {
            s = s.substr(0, longest_text);
            // Not in the middle of a character.
            if (const std::size_t whole = valid_utf8_prefix(s); longest_text - whole < 4) s = s.substr(0, whole);
        }
        if (valid_utf8(s)) {
            append_json_string(*out_, s);
            return;
        }
        std::string plain(s);
        for (char& c : plain)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        append_json_string(*out_, plain);
    }

    std::string* out_;
    char buffer_[1024];
    char* at_ = buffer_;
};

} // namespace llmx::inline v0::detail
