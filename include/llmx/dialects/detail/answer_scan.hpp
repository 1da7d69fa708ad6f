// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Calls \p f with the offset of the value of each member, at any depth of the text \p json, called \p name, until it returns true;
/// whether it did. A string never holds what looks like a member, since its quotes are escaped.
template <class F> [[nodiscard]] constexpr bool any_json_member(std::string_view json, std::string_view name, F f) {
    constexpr std::string_view blank = " \t\r\n";
    // The letters are searched, not the quote: there are fewer of them.
    for (std::size_t at = json.find(name); at != std::string_view::npos; at = json.find(name, at + 1)) {
        std::size_t next = at + name.size();
        if (at == 0 || json[at - 1] != '"' || next >= json.size() || json[next] != '"') continue;
        next = json.find_first_not_of(blank, next + 1);
        if (next == std::string_view::npos || json[next] != ':') continue;
        next = json.find_first_not_of(blank, next + 1);
        if (next != std::string_view::npos && f(next)) return true;
    }
    return false;
}

/// Whether at the offset \p at the text \p json has \p opening ("{", "[{") and then the name of a member, white space left aside.
[[nodiscard]] constexpr bool json_value_opens(std::string_view json, std::size_t at, std::string_view opening) noexcept {
    for (std::size_t i = 0; i <= opening.size(); ++i, ++at) {
        at = json.find_first_not_of(" \t\r\n", at);
        if (at == std::string_view::npos || json[at] != (i == opening.size() ? '"' : opening[i])) return false;
    }
    return true;
}

/// Whether the text \p json has somewhere a member \p name whose value begins so.
[[nodiscard]] constexpr bool json_text_opens(std::string_view json, std::string_view name, std::string_view opening) noexcept {
    return any_json_member(json, name, [json, opening](std::size_t value) { return json_value_opens(json, value, opening); });
}

/// Whether the text \p json has somewhere a member \p name whose value is a string with a character or more.
[[nodiscard]] constexpr bool json_text_has_word(std::string_view json, std::string_view name) noexcept {
    return any_json_member(json, name, [json](std::size_t value) {
        return value + 1 < json.size() && json[value] == '"' && json[value + 1] != '"';
    });
}

/// Whether a member within the text of a request's `messages` is an array: content in parts, calls of tools. Without one there is no place
/// for a signature or a file.
[[nodiscard]] constexpr bool messages_have_lists(std::string_view messages) noexcept {
    for (std::size_t at = messages.find('[', 1); at != std::string_view::npos; at = messages.find('[', at + 1)) {
        std::size_t before = at - 1;
        while (before != 0 && static_cast<unsigned char>(messages[before]) <= ' ') --before;
        if (messages[before] == ':') return true;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI::detail
