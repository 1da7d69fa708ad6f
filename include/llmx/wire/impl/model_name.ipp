// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/model_name.hpp>
#include <llmx/wire/utf8.hpp>

namespace llmx::inline v0 {
namespace detail {

/// Takes the next character of \p name, percent-encodings undone.
[[nodiscard]] LLMX_DECL char take_path_character(std::string_view& name) noexcept {
    const char c = name.front();
    name.remove_prefix(1);
    if (c != '%') return c;
    std::string_view rest = name;
    while (rest.starts_with("25") && rest.size() >= 4) rest.remove_prefix(2);
    if (rest.size() < 2) return c;
    const int high = hex_digit_value(rest[0]), low = hex_digit_value(rest[1]);
    if (high < 0 || low < 0) return c;
    name = rest.substr(2);
    return static_cast<char>(high * 16 + low);
}

/// Whether \p name has a segment "." or "..".
[[nodiscard]] LLMX_DECL bool has_dot_segment(std::string_view name) noexcept {
    std::size_t dots = 0;
    bool only_dots = true;
    while (!name.empty()) {
        const char c = take_path_character(name);
        if (c == '/' || c == '\\') {
            if (only_dots && (dots == 1 || dots == 2)) return true;
            dots = 0;
            only_dots = true;
        } else if (c == '.') {
            ++dots;
        } else {
            only_dots = false;
        }
    }
    return only_dots && (dots == 1 || dots == 2);
}

[[nodiscard]] LLMX_DECL bool good_model_name(std::string_view name) noexcept {
    if (name.size() > max_model_name) return false;
    bool plain = true;
    for (const char c : name) {
        if ((c >= 0 && c < 0x20) || c == 0x7f) return false;
        plain = plain && c > 0 && c != '.' && c != '%';
    }
    if (plain) return true;
    // U+0080 to U+009F, the second set of control characters.
    for (auto at = name.find('\xc2'); at != std::string_view::npos; at = name.find('\xc2', at + 1))
        if (at + 1 < name.size() && static_cast<unsigned char>(name[at + 1]) < 0xa0) return false;
    return valid_utf8(name) && !has_dot_segment(name);
}

} // namespace detail

LLMX_DECL result<void> check_model_name(std::string_view name) {
    if (detail::good_model_name(name)) return success();
    error e(errc::invalid_request, "the name of a model has at most 512 bytes of UTF-8, no control characters, and no '.' "
                                   "or '..' between slashes");
    e.with_param("model");
    return e;
}

} // namespace llmx::inline v0
