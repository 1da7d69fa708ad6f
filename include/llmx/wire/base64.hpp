// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Appends \p bytes in the standard alphabet with padding (RFC 4648 section 4).
LLMX_DECL void append_base64(std::string& out, std::string_view bytes);

/// \p bytes in the standard alphabet with padding (RFC 4648 section 4).
LLMX_DECL [[nodiscard]] std::string base64_encode(std::string_view bytes);

/// \p bytes in the URL-safe alphabet without padding, as JWTs have it (RFC 4648 section 5,
/// RFC 7515 section 2).
LLMX_DECL [[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// Decodes the standard alphabet, strictly: padding is required, unused bits are zero and
/// no other character occurs, so that every byte string has one spelling (RFC 4648 section
/// 3.5). Fails with `errc::invalid_request`.
LLMX_DECL [[nodiscard]] result<std::string> base64_decode(std::string_view text);

/// Decodes the URL-safe alphabet as strictly; padding may be left out, as a whole.
LLMX_DECL [[nodiscard]] result<std::string> base64url_decode(std::string_view text);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/base64.ipp>
#endif
