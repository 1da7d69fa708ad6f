// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/url.hpp>

#include <charconv>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] error bad_base_url(std::string_view why) {
    std::string m = "base URL: ";
    m += why;
    m += "; expected http(s)://host[:port][/path]";
    return error(errc::bad_configuration, std::move(m));
}

LLMX_DECL [[nodiscard]] int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// RFC 3986 reg-name, IPv4 or the inside of an IP literal: nothing that could leave
/// the Host header or confuse a resolver.
LLMX_DECL [[nodiscard]] bool valid_host(std::string_view h, bool literal) noexcept {
    if (h.empty() || h.size() > 253) return false;
    for (const char c : h) {
        const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (alnum || c == '.') continue;
        if (literal ? c == ':' : (c == '-' || c == '_')) continue;
        return false;
    }
    return true;
}

LLMX_DECL [[nodiscard]] bool valid_path(std::string_view p) noexcept {
    for (const char c : p)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '"' ||
            c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}')
            return false;
    return true;
}

} // namespace detail

LLMX_DECL result<base_url> parse_base_url(std::string_view text) {
    base_url u;
    if (text.starts_with("https://")) {
        u.where.tls = true;
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
    } else {
        return detail::bad_base_url("no http:// or https:// at the start");
    }
    if (text.find_first_of("?#") != std::string_view::npos)
        return detail::bad_base_url("a query or fragment is not part of a base");
    std::string_view authority = text.substr(0, text.find('/'));
    std::string_view path = text.substr(authority.size());
    while (path.ends_with('/')) path.remove_suffix(1);
    if (authority.find('@') != std::string_view::npos)
        return detail::bad_base_url("user info is not allowed, give the key on its own");

    const bool literal = authority.starts_with('[');
    std::string_view port;
    if (literal) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return detail::bad_base_url("the IPv6 address has no ]");
        u.where.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
    } else {
        const auto colon = authority.find(':');
        u.where.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port = authority.substr(colon);
    }
    if (!detail::valid_host(u.where.host, literal)) return detail::bad_base_url("the host is missing or malformed");
    const std::uint16_t usual = u.where.tls ? 443 : 80;
    u.where.port = usual;
    if (!port.empty()) {
        const char* const end = port.data() + port.size();
        const auto parsed = std::from_chars(port.data() + 1, end, u.where.port);
        if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end || u.where.port == 0)
            return detail::bad_base_url("the port is not a number from 1 to 65535");
    }
    if (!detail::valid_path(path)) return detail::bad_base_url("the path has characters a URL may not hold");
    u.path = path;
    u.where.authority = literal ? "[" + u.where.host + "]" : u.where.host;
    if (u.where.port != usual) u.where.authority += ":" + std::to_string(u.where.port);
    return u;
}

LLMX_DECL void append_percent_encoded(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
            c == '_' || c == '~') {
            out += c;
        } else {
            out += '%';
            out += hex[u >> 4];
            out += hex[u & 15];
        }
    }
}

LLMX_DECL void append_percent_encoded_path(std::string& out, std::string_view path) {
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        append_percent_encoded(out, path.substr(0, slash));
        if (slash == std::string_view::npos) return;
        out += '/';
        path.remove_prefix(slash + 1);
    }
}

LLMX_DECL result<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? detail::hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? detail::hex_digit(text[i + 2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return error(errc::invalid_request, "the path has a malformed percent-encoding");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

} // namespace llmx::inline LLMX_ABI
