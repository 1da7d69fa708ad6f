// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/digest.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <climits>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// OpenSSL's details must not stay in the error queue of the thread, where a TLS connection would find them.
LLMX_DECL [[nodiscard]] error openssl_failed(std::string_view what) {
    ERR_clear_error();
    return error(errc::internal, "OpenSSL cannot " + std::string(what) + "; is there memory, and does its configuration allow it?");
}

} // namespace detail

LLMX_DECL sha256::sha256() noexcept : context_(EVP_MD_CTX_new()) {
    good_ = context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1;
}

LLMX_INLINE sha256::~sha256() { EVP_MD_CTX_free(context_); }

LLMX_DECL void sha256::add(std::string_view piece) noexcept {
    good_ = good_ && EVP_DigestUpdate(context_, piece.data(), piece.size()) == 1;
}

LLMX_DECL result<sha256_digest> sha256::finish() {
    sha256_digest d{};
    unsigned size = 0;
    good_ = good_ && EVP_DigestFinal_ex(context_, d.data(), &size) == 1 && size == d.size();
    if (!good_) return detail::openssl_failed("compute SHA-256");
    good_ = false;
    return d;
}

LLMX_DECL result<sha256_digest> sha256_of(std::string_view text) {
    sha256 h;
    h.add(text);
    return h.finish();
}

LLMX_DECL result<sha256_digest> hmac_sha256(std::string_view key, std::string_view text) {
    sha256_digest d{};
    unsigned size = 0;
    // An empty view may have no address, which OpenSSL takes for "the key before".
    const char* const at = key.empty() ? "" : key.data();
    if (key.size() > INT_MAX ||
        HMAC(EVP_sha256(), at, static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
             text.size(), d.data(), &size) == nullptr ||
        size != d.size())
        return detail::openssl_failed("compute HMAC-SHA-256");
    return d;
}

LLMX_DECL void append_hex(std::string& out, std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        out += digits[u >> 4];
        out += digits[u & 15];
    }
}

LLMX_DECL void wipe(void* at, std::size_t size) noexcept { OPENSSL_cleanse(at, size); }

LLMX_DECL void wipe(std::string& text) noexcept {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
