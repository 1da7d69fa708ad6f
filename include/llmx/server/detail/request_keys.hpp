// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/upgrade_request.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The token of "Bearer TOKEN", or empty.
[[nodiscard]] inline std::string_view bearer_token(std::string_view value) noexcept {
    constexpr std::string_view scheme = "bearer ";
    if (value.size() <= scheme.size()) return std::string_view();
    const std::string_view given = value.substr(0, scheme.size());
    if (given != "Bearer " && !iequals(given, scheme)) return std::string_view();
    value.remove_prefix(scheme.size());
    while (value.starts_with(' ')) value.remove_prefix(1);
    return value;
}

/// The key that a browser sends as a subprotocol of a WebSocket, or empty.
[[nodiscard]] inline std::string_view websocket_key(std::string_view protocols) noexcept {
    std::string_view key;
    for_each_token(protocols, [&](std::string_view t) {
        if (t.starts_with(websocket_key_protocol)) key = t.substr(websocket_key_protocol.size());
    });
    return key;
}

/// The key that one header field carries, or empty.
[[nodiscard]] inline std::string_view key_in(const http_field& f) noexcept {
    switch (f.name.size()) {
    case 7: return iequals(f.name, "api-key") ? f.value : std::string_view();
    case 9: return iequals(f.name, "x-api-key") ? f.value : std::string_view();
    case 13:
        // Nearly always in one of two spellings.
        if (f.name.substr(1) != "uthorization" && !iequals(f.name, "authorization")) return std::string_view();
        return (f.name.front() | 0x20) == 'a' ? bearer_token(f.value) : std::string_view();
    case 14: return iequals(f.name, "x-goog-api-key") ? f.value : std::string_view();
    case 22: return iequals(f.name, "sec-websocket-protocol") ? websocket_key(f.value) : std::string_view();
    default: return std::string_view();
    }
}

} // namespace detail

template <class Consider> void for_each_key(const http_request_head& request, Consider&& consider) {
    for (const http_field& f : request.fields)
        if (const std::string_view key = detail::key_in(f); !key.empty()) consider(key);
    if (request.query.empty()) return;
    const std::string_view in_url = detail::query_value(request.query, "key");
    if (in_url.empty()) return;
    if (in_url.find('%') == std::string_view::npos) consider(in_url);
    else if (const auto decoded = percent_decode(in_url); decoded && !decoded->empty()) consider(std::string_view(*decoded));
}

} // namespace llmx::inline LLMX_ABI
