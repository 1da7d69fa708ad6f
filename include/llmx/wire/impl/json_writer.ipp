// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends a text of any length and any bytes.
LLMX_DECL void append_long_json_string(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    const char* plain = text.data();
    const char* const end = plain + text.size();
    for (const char* p = plain;; ++p) {
        p = detail::skip_plain(p, end);
        if (p == end) break;
        const auto c = static_cast<unsigned char>(*p);
        if (c >= 0x80) {
            // Seldom alone: the next block is looked at after all of them.
            std::size_t n = detail::utf8_sequence(p, end);
            while (n != 0) {
                p += n;
                n = p != end && static_cast<unsigned char>(*p) >= 0x80 ? detail::utf8_sequence(p, end) : 0;
            }
            if (p != end && static_cast<unsigned char>(*p) >= 0x80) {
                out.append(plain, p);
                out += "\xEF\xBF\xBD";
                plain = p += detail::utf8_maximal_subpart(p, end);
            }
            --p;
            continue;
        }
        out.append(plain, p);
        plain = p + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            out += "\\u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out.append(plain, end);
    out += '"';
}

LLMX_DECL void append_json_piece(std::string& out, std::string_view text, bool comma, bool colon) {
    constexpr std::size_t longest = 128;
    if (text.size() <= longest) {
        char piece[longest + 4];
        char* to = piece;
        if (comma) *to++ = ',';
        *to++ = '"';
        if (char* end = copy_plain(text, to); end != nullptr) {
            *end++ = '"';
            if (colon) *end++ = ':';
            out.append(piece, static_cast<std::size_t>(end - piece));
            return;
        }
    }
    if (comma) out += ',';
    append_long_json_string(out, text);
    if (colon) out += ':';
}

} // namespace detail

LLMX_DECL void append_json_string(std::string& out, std::string_view text) { detail::append_json_piece(out, text, false, false); }

} // namespace llmx::inline LLMX_ABI
