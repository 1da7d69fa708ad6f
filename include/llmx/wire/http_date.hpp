// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reads an HTTP date in any of its three forms (RFC 9110 section 5.6.7):
/// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" and
/// "Sun Nov  6 08:49:37 1994".
///
/// \p now settles the century of the second form: a date more than 50 years ahead of it is
/// the past one. The day's name must be one, but is not compared with the date. Nothing
/// when the text is not a valid date. Independent of the locale.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text, std::chrono::system_clock::time_point now) noexcept;

/// The first form, "Sun, 06 Nov 1994 08:49:37 GMT", for `Date` and similar fields.
LLMX_DECL [[nodiscard]] std::string format_http_date(std::chrono::system_clock::time_point t);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/http_date.ipp>
#endif
