// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_weight.hpp>

#include <algorithm>
#include <cstring>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The end of the string whose first character \p p is: its closing quote, or \p end.
LLMX_DECL [[nodiscard]] const char* closing_quote(const char* p, const char* end) noexcept {
    while (p != end) {
        const auto* const quote = static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end - p)));
        if (quote == nullptr) return end;
        const char* slash = quote;
        while (slash != p && slash[-1] == '\\') --slash;
        if ((quote - slash) % 2 == 0) return quote;
        p = quote + 1;
    }
    return end;
}

LLMX_DECL [[nodiscard]] bool looks_like_base64(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != '\\' && c < 0x7f; });
}

} // namespace detail

LLMX_DECL json_weight weigh_json(std::string_view body) noexcept {
    constexpr std::size_t long_string = 4096, looked_at = 1024;
    json_weight w;
    w.text = body.size();
    if (body.size() < long_string) return w;
    const char* p = body.data();
    const char* const end = p + body.size();
    while (p != end) {
        const auto* const open = static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end - p)));
        if (open == nullptr) break;
        const char* const close = detail::closing_quote(open + 1, end);
        const std::string_view inside(open + 1, static_cast<std::size_t>(close - open) - 1);
        if (inside.size() >= long_string && detail::looks_like_base64(inside.substr(0, looked_at))) {
            w.text -= inside.size();
            ++w.blobs;
        }
        p = close == end ? end : close + 1;
    }
    return w;
}

} // namespace llmx::inline LLMX_ABI
