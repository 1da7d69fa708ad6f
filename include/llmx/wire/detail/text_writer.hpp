// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Where a `text_writer` writes first; not cleared, on the stack as a rule.
struct text_memory {
    char bytes[1024];
};

/// Puts short texts together on the stack and appends them to a string in one piece.
///
/// The heads and log lines of one call are some eighty pieces; appended one by one they cost
/// twice as many instructions. The written text is in the string after `spill`,
/// which comes last; until then the string must not be touched. The memory is outside of
/// the writer, which so consists of pointers that a compiler keeps in registers: never pass it
/// to another function.
class text_writer {
public:
    text_writer(std::string& out, text_memory& memory) noexcept
        : out_(&out), begin_(memory.bytes), at_(begin_), end_(begin_ + sizeof memory.bytes) {}
    text_writer(const text_writer&) = delete;
    text_writer& operator=(const text_writer&) = delete;
    /// Text that has not been spilled is lost.
    ~text_writer() = default;

    /// A literal.
    template <std::size_t N> text_writer& raw(const char (&text)[N]) {
        static_assert(N <= sizeof(text_memory) / 2);
        reserve(N);
        std::memcpy(at_, text, N - 1);
        at_ += N - 1;
        return *this;
    }
    text_writer& copy(std::string_view text) {
        if (text.empty()) return *this; // which may have no address
        if (text.size() > sizeof(text_memory) / 2) {
            spill();
            out_->append(text);
            return *this;
        }
        reserve(text.size());
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
        return *this;
    }
    template <std::integral T> text_writer& number(T n) {
        reserve(24);
        at_ = std::to_chars(at_, at_ + 24, n).ptr;
        return *this;
    }
    /// A header field: \p name is `name: `. Nothing when \p value is empty. Bytes that are not visible
    /// ASCII or a space are percent-encoded: no name from a configuration, a caller or a provider
    /// can break the head, and clients agree on nothing else in it (RFC 9110 section 5.5).
    template <std::size_t N> text_writer& field(const char (&name)[N], std::string_view value) {
        if (value.empty()) return *this;
        if (is_field_text(value)) return raw(name).copy(value).raw("\r\n");
        return raw(name).copy(field_text(value)).raw("\r\n");
    }
    void spill() {
        out_->append(begin_, static_cast<std::size_t>(at_ - begin_));
        at_ = begin_;
    }

    /// Visible ASCII and spaces alone.
    [[nodiscard]] static bool is_field_text(std::string_view value) noexcept {
        return is_visible_from(0x20, value);
    }
    /// \p value with everything else percent-encoded.
    [[nodiscard]] static std::string field_text(std::string_view value) {
        static constexpr char hex[] = "0123456789ABCDEF";
        std::string out;
        for (const char c : value) {
            if (c >= 0x20 && c != 0x7f) {
                out += c;
                continue;
            }
            out += '%';
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        }
        return out;
    }

protected:
    /// Room for \p n bytes, of which there are never more than half the memory. Inlined, since the call would cost more.
    [[gnu::always_inline]] void reserve(std::size_t n) {
        if (static_cast<std::size_t>(end_ - at_) < n) spill();
    }
    [[nodiscard]] char* at() const noexcept { return at_; }
    void advance_to(char* end) noexcept { at_ = end; }
    [[nodiscard]] std::string& target() const noexcept { return *out_; }

private:
    std::string* out_;
    char* begin_;
    char* at_;
    char* end_;
};

} // namespace llmx::inline LLMX_ABI::detail
