// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/jwt.hpp>

#include <llmx/wire/base64.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/json_writer.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <climits>
#include <memory>

namespace llmx::inline LLMX_ABI {
namespace detail {

struct jwt_releaser {
    void operator()(BIO* b) const noexcept { BIO_free(b); }
    void operator()(EVP_PKEY* k) const noexcept { EVP_PKEY_free(k); }
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
};
using jwt_key = std::unique_ptr<EVP_PKEY, jwt_releaser>;

/// Supplies the password of a key that has one; OpenSSL would prompt at the terminal.
LLMX_DECL int jwt_no_password(char*, int, int, void*) { return -1; }

LLMX_DECL [[nodiscard]] result<jwt_key> jwt_read_key(const secret& pem) {
    const std::string_view text = pem.reveal();
    jwt_key key;
    if (text.size() <= INT_MAX) {
        const std::unique_ptr<BIO, jwt_releaser> from(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
        if (from != nullptr) key.reset(PEM_read_bio_PrivateKey(from.get(), nullptr, &jwt_no_password, nullptr));
    }
    ERR_clear_error();
    if (key == nullptr)
        return error(errc::bad_configuration,
                     "the private key cannot be read; expected a key without a password between -----BEGIN PRIVATE KEY----- and "
                     "-----END PRIVATE KEY-----, with its line breaks");
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_bits(key.get()) < 2048)
        return error(errc::bad_configuration, "the private key is not an RSA key of at least 2048 bits, which RS256 needs");
    return result<jwt_key>(std::move(key));
}

} // namespace detail

LLMX_DECL result<void> check_jwt_key(const secret& pem) {
    const result<detail::jwt_key> key = detail::jwt_read_key(pem);
    if (!key) return key.error();
    return success();
}

LLMX_DECL result<std::string> public_key_fingerprint(const secret& pem) {
    const result<detail::jwt_key> key = detail::jwt_read_key(pem);
    if (!key) return key.error();
    std::string der;
    if (const int size = i2d_PUBKEY(key->get(), nullptr); size > 0) {
        der.resize(static_cast<std::size_t>(size));
        auto* at = reinterpret_cast<unsigned char*>(der.data());
        if (i2d_PUBKEY(key->get(), &at) != size) der.clear();
    }
    if (der.empty()) {
        ERR_clear_error();
        return error(errc::internal, "OpenSSL cannot write the public key; is there memory?");
    }
    const result<sha256_digest> digest = sha256_of(der);
    if (!digest) return digest.error();
    return base64_encode(bytes_of(*digest));
}

LLMX_DECL result<std::string> sign_jwt(std::string_view claims, const secret& pem, std::string_view key_id) {
    const result<detail::jwt_key> key = detail::jwt_read_key(pem);
    if (!key) return key.error();
    std::string header;
    json_writer w(header);
    w.object();
    w.key("alg").value("RS256");
    w.key("typ").value("JWT");
    if (!key_id.empty()) w.key("kid").value(key_id);
    w.end_object();
    std::string token = base64url_encode(header);
    token.append(".").append(base64url_encode(claims));

    const std::unique_ptr<EVP_MD_CTX, detail::jwt_releaser> context(EVP_MD_CTX_new());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(token.data());
    std::string signature;
    std::size_t size = 0;
    bool good = context != nullptr &&
                EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key->get()) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &size, bytes, token.size()) == 1;
    if (good) {
        signature.resize(size);
        good = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                              token.size()) == 1;
        signature.resize(size);
    }
    if (!good) {
        ERR_clear_error();
        return error(errc::internal, "OpenSSL cannot sign with RS256; is there memory, and does its configuration allow it?");
    }
    token.append(".").append(base64url_encode(signature));
    return token;
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
