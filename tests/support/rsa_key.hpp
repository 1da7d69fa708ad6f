// SPDX-License-Identifier: BSL-1.0
#pragma once

#if !defined(LLMX_NO_TLS)

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// Private keys that tests make for themselves, so that none stands in the repository.
namespace rsa_test {

struct releaser {
    void operator()(EVP_PKEY* k) const noexcept { EVP_PKEY_free(k); }
    void operator()(EVP_PKEY_CTX* c) const noexcept { EVP_PKEY_CTX_free(c); }
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
    void operator()(BIO* b) const noexcept { BIO_free(b); }
};
using pkey = std::unique_ptr<EVP_PKEY, releaser>;

inline void need(bool good) {
    if (!good) throw std::runtime_error("OpenSSL cannot make a key for a test");
}

inline std::string pem_of(EVP_PKEY* key, const char* password) {
    const std::unique_ptr<BIO, releaser> to(BIO_new(BIO_s_mem()));
    need(PEM_write_bio_PKCS8PrivateKey(to.get(), key, password != nullptr ? EVP_aes_128_cbc() : nullptr, nullptr, 0,
                                       nullptr, const_cast<char*>(password)) == 1);
    char* at = nullptr;
    const long size = BIO_get_mem_data(to.get(), &at);
    return std::string(at, static_cast<std::size_t>(size));
}

inline pkey make(int type, int bits) {
    const std::unique_ptr<EVP_PKEY_CTX, releaser> context(EVP_PKEY_CTX_new_id(type, nullptr));
    need(context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1);
    if (type == EVP_PKEY_RSA) need(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1);
    EVP_PKEY* made = nullptr;
    need(EVP_PKEY_keygen(context.get(), &made) == 1);
    return pkey(made);
}

/// A key pair.
class key {
public:
    explicit key(int bits = 2048) : key_(make(EVP_PKEY_RSA, bits)) {}
    [[nodiscard]] std::string private_pem() const { return pem_of(key_.get(), nullptr); }
    [[nodiscard]] std::string encrypted_pem(const char* password) const { return pem_of(key_.get(), password); }
    [[nodiscard]] std::string public_pem() const {
        const std::unique_ptr<BIO, releaser> to(BIO_new(BIO_s_mem()));
        need(PEM_write_bio_PUBKEY(to.get(), key_.get()) == 1);
        char* text = nullptr;
        const long size = BIO_get_mem_data(to.get(), &text);
        return std::string(text, static_cast<std::size_t>(size));
    }
    /// Whether \p signature is this key's RS256 signature of \p text.
    [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const {
        const std::unique_ptr<EVP_MD_CTX, releaser> context(EVP_MD_CTX_new());
        need(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
        return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                                reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    }

private:
    pkey key_;
};

/// A private key that is no RSA key.
inline std::string elliptic_pem() { return pem_of(make(EVP_PKEY_ED25519, 0).get(), nullptr); }

} // namespace rsa_test

#endif
