// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The longest wait that a provider can request: longer ones count as this.
inline constexpr std::chrono::milliseconds max_retry_after = std::chrono::hours(24);

// The waits below are rounded up to a millisecond and clamped to [0, max_retry_after]; a
// negative one and a date that has passed are 0. A text that is neither gives nothing.

/// Reads the header `Retry-After`: seconds or an HTTP date (RFC 9110 section 10.2.3).
/// Fractions of a second, which some vendors send, are understood.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::milliseconds>
parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept;

/// Reads the header `retry-after-ms` of OpenAI and Azure: milliseconds.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::milliseconds>
parse_retry_after_ms(std::string_view value) noexcept;

/// Reads a duration of numbers with units h, m, s, ms, us or ns: "34.5s" as Google's
/// `google.protobuf.Duration` is written in JSON (`RetryInfo.retryDelay`), "6m0s" and
/// "120ms" as in OpenAI's `x-ratelimit-reset-*`.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

/// The wait that a response's headers request: the finer `retry-after-ms` first, then
/// `Retry-After`. Empty views represent absent headers.
LLMX_DECL [[nodiscard]] std::optional<std::chrono::milliseconds>
retry_after_of(std::string_view retry_after_ms, std::string_view retry_after,
               std::chrono::system_clock::time_point now) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/retry_after.ipp>
#endif
