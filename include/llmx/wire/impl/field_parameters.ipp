// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/field_parameters.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// tchar of RFC 9110 section 5.6.2.
LLMX_DECL [[nodiscard]] bool is_token_character(char c) noexcept {
    return is_ascii_digit(c) || is_ascii_letter(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

} // namespace detail

LLMX_DECL field_parameters::field_parameters(std::string_view field) {
    const auto semicolon = field.find(';');
    value_ = detail::trim_ows(field.substr(0, semicolon));
    if (semicolon != std::string_view::npos) rest_ = field.substr(semicolon);
}

LLMX_DECL bool field_parameters::read_quoted(std::string& out) {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
        char c = rest_[i];
        if (c == '"') {
            rest_.remove_prefix(i + 1);
            return true;
        }
        // Browsers send the backslashes of a path unescaped: only characters that must be escaped are unescaped.
        if (c == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\')) c = rest_[++i];
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
        out += c;
    }
    return false;
}

LLMX_DECL std::optional<field_parameters::parameter> field_parameters::next() {
    if (malformed_) return std::nullopt;
    malformed_ = true; // until the parameter is read whole
    rest_ = detail::trim_ows(rest_);
    // Empty parameters are allowed: "a; ; b=c".
    while (!rest_.empty() && rest_.front() == ';') rest_ = detail::trim_ows(rest_.substr(1));
    if (rest_.empty()) {
        malformed_ = false;
        return std::nullopt;
    }
    std::size_t length = 0;
    while (length < rest_.size() && detail::is_token_character(rest_[length])) ++length;
    if (length == 0 || length == rest_.size() || rest_[length] != '=') return std::nullopt;
    parameter p;
    p.name = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    if (rest_.starts_with('"')) {
        if (!read_quoted(p.value)) return std::nullopt;
    } else {
        length = 0;
        while (length < rest_.size() && detail::is_token_character(rest_[length])) ++length;
        if (length == 0) return std::nullopt;
        p.value = rest_.substr(0, length);
        rest_.remove_prefix(length);
    }
    rest_ = detail::trim_ows(rest_);
    if (!rest_.empty() && rest_.front() != ';') return std::nullopt;
    malformed_ = false;
    return p;
}

} // namespace llmx::inline LLMX_ABI
