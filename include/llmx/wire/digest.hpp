// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// Functions that OpenSSL computes are absent from a program without it.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace llmx::inline LLMX_ABI {

/// The 32 bytes of a SHA-256 or of an HMAC of it.
using sha256_digest = std::array<unsigned char, 32>;

/// SHA-256 (FIPS 180-4) of a text that comes in pieces.
///
/// Fails with `errc::internal` when OpenSSL does, as it does without memory; `finish` reports it.
/// Thread safety: none.
class sha256 {
public:
    LLMX_DECL sha256() noexcept;
    sha256(const sha256&) = delete;
    sha256& operator=(const sha256&) = delete;
    LLMX_INLINE ~sha256();

    LLMX_DECL void add(std::string_view piece) noexcept;
    /// The digest of all pieces; ends the computation, so that it can be called once.
    LLMX_DECL [[nodiscard]] result<sha256_digest> finish();

private:
    evp_md_ctx_st* context_;
    bool good_ = false;
};

/// SHA-256 of \p text.
LLMX_DECL [[nodiscard]] result<sha256_digest> sha256_of(std::string_view text);

/// HMAC-SHA-256 of \p text under \p key (RFC 2104).
LLMX_DECL [[nodiscard]] result<sha256_digest> hmac_sha256(std::string_view key, std::string_view text);

/// The bytes as characters, for functions of text.
[[nodiscard]] inline std::string_view bytes_of(const sha256_digest& d) noexcept {
    return std::string_view(reinterpret_cast<const char*>(d.data()), d.size());
}

/// Appends \p bytes in base 16 with small letters (RFC 4648 section 8, which has capitals).
LLMX_DECL void append_hex(std::string& out, std::string_view bytes);

/// Overwrites \p size bytes at \p at with zeros, which no compiler leaves out.
LLMX_DECL void wipe(void* at, std::size_t size) noexcept;
/// The same for the characters of \p text, which is empty then.
LLMX_DECL void wipe(std::string& text) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/digest.ipp>
#endif

#endif // LLMX_NO_TLS
