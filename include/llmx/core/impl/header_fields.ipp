// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/header_fields.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] char field_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

LLMX_DECL [[nodiscard]] bool same_field_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return field_lower(x) == field_lower(y); });
}

/// RFC 9110 section 5.6.2.
LLMX_DECL [[nodiscard]] bool is_field_name(std::string_view name) noexcept {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    if (name.empty() || name.size() > 128) return false;
    return std::all_of(name.begin(), name.end(), [marks](char c) {
        const char l = field_lower(c);
        return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

/// RFC 9110 section 5.5.
LLMX_DECL [[nodiscard]] bool is_field_value(std::string_view value) noexcept {
    if (!value.empty() && (value.front() == ' ' || value.front() == '\t' || value.back() == ' ' || value.back() == '\t')) return false;
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u < 0x20 && c != '\t') || u == 0x7f;
    });
}

LLMX_DECL bool is_credential_field(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 8> secrets = {"authorization", "x-api-key", "api-key", "x-goog-api-key",
                                                                "cookie", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"};
    return std::any_of(secrets.begin(), secrets.end(), [name](std::string_view n) { return same_field_name(n, name); });
}

LLMX_DECL std::string_view owner_of_field(std::string_view name, bool upstream) noexcept {
    // RFC 9110 section 7.6.1 and what the transport derives from the body and the address.
    static constexpr std::array<std::string_view, 13> connection = {
        "connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "content-length", "host", "expect", "http2-settings", "proxy-authorization", "proxy-authenticate"};
    static constexpr std::array<std::string_view, 4> form = {"content-type", "content-encoding", "accept-encoding", "content-range"};
    static constexpr std::array<std::string_view, 11> server = {
        "date", "retry-after", "www-authenticate", "allow", "x-request-id", "request-id", "cache-control", "x-accel-buffering",
        "access-control-allow-origin", "access-control-expose-headers", "access-control-allow-credentials"};
    const auto has = [name](const auto& list) {
        return std::any_of(list.begin(), list.end(), [name](std::string_view n) { return same_field_name(n, name); });
    };
    if (has(connection)) return "the connection";
    if (has(form)) return "the form of the message";
    if (upstream) return is_credential_field(name) ? std::string_view("the provider's credentials") : std::string_view();
    if (has(server) || (name.size() >= 7 && same_field_name(name.substr(0, 7), "x-llmx-"))) return "the server";
    return std::string_view();
}

} // namespace detail

LLMX_DECL std::vector<header_fields::field>::iterator header_fields::at(std::string_view name) noexcept {
    return std::find_if(fields_.begin(), fields_.end(), [name](const field& f) { return detail::same_field_name(f.name, name); });
}

LLMX_DECL result<void> header_fields::put(std::string_view name, std::string_view value, bool omitted) {
    if (!detail::is_field_name(name))
        return error(errc::bad_configuration, "the name of a header field is not a token (RFC 9110 section 5.6.2): "
                                              "use letters, digits and hyphens, at most 128");
    const bool own = which_ == direction::deployment && detail::is_credential_field(name);
    if (const std::string_view owner = detail::owner_of_field(name, which_ != direction::reply); !owner.empty() && !own)
        return error(errc::bad_configuration, "the header field '" + std::string(name) + "' belongs to " + std::string(owner) +
                                                  (which_ == direction::deployment ? ": leave it out" : ": a policy cannot set it, choose another name"));
    if (!detail::is_field_value(value))
        return error(errc::bad_configuration, "the value for the header field '" + std::string(name) +
                                                  "' has control characters or white space at an end: remove or encode them");
    const auto old = at(name);
    std::size_t bytes = name.size() + value.size();
    for (auto f = fields_.begin(); f != fields_.end(); ++f)
        if (f != old) bytes += f->name.size() + f->value.size();
    if (bytes > max_bytes || (old == fields_.end() && fields_.size() == max_fields))
        return error(errc::bad_configuration, "no room for the header field '" + std::string(name) + "': " +
                                                  (which_ == direction::deployment ? "a deployment" : "policies") + " may add " +
                                                  std::to_string(max_fields) + " fields with " + std::to_string(max_bytes) + " bytes to a message");
    field& f = old != fields_.end() ? *old : fields_.emplace_back();
    f.name = name;
    f.value = value;
    f.omitted = omitted;
    return success();
}

LLMX_DECL result<void> header_fields::set(std::string_view name, std::string_view value) { return put(name, value, false); }
LLMX_DECL result<void> header_fields::omit(std::string_view name) { return put(name, std::string_view(), true); }

LLMX_DECL bool header_fields::remove(std::string_view name) noexcept {
    const auto f = at(name);
    if (f == fields_.end()) return false;
    fields_.erase(f);
    return true;
}

LLMX_DECL const std::string* header_fields::find(std::string_view name) const noexcept {
    for (const field& f : fields_)
        if (!f.omitted && detail::same_field_name(f.name, name)) return &f.value;
    return nullptr;
}

LLMX_DECL void header_fields::merge(const header_fields& other) {
    // What \p other has was checked when it was set there.
    for (const field& f : other.fields_) (void)put(f.name, f.value, f.omitted);
}

namespace detail {

/// Removes the lines of \p name from \p head.
LLMX_DECL void remove_field_lines(std::string_view name, std::string& head) {
    for (std::size_t line = 0; line < head.size();) {
        std::size_t next = head.find("\r\n", line);
        next = next == std::string::npos ? head.size() : next + 2;
        const bool is_it = next - line > name.size() && head[line + name.size()] == ':' &&
                           same_field_name(std::string_view(head).substr(line, name.size()), name);
        if (is_it) head.erase(line, next - line);
        else line = next;
    }
}

LLMX_DECL void write_header_fields(const header_fields& outer, const header_fields& inner, std::string& head) {
    const auto write = [&head](const header_fields::field& f) {
        remove_field_lines(f.name, head);
        head += f.name;
        head += ": ";
        head += f.value;
        head += "\r\n";
    };
    const auto replaced = [&inner](const header_fields::field& f) {
        return std::any_of(inner.begin(), inner.end(), [&f](const header_fields::field& i) { return same_field_name(i.name, f.name); });
    };
    for (const header_fields::field& f : outer)
        if (!f.omitted && !replaced(f)) write(f);
    for (const header_fields::field& f : inner)
        if (!f.omitted) write(f);
}

} // namespace detail

} // namespace llmx::inline LLMX_ABI
