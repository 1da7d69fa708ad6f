// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Whether the text \p json has somewhere a member \p name whose value is \p opening ("{", "[{") and then the name of
/// a member, white space left aside. A string never holds such a text, since its quotes are escaped.
[[nodiscard]] constexpr bool json_text_opens(std::string_view json, std::string_view name, std::string_view opening) noexcept {
    constexpr std::string_view blank = " \t\r\n";
    for (std::size_t at = json.find(name); at != std::string_view::npos; at = json.find(name, at + 1)) {
        std::size_t next = at + name.size();
        if (at == 0 || json[at - 1] != '"' || next >= json.size() || json[next] != '"') continue;
        next = json.find_first_not_of(blank, next + 1);
        if (next == std::string_view::npos || json[next] != ':') continue;
        bool same = true;
        for (std::size_t i = 0; i <= opening.size() && same; ++i) {
            next = json.find_first_not_of(blank, next + 1);
            same = next != std::string_view::npos && json[next] == (i == opening.size() ? '"' : opening[i]);
        }
        if (same) return true;
    }
    return false;
}

/// Whether the text \p json has somewhere a member \p name whose value is a string with a character or more.
[[nodiscard]] constexpr bool json_text_has_word(std::string_view json, std::string_view name) noexcept {
    constexpr std::string_view blank = " \t\r\n";
    for (std::size_t at = json.find(name); at != std::string_view::npos; at = json.find(name, at + 1)) {
        std::size_t next = at + name.size();
        if (at == 0 || json[at - 1] != '"' || next >= json.size() || json[next] != '"') continue;
        next = json.find_first_not_of(blank, next + 1);
        if (next == std::string_view::npos || json[next] != ':') continue;
        next = json.find_first_not_of(blank, next + 1);
        if (next != std::string_view::npos && next + 1 < json.size() && json[next] == '"' && json[next + 1] != '"') return true;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI::detail
