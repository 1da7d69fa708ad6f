// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/detail/ascii.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// "type/subtype", both tokens of RFC 9110 section 5.6.2.
LLMX_DECL [[nodiscard]] bool is_media_type(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool token = is_ascii_digit(c) || is_ascii_letter(c) ||
                           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
        if (!token && i != slash) return false;
    }
    return true;
}

} // namespace detail

LLMX_DECL bool is_data_url(std::string_view url) noexcept {
    return detail::equals_ignoring_case(url.substr(0, 5), "data:");
}

LLMX_DECL result<data_url> parse_data_url(std::string_view url) {
    if (!is_data_url(url)) return error(errc::invalid_request, "not a data URL");
    url.remove_prefix(5);
    const std::size_t comma = url.find(',');
    if (comma == std::string_view::npos)
        return error(errc::invalid_request, "not a valid data URL: the comma is missing");

    data_url parts;
    parts.payload = url.substr(comma + 1);
    std::string_view head = url.substr(0, comma);
    const std::size_t last = head.rfind(';');
    if (last != std::string_view::npos && detail::equals_ignoring_case(head.substr(last + 1), "base64")) {
        parts.base64 = true;
        head = head.substr(0, last);
    }
    const std::size_t semicolon = head.find(';');
    parts.media_type = head.substr(0, semicolon);
    if (semicolon != std::string_view::npos) parts.parameters = head.substr(semicolon + 1);
    if (parts.media_type.empty()) parts.media_type = "text/plain";
    else if (!detail::is_media_type(parts.media_type))
        return error(errc::invalid_request, "not a valid data URL: the media type is not valid");
    return parts;
}

LLMX_DECL result<std::string> data_url_bytes(const data_url& url) {
    if (url.base64) return base64_decode(url.payload);
    std::string out;
    out.reserve(url.payload.size());
    for (std::size_t i = 0; i < url.payload.size(); ++i) {
        const char c = url.payload[i];
        if (c != '%') {
            out += c;
            continue;
        }
        const int high = i + 2 < url.payload.size() ? detail::hex_digit_value(url.payload[i + 1]) : -1;
        const int low = high >= 0 ? detail::hex_digit_value(url.payload[i + 2]) : -1;
        if (low < 0) return error(errc::invalid_request, "not a valid data URL: a broken percent escape");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

LLMX_DECL std::string make_data_url(std::string_view media_type, std::string_view base64_payload) {
    std::string out;
    out.reserve(media_type.size() + base64_payload.size() + 13);
    out += "data:";
    out += media_type;
    out += ";base64,";
    out += base64_payload;
    return out;
}

} // namespace llmx::inline LLMX_ABI
