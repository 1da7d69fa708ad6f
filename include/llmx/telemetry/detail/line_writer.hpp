// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <cstddef>
#include <cstdint>
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
        char* const to = at();
        if (char* const end = s.size() <= longest_text ? copy_plain(s, to + 1) : nullptr; end != nullptr) {
            *to = *end = '"';
            advance_to(end + 1);
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
