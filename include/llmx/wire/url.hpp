// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Parses "http(s)://host[:port][/path]" (RFC 3986). A query, a fragment, user info or
/// another scheme is `errc::bad_configuration`; the message names the expected form and
/// never repeats the text (it may hold a password).
LLMX_DECL [[nodiscard]] result<base_url> parse_base_url(std::string_view text);

/// Appends \p text with everything but RFC 3986 unreserved characters percent-encoded.
LLMX_DECL void append_percent_encoded(std::string& out, std::string_view text);

/// The same for each segment of a path: slashes stay.
LLMX_DECL void append_percent_encoded_path(std::string& out, std::string_view path);

/// Decodes %XX; nothing when an escape is malformed or decodes to NUL.
LLMX_DECL [[nodiscard]] result<std::string> percent_decode(std::string_view text);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/url.ipp>
#endif
