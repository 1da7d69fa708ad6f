// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/http_message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The reason phrase of a status code (RFC 9110 section 15), "Unknown" for others.
LLMX_DECL [[nodiscard]] std::string_view http_reason(int status) noexcept;

/// The Date field's value (IMF-fixdate, RFC 9110 section 5.6.7), written once a second.
/// One per thread of a server; not thread-safe.
class http_date {
public:
    /// Valid until the next call.
    LLMX_DECL [[nodiscard]] std::string_view at(std::int64_t unix_seconds);

private:
    std::int64_t second_ = -1;
    std::string text_;
};

/// Appends "name: value\r\n"; nothing when \p value is empty or holds anything but visible
/// ASCII and spaces, so that no name from a configuration or a provider can break the head.
LLMX_DECL void append_field(std::string& out, std::string_view name, std::string_view value);
LLMX_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value);

/// Appends a status line.
LLMX_DECL void append_status_line(std::string& out, int status);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/response_head.ipp>
#endif
