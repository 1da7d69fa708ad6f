// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/wire/url.hpp>

#include <string>

namespace llmx::inline v0 {
namespace detail {

/// The token of "Bearer TOKEN" (RFC 6750 section 2.1), or empty.
[[nodiscard]] LLMX_DECL std::string_view bearer_token(std::string_view value) noexcept {
    constexpr std::string_view scheme = "bearer ";
    if (value.size() <= scheme.size() || !iequals(value.substr(0, scheme.size()), scheme)) return std::string_view();
    value.remove_prefix(scheme.size());
    while (value.starts_with(' ')) value.remove_prefix(1);
    return value;
}

/// Host of an Origin field's value (RFC 6454 section 7), without port; "null" stays "null".
[[nodiscard]] LLMX_DECL std::string_view origin_host(std::string_view value) noexcept {
    if (const auto scheme = value.find("://"); scheme != std::string_view::npos) value.remove_prefix(scheme + 3);
    if (value.starts_with('[')) return value.substr(0, value.find(']') + 1);
    return value.substr(0, value.find(':'));
}

} // namespace detail

LLMX_DECL bool is_loopback_host(std::string_view host) noexcept {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (iequals(host, "localhost") || host == "::1") return true;
    if (!host.starts_with("127.")) return false;
    // Only an address: "127.example.org" is a name that may point anywhere.
    for (const char c : host)
        if ((c < '0' || c > '9') && c != '.') return false;
    return true;
}

LLMX_DECL result<std::string_view> master_key::check(const http_request_head& request) const {
    if (!required()) {
        const std::string_view from = request.find("origin");
        if (!from.empty() && !is_loopback_host(detail::origin_host(from)))
            return error(errc::permission_denied,
                         "requests from web pages are refused while the gateway has no key");
        return std::string_view();
    }
    bool given = false, right = false;
    const auto consider = [&](std::string_view candidate) {
        if (candidate.empty()) return;
        given = true;
        right |= key_.matches(candidate);
    };
    for (const http_field& f : request.fields) {
        switch (f.name.size()) {
        case 7:
            if (iequals(f.name, "api-key")) consider(f.value);
            break;
        case 9:
            if (iequals(f.name, "x-api-key")) consider(f.value);
            break;
        case 13:
            if (iequals(f.name, "authorization")) consider(detail::bearer_token(f.value));
            break;
        case 14:
            if (iequals(f.name, "x-goog-api-key")) consider(f.value);
            break;
        default: break;
        }
    }
    if (!request.query.empty()) {
        const std::string_view in_url = detail::query_value(request.query, "key");
        if (in_url.find('%') == std::string_view::npos) consider(in_url);
        else if (const auto decoded = percent_decode(in_url)) consider(*decoded);
    }
    if (right) return std::string_view("master");
    return error(errc::authentication,
                 given ? "the key is wrong"
                       : "no key was sent: use Authorization: Bearer, x-api-key, api-key or x-goog-api-key");
}

} // namespace llmx::inline v0
