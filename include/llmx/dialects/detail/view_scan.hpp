// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/request_view.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The values of the members \p names of the object \p text, the last of each as in a tree; empty where there is none. A name
/// may be written with `|` in two ways. False when the text is no well-formed object.
template <std::size_t N>
[[nodiscard]] bool scan_values(std::string_view text, const std::array<std::string_view, N>& names,
                               std::array<std::string_view, N>& values) {
    values = std::array<std::string_view, N>();
    json_scanner scanner(text);
    json_member m;
    while (scanner.next(m))
        for (std::size_t i = 0; i < N; ++i) {
            const std::size_t bar = names[i].find('|');
            if (!m.named(names[i].substr(0, bar)) && (bar == std::string_view::npos || !m.named(names[i].substr(bar + 1)))) continue;
            values[i] = m.value;
            break;
        }
    return scanner.status().has_value();
}

/// Calls \p f, which gives false for what is malformed, for each element of the array \p text; true for what is none.
template <class F> [[nodiscard]] bool scan_each(std::string_view text, F f) {
    if (text.empty() || text.front() != '[') return true;
    json_scanner scanner(text, json_scanner::container::array);
    json_member m;
    while (scanner.next(m))
        if (!f(m.value)) return false;
    return scanner.status().has_value();
}

/// Whether the array \p text has an element.
[[nodiscard]] inline bool has_elements(std::string_view text) {
    if (text.empty() || text.front() != '[') return false;
    json_scanner scanner(text, json_scanner::container::array);
    json_member m;
    return scanner.next(m);
}

/// The string \p value as text of the message; one without escapes is not copied.
inline void view_text(request_view_builder& to, std::string_view value) {
    if (!is_json_string(value)) return to.other();
    if (const auto plain = plain_json_string(value)) {
        if (plain->empty()) to.other();
        else to.text(*plain);
    } else {
        to.text(unescape_json_string(value));
    }
}

/// The string \p value is \p word, however it is escaped.
[[nodiscard]] inline bool is_word(std::string_view value, std::string_view word) {
    if (!is_json_string(value)) return false;
    if (const auto plain = plain_json_string(value)) return *plain == word;
    return unescape_json_string(value) == word;
}

} // namespace llmx::inline LLMX_ABI::detail
