// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/tls_client.hpp>

#if !defined(LLMX_NO_TLS)

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

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

LLMX_DECL result<boost::asio::ssl::context*> tls_client::context() {
    std::call_once(once_, [this] { prepare(); });
    if (!context_) return failure_;
    return &*context_;
}

} // namespace llmx::inline LLMX_ABI

#endif // !LLMX_NO_TLS
