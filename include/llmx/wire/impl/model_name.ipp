// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/model_name.hpp>
#include <llmx/wire/utf8.hpp>

#include <array>
#include <cstddef>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Takes the next character of \p name, percent-encodings undone.
LLMX_DECL [[nodiscard]] char take_path_character(std::string_view& name) noexcept {
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
LLMX_DECL [[nodiscard]] bool has_dot_segment(std::string_view name) noexcept {
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

enum name_kind : unsigned char { name_control = 1, name_foreign = 2, name_slash = 4, name_dot = 8 };

[[nodiscard]] constexpr std::array<unsigned char, 256> make_name_kinds() noexcept {
    std::array<unsigned char, 256> t{};
    for (std::size_t c = 0; c < 0x20; ++c) t[c] = name_control;
    t[0x7f] = name_control;
    for (std::size_t c = 0x80; c < t.size(); ++c) t[c] = name_foreign;
    t['%'] = name_foreign;
    t['/'] = t['\\'] = name_slash;
    t['.'] = name_dot;
    return t;
}
inline constexpr std::array<unsigned char, 256> name_kinds = make_name_kinds();

/// UTF-8 without U+0080 to U+009F, the second set of control characters.
LLMX_DECL [[nodiscard]] bool is_visible_utf8(std::string_view text) noexcept {
    for (auto at = text.find('\xc2'); at != std::string_view::npos; at = text.find('\xc2', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) return false;
    return valid_utf8(text);
}

} // namespace detail

LLMX_DECL bool is_model_name(std::string_view name) noexcept {
    if (name.size() > max_model_name) return false;
    // One pass finds nothing odd in nearly every name.
    unsigned seen = 0, before = detail::name_slash, leading_dot = 0;
    for (const char c : name) {
        const unsigned kind = detail::name_kinds[static_cast<unsigned char>(c)];
        seen |= kind;
        leading_dot |= (before << 1) & kind & detail::name_dot;
        before = kind;
    }
    if ((seen & detail::name_control) != 0) return false;
    if ((seen & detail::name_foreign) == 0 && leading_dot == 0) return true;
    return detail::is_visible_utf8(name) && !detail::has_dot_segment(name);
}

LLMX_DECL result<void> check_model_name(std::string_view name) {
    if (is_model_name(name)) return success();
    error e(errc::invalid_request, "the name of a model has at most 512 bytes of UTF-8, no control characters, and no '.' "
                                   "or '..' between slashes");
    e.with_param("model");
    return e;
}

} // namespace llmx::inline LLMX_ABI
