// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Writes one line of JSON whose member names are literals. A log line costs a third of the time that
/// a general writer takes, and there is one for every call.
class line_writer : public text_writer {
public:
    /// Longer texts, which callers choose, are cut.
    static constexpr std::size_t longest_text = 256;

    using text_writer::text_writer;

    /// \p thousandths with a point before the last three digits, trailing zeros left out.
    line_writer& milli(std::int64_t thousandths) {
        number(thousandths / 1000);
        auto rest = static_cast<unsigned>(thousandths % 1000);
        if (rest == 0) return *this;
        reserve(4);
        char* to = at();
        *to++ = '.';
        for (unsigned unit = 100; rest != 0; rest %= unit, unit /= 10) *to++ = static_cast<char>('0' + rest / unit);
        advance_to(to);
        return *this;
    }
    /// A string with its quotes.
    LLMX_DECL line_writer& text(std::string_view s) {
        reserve(longest_text + 2);
        if (char* const end = s.size() <= longest_text ? copy_plain(s, at()) : nullptr; end != nullptr) {
            advance_to(end);
        } else {
            spill();
            append_foreign(target(), s);
        }
        return *this;
    }
    /// `,"name":"text"`, or nothing when there is no text. \p name is `,"name":`.
    template <std::size_t N> line_writer& member(const char (&name)[N], std::string_view s) {
        if (!s.empty()) {
            raw(name);
            text(s);
        }
        return *this;
    }

private:
    /// Copies ASCII that needs no escapes, eight bytes at a time, with quotes around it; null
    /// when the text is of another kind.
    static char* copy_plain(std::string_view s, char* to) noexcept {
        const std::size_t n = s.size();
        to[0] = to[n + 1] = '"';
        if (n < 8) {
            for (std::size_t i = 0; i != n; ++i) {
                if (!is_plain_json_byte(s[i])) return nullptr;
                to[i + 1] = s[i];
            }
            return to + n + 2;
        }
        for (std::size_t i = 0; i + 8 < n; i += 8)
            if (!copy_plain_word(s.data() + i, to + 1 + i)) return nullptr;
        // The last word may take some bytes a second time.
        return copy_plain_word(s.data() + n - 8, to + 1 + n - 8) ? to + n + 2 : nullptr;
    }
    static bool copy_plain_word(const char* from, char* to) noexcept {
        std::uint64_t w;
        std::memcpy(&w, from, 8);
        std::memcpy(to, &w, 8);
        return !has_special_json_byte(w);
    }
    LLMX_DECL static void append_foreign(std::string& out, std::string_view s) {
        if (s.size() > longest_text) {
            s = s.substr(0, longest_text);
            // Not in the middle of a character.
            if (const std::size_t whole = valid_utf8_prefix(s); longest_text - whole < 4) s = s.substr(0, whole);
        }
        if (valid_utf8(s)) {
            append_json_string(out, s);
            return;
        }
        std::string plain(s);
        for (char& c : plain)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        append_json_string(out, plain);
    }
};

} // namespace llmx::inline LLMX_ABI::detail
