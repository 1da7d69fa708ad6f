// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/wire/http_message.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Host of an Origin field's value (RFC 6454 section 7), without port; "null" stays "null".
LLMX_DECL [[nodiscard]] std::string_view origin_host(std::string_view value) noexcept {
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

LLMX_DECL bool from_foreign_page(const http_request_head& request) noexcept {
    const std::string_view from = request.find("origin");
    return !from.empty() && !is_loopback_host(detail::origin_host(from));
}

} // namespace llmx::inline LLMX_ABI
