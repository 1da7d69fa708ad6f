// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/cors.hpp>
#include <llmx/server/response_head.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The names of fields that a page may ask for: tokens (RFC 9110 section 5.6.2), commas and blanks.
LLMX_DECL [[nodiscard]] bool is_field_list(std::string_view text) noexcept {
    constexpr std::size_t longest = 2048;
    static constexpr std::string_view others = "!#$%&'*+-.^_`|~, ";
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), fine);
}

LLMX_DECL void append_cors_fields(std::string& fields, const std::vector<std::string>& allowed, std::string_view origin) {
    const bool all = std::find(allowed.begin(), allowed.end(), "*") != allowed.end();
    // A cache must not give one origin what another was permitted.
    if (!all) fields += "vary: origin\r\n";
    if (!all && !cors_allows(allowed, origin)) return;
    append_field(fields, "access-control-allow-origin", all ? std::string_view("*") : origin);
    // The names beside the wildcard are for clients that do not know it.
    fields += "access-control-expose-headers: *, x-request-id, request-id, retry-after\r\n";
}

LLMX_DECL void append_preflight_fields(std::string& fields, const http_request_head& head, std::string_view allow) {
    if (fields.find("access-control-allow-origin") == std::string::npos) return;
    const std::string_view method = head.find("access-control-request-method");
    if (method.empty()) return;
    // Of a path that does not exist the page is to read the error.
    append_field(fields, "access-control-allow-methods", allow.empty() ? method : allow);
    // "*" would not include `authorization`.
    const std::string_view asked = head.find("access-control-request-headers");
    append_field(fields, "access-control-allow-headers",
                 is_field_list(asked) ? asked : std::string_view("authorization, content-type, x-api-key, x-goog-api-key, anthropic-version"));
    // Chromium keeps a permission two hours at most.
    fields += "access-control-max-age: 7200\r\nvary: access-control-request-method, access-control-request-headers\r\n";
}

LLMX_DECL void append_allow(std::string& fields, std::string_view methods) {
    if (methods.empty()) return;
    append_field(fields, "allow", std::string(methods) + ", OPTIONS");
}

} // namespace detail

LLMX_DECL bool cors_allows(const std::vector<std::string>& allowed, std::string_view origin) noexcept {
    const auto fits = [origin](std::string_view entry) {
        const auto star = entry.find('*');
        if (star == std::string_view::npos) return entry == origin;
        if (entry == "*") return true;
        const std::string_view before = entry.substr(0, star), after = entry.substr(star + 1);
        if (origin.size() <= before.size() + after.size() || !origin.starts_with(before) || !origin.ends_with(after)) return false;
        const std::string_view part = origin.substr(before.size(), origin.size() - before.size() - after.size());
        return part.find('/') == std::string_view::npos;
    };
    return std::any_of(allowed.begin(), allowed.end(), fits);
}

} // namespace llmx::inline LLMX_ABI
