// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/utf8.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::size_t valid_utf8_prefix(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* p = begin;
    while (p != end) {
        const std::size_t n = detail::utf8_sequence(p, end);
        if (n == 0) break;
        p += n;
    }
    return static_cast<std::size_t>(p - begin);
}

LLMX_DECL void append_utf8(std::string& out, std::uint32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = 0xFFFD;
    const auto tail = [&out](std::uint32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3F)); };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xC0 | (code_point >> 6));
        tail(code_point);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0 | (code_point >> 12));
        tail(code_point >> 6);
        tail(code_point);
    } else {
        out += static_cast<char>(0xF0 | (code_point >> 18));
        tail(code_point >> 12);
        tail(code_point >> 6);
        tail(code_point);
    }
}

} // namespace llmx::inline LLMX_ABI
