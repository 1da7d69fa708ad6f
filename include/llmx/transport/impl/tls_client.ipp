// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/tls_client.hpp>
#include <llmx/wire/base64.hpp>

#if !defined(LLMX_NO_TLS)

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Where a `SSL` keeps the address of its `tls_session`.
LLMX_DECL [[nodiscard]] int tls_session_index() noexcept {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

LLMX_DECL int tls_keep_session(SSL* ssl, SSL_SESSION* session) noexcept {
    auto* const slot = static_cast<tls_session*>(SSL_get_ex_data(ssl, tls_session_index()));
    if (slot == nullptr) return 0;
    slot->reset(session);
    return 1; // this object keeps the reference that OpenSSL returned
}

LLMX_DECL result<void> tls_expect_peer(SSL* ssl, const std::string& host, bool verify, tls_session& session) {
    boost::system::error_code not_numeric;
    boost::asio::ip::make_address(host, not_numeric);
    bool ok = true;
    // RFC 6066 section 3: no literal addresses in SNI.
    if (not_numeric) ok = SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
    if (ok && verify) {
        // OpenSSL's own check rather than a callback of Asio's: its failures name the cause.
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        ok = not_numeric ? SSL_set1_host(ssl, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    }
    ok = ok && SSL_set_ex_data(ssl, tls_session_index(), &session) == 1;
    if (ok && session && SSL_SESSION_is_resumable(session.get()) == 1) SSL_set_session(ssl, session.get());
    if (!ok) return error(errc::connect_failed, "TLS: the host name cannot be used: " + host);
    return success();
}

/// Where a `SSL_CTX` keeps the address of the options that it was made with.
LLMX_DECL [[nodiscard]] int tls_options_index() noexcept {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

/// The digest of the public key of \p certificate, which may be null.
LLMX_DECL [[nodiscard]] result<sha256_digest> tls_digest_key(X509* certificate) {
    unsigned char* bytes = nullptr;
    const int size = certificate != nullptr ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes) : -1;
    if (size <= 0) return error(errc::connect_failed, "TLS: the peer has no public key");
    const std::string key(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return sha256_of(key);
}

LLMX_DECL result<void> tls_check_pins(SSL* ssl, const std::string& host, tls_session& session) {
    const auto* const options = static_cast<const tls_options*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tls_options_index()));
    if (options == nullptr || options->pins.empty()) return success();
    const auto concerns = [&host](const tls_pin& p) {
        return p.host == "*" || (p.host.size() == host.size() && std::equal(host.begin(), host.end(), p.host.begin(), [](char a, char b) {
                                     return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
                                 }));
    };
    if (std::none_of(options->pins.begin(), options->pins.end(), concerns)) return success();
    // The session is that of a handshake that was checked here.
    if (SSL_session_reused(ssl) == 1) return success();
    const auto pinned = [&](X509* certificate) {
        const result<sha256_digest> digest = tls_digest_key(certificate);
        return digest && std::any_of(options->pins.begin(), options->pins.end(),
                                     [&](const tls_pin& p) { return concerns(p) && p.digest == *digest; });
    };
    X509* const own = SSL_get0_peer_certificate(ssl);
    if (pinned(own)) return success();
    // What the peer sent beside its own certificate proves something only where the chain was verified.
    if (SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
        if (STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl))
            for (int i = 0; i < sk_X509_num(chain); ++i)
                if (pinned(sk_X509_value(chain, i))) return success();
    session.reset();
    std::string text = "TLS: the key of " + host + " is not one of those pinned for it";
    if (const result<sha256_digest> digest = tls_digest_key(own)) {
        text += "; its certificate has sha256/";
        append_base64(text, bytes_of(*digest));
        text += ": add this pin if the host has changed its key";
    }
    return error(errc::connect_failed, std::move(text));
}

LLMX_DECL void tls_forget_slot(SSL* ssl) noexcept { SSL_set_ex_data(ssl, tls_session_index(), nullptr); }

LLMX_DECL bool tls_holds_bytes(SSL* ssl) noexcept {
    // "RB", read body: OpenSSL has taken a record's header and waits for the rest, which
    // `SSL_has_pending` does not count as long as none of that has come.
    return SSL_has_pending(ssl) == 1 || BIO_ctrl_pending(SSL_get_rbio(ssl)) != 0 ||
           std::string_view(SSL_rstate_string(ssl)) == "RB";
}

LLMX_DECL std::string tls_failure(SSL* ssl, const boost::system::error_code& ec) {
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict == X509_V_OK || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return ec.message();
    return std::string("certificate verify failed: ") + X509_verify_cert_error_string(verdict);
}

} // namespace detail

LLMX_DECL void tls_client::prepare() {
    namespace ssl = boost::asio::ssl;
    try {
        ssl::context& c = context_.emplace(ssl::context::tls_client);
        SSL_CTX* const native = c.native_handle();
        static constexpr unsigned char alpn[] = "\x08http/1.1";
        if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1 ||
            SSL_CTX_set_alpn_protos(native, alpn, sizeof alpn - 1) != 0) {
            failure_ = error(errc::bad_configuration, "TLS: OpenSSL rejected the settings");
            context_.reset();
            return;
        }
        // A kept connection is read only to see that nothing is there: no peer may begin a handshake then.
        SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
        // Sessions are kept beside the pool of each host, so OpenSSL's own cache stays off.
        SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(native, &detail::tls_keep_session);
        SSL_CTX_set_ex_data(native, detail::tls_options_index(), &options_);
        if (!options_.certificate_file.empty()) load_certificate(c);
        if (!context_) return;
        if (options_.insecure_skip_verify) {
            c.set_verify_mode(ssl::verify_none);
            return;
        }
        c.set_verify_mode(ssl::verify_peer);
        if (!options_.ca_file.empty()) c.load_verify_file(options_.ca_file);
        if (!options_.ca_path.empty()) c.add_verify_path(options_.ca_path);
        if (options_.ca_file.empty() && options_.ca_path.empty()) c.set_default_verify_paths();
    } catch (const boost::system::system_error& e) {
        failure_ = error(errc::bad_configuration,
                         "TLS: the certificate authorities cannot be loaded from " +
                             (options_.ca_file.empty() ? options_.ca_path : options_.ca_file) + ": " +
                             e.code().message());
        context_.reset();
    }
}

LLMX_DECL void tls_client::load_certificate(boost::asio::ssl::context& into) {
    namespace ssl = boost::asio::ssl;
    // A key with a passphrase is refused: the default of OpenSSL asks for one at the terminal.
    into.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    const std::string& key = options_.key_file.empty() ? options_.certificate_file : options_.key_file;
    const auto wrong = [this](const std::string& what, const boost::system::error_code& why) {
        failure_ = error(errc::bad_configuration, "TLS: " + what + ": " + why.message());
        context_.reset();
    };
    boost::system::error_code ec;
    into.use_certificate_chain_file(options_.certificate_file, ec);
    if (ec) return wrong("the client's certificate cannot be loaded from " + options_.certificate_file, ec);
    into.use_private_key_file(key, ssl::context::pem, ec);
    if (!ec && SSL_CTX_check_private_key(into.native_handle()) != 1)
        ec = boost::system::error_code(static_cast<int>(::ERR_get_error()), boost::asio::error::get_ssl_category());
    if (ec)
        return wrong("the key of the client's certificate, which must fit it and have no passphrase, cannot be loaded from " + key, ec);
}

LLMX_DECL result<tls_pin> parse_tls_pin(std::string_view host, std::string_view text) {
    tls_pin p;
    p.host = host;
    for (char& c : p.host)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    const error wrong(errc::bad_configuration,
                       "expected sha256/ and the SHA-256 digest of a public key in base64 (44 characters), or in 64 hexadecimal digits");
    if (text.starts_with("sha256/")) {
        text.remove_prefix(text.starts_with("sha256//") ? 8 : 7);
        const result<std::string> bytes = base64_decode(text);
        if (!bytes || bytes->size() != p.digest.size()) return wrong;
        std::copy(bytes->begin(), bytes->end(), p.digest.begin());
        return p;
    }
    if (text.size() != 2 * p.digest.size()) return wrong;
    for (std::size_t i = 0; i < p.digest.size(); ++i) {
        const char* const at = text.data() + 2 * i;
        const auto read = std::from_chars(at, at + 2, p.digest[i], 16);
        if (read.ec != std::errc() || read.ptr != at + 2) return wrong;
    }
    return p;
}

LLMX_DECL result<boost::asio::ssl::context*> tls_client::context() {
    std::call_once(once_, [this] { prepare(); });
    if (!context_) return failure_;
    return &*context_;
}

} // namespace llmx::inline LLMX_ABI

#endif // !LLMX_NO_TLS
