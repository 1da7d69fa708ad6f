// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/wire/body_pieces.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// One header field. Views; the maker of the message defines how long they are valid.
struct http_field {
    std::string_view name;
    std::string_view value;
};

/// ASCII comparison without regard to case (RFC 9110 section 5.1).
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    // Most names are written in the same letters.
    if (!std::is_constant_evaluated() && std::memcmp(a.data(), b.data(), a.size()) == 0) return true;
    constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// Value of the first field called \p name, or empty.
[[nodiscard]] constexpr std::string_view find_field(std::span<const http_field> fields,
                                                    std::string_view name) noexcept {
    for (const auto& f : fields)
        if (iequals(f.name, name)) return f.value;
    return std::string_view();
}

/// Whether a header field may hold \p value: no CR, LF or NUL (RFC 9110 section 5.5).
[[nodiscard]] constexpr bool safe_field_value(std::string_view value) noexcept {
    for (const char c : value)
        if (c == '\r' || c == '\n' || c == '\0') return false;
    return true;
}

class body_source;
struct connection_rules;

/// A request as a provider prepared it. The transport adds Host, Content-Length or
/// Transfer-Encoding, and the connection's own fields. Everything it points to must exist until the exchange
/// is over.
struct http_request {
    http_request() = default;
    const origin* to = nullptr;
    std::string_view method = "POST";
    /// Path and query.
    std::string target;
    /// Further fields as they go on the wire: "name: value\r\n" each.
    std::string fields;
    /// The body: `for (const std::string_view piece : request.body)`.
    body_pieces body;
    /// The rest of the body, pulled while it is sent (<llmx/transport/body_source.hpp>); null: there is
    /// none. Such a request can be sent once.
    body_source* source = nullptr;
    /// How its connection is made (<llmx/transport/connection_rules.hpp>); null: by the options of the transport.
    std::shared_ptr<const connection_rules> rules;

    /// \p value must satisfy `safe_field_value`.
    void add_field(std::string_view name, std::string_view value) {
        fields += name;
        fields += ": ";
        fields += value;
        fields += "\r\n";
    }
    /// Of the pieces; the bytes of the source are not among them.
    [[nodiscard]] std::size_t body_size() const noexcept { return body.bytes(); }
};

/// Until when each phase of an exchange must be over, and how much it may bring.
struct http_limits {
    /// Absolute; for the whole exchange, body included: `errc::deadline_exceeded`.
    time_point deadline = time_point::max();
    /// Absolute; for name resolution, connect and TLS handshake: `errc::connect_failed`.
    time_point connect_by = time_point::max();
    /// Absolute; for the first byte of the reply: `errc::first_token_timeout`.
    time_point first_byte_by = time_point::max();
    /// Between two reads of the body: `errc::idle_timeout`.
    duration idle = duration::max();
    std::size_t max_header = 64 * 1024;
    /// Of a body read by `read_all`: `errc::bad_response`.
    std::size_t max_body = 64 * 1024 * 1024;
    /// Accounts for the bytes that `read_all` and `take_rest` append: `errc::shed` with a `retry_after`, and the
    /// connection closed, when its budget has no room. Must outlive the body; the bytes stay on
    /// it for as long as its owner keeps the answer. Null: not counted.
    memory_lease* memory = nullptr;
};

} // namespace llmx::inline LLMX_ABI
