// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A JSON Web Token that is signed with RS256 (RSASSA-PKCS1-v1_5 with SHA-256).
///
/// \p claims is the JSON object that is signed, as it is. \p pem is the private key, "BEGIN PRIVATE KEY" (PKCS #8)
/// or "BEGIN RSA PRIVATE KEY", without a password and of 2048 bits or more (RFC 7518 section 3.3). \p key_id becomes
/// the header's `kid`; it is left out when empty.
///
/// Fails with `errc::bad_configuration` when the key cannot be read, is not an RSA key or too short, `errc::internal`
/// when OpenSSL fails otherwise; no message quotes the key. Takes about a millisecond. Several threads may sign at once.
/// Source: RFC 7515 section 3.1, RFC 7518 section 3.3.
LLMX_DECL [[nodiscard]] result<std::string> sign_jwt(std::string_view claims, const secret& pem,
                                                     std::string_view key_id = std::string_view());

/// The fingerprint of the public key that belongs to \p pem: base64 of SHA-256 of its DER (SubjectPublicKeyInfo, RFC 5280 section 4.1).
///
/// Fails as `sign_jwt` does.
LLMX_DECL [[nodiscard]] result<std::string> public_key_fingerprint(const secret& pem);

/// Whether \p pem is a private key that `sign_jwt` can use: for configuration, where a wrong one is to be noticed.
LLMX_DECL [[nodiscard]] result<void> check_jwt_key(const secret& pem);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/jwt.ipp>
#endif

#endif // LLMX_NO_TLS
