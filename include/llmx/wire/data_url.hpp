// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// The parts of a `data:` URL; views into it.
struct data_url {
    /// "image/png"; "text/plain" when the URL names none.
    std::string_view media_type;
    /// The text after the type without its first semicolon, e.g. "charset=utf-8"; may be empty.
    std::string_view parameters;
    /// Whether the payload is base64; percent-encoded text otherwise.
    bool base64 = false;
    /// The text after the comma, as written and not checked.
    std::string_view payload;
};
static_assert(std::is_trivially_destructible_v<data_url>);

/// Whether \p url has the scheme `data`, in any case.
LLMX_DECL [[nodiscard]] bool is_data_url(std::string_view url) noexcept;

/// Takes a `data:` URL apart (RFC 2397). Fails with `errc::invalid_request` when the scheme
/// is another, the comma is missing or the media type is not "type/subtype".
LLMX_DECL [[nodiscard]] result<data_url> parse_data_url(std::string_view url);

/// The decoded bytes of the payload. Fails with `errc::invalid_request` when it is
/// neither base64 nor percent-encoded text, as the URL claims.
LLMX_DECL [[nodiscard]] result<std::string> data_url_bytes(const data_url& url);

/// "data:image/png;base64,…" around a payload that is base64 already.
LLMX_DECL [[nodiscard]] std::string make_data_url(std::string_view media_type, std::string_view base64_payload);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/data_url.ipp>
#endif
