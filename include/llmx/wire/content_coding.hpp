// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A content coding of an HTTP body (RFC 9110 section 8.4.1).
enum class content_coding : std::uint8_t {
    identity, ///< none
    gzip,     ///< RFC 1952; "x-gzip" is the same
    deflate,  ///< RFC 1950; RFC 1951 alone is read too, as some servers send it
    brotli,   ///< "br", RFC 7932
    other,    ///< another one, or several one over the other
};

/// The coding that the value of a `content-encoding` field names; an empty one is `identity`.
LLMX_DECL [[nodiscard]] content_coding content_coding_of(std::string_view field) noexcept;

/// Decodes one coded body, piece by piece.
///
/// No I/O. The caller bounds the output of each call, and with it the work: it can stop a small body that expands to
/// gigabytes. Not thread-safe.
class content_decoder {
public:
    virtual ~content_decoder() = default;
    /// Decodes from the front of \p in, from which it takes the bytes it has used, and appends to \p out at most \p most
    /// bytes. With less than \p most appended all of \p in is used. Fails with `bad_response` when the bytes are
    /// not of the coding, and then again at each call.
    virtual result<void> decode(std::string_view& in, std::string& out, std::size_t most) = 0;
    /// Whether the bytes so far are a whole body: else one that ends here was cut.
    [[nodiscard]] virtual bool whole() const noexcept = 0;
};

/// A decoder of \p coding; null when this program has none: gzip and deflate need `LLMX_WITH_ZLIB`, brotli
/// `LLMX_WITH_BROTLI`.
LLMX_DECL [[nodiscard]] std::unique_ptr<content_decoder> make_content_decoder(content_coding coding);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/content_coding.ipp>
#endif
