// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if defined(LLMX_NO_TLS)

namespace llmx::inline LLMX_ABI::detail {
/// Never completed: there is no TLS in this program.
struct tls_context;
} // namespace llmx::inline LLMX_ABI::detail

#else

#include <llmx/core/result.hpp>
#include <llmx/wire/digest.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A public key that a host must have: the SHA-256 digest of its SubjectPublicKeyInfo (RFC 7469 section 2.4).
struct tls_pin {
    tls_pin() = default;
    tls_pin(std::string name, const sha256_digest& key_digest) : host(std::move(name)), digest(key_digest) {}
    /// The host in small letters; "*" for every host.
    std::string host;
    sha256_digest digest{};
};
/// Parses `sha256/BASE64`, as curl and RFC 7469 have it (`sha256//BASE64` too), or 64 hexadecimal digits. Fails with `bad_configuration`.
LLMX_DECL [[nodiscard]] result<tls_pin> parse_tls_pin(std::string_view host, std::string_view text);

/// The certificates that a client trusts and shows, over TLS 1.2 or newer.
struct tls_options {
    tls_options() = default;
    /// PEM file of the certificate authorities to trust. With neither this nor `ca_path`,
    /// those of the system.
    std::string ca_file;
    /// Directory of such, hashed as by `openssl rehash`.
    std::string ca_path;
    /// Disables certificate verification. For tests only; never a default.
    bool insecure_skip_verify = false;
    /// PEM files of the certificate that the client shows to servers which request one, with the certificates between it and
    /// its authority behind it, and of its key without a passphrase. Empty `key_file`: the key is in `certificate_file`. Both
    /// are read once, at the first use.
    std::string certificate_file, key_file;
    /// Keys of hosts. A host that any pin names must have one of the pinned keys in the chain that was verified (without
    /// verification: in its own certificate); two pins or more let it change its key. Hosts that none names are not restricted.
    std::vector<tls_pin> pins;
};

/// The TLS settings of a program, made ready at their first use and shared by all cores.
/// Thread-safe.
class tls_client {
public:
    explicit tls_client(tls_options options = tls_options()) : options_(std::move(options)) {}
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;

    [[nodiscard]] const tls_options& options() const noexcept { return options_; }
    /// The context for new connections; `bad_configuration` when the authorities or the client's certificate cannot
    /// be loaded. Valid as long as this object.
    LLMX_DECL [[nodiscard]] result<boost::asio::ssl::context*> context();

private:
    LLMX_DECL void prepare();
    LLMX_DECL void load_certificate(boost::asio::ssl::context& into);

    tls_options options_;
    std::once_flag once_;
    std::optional<boost::asio::ssl::context> context_;
    error failure_;
};

namespace detail {

using tls_context = boost::asio::ssl::context;

struct tls_session_deleter {
    void operator()(SSL_SESSION* s) const noexcept { SSL_SESSION_free(s); }
};
/// The session that the last handshake with a host left, which shortens the next.
using tls_session = std::unique_ptr<SSL_SESSION, tls_session_deleter>;

/// Prepares \p ssl for \p host: SNI, the name to verify, the session to resume. New
/// sessions go to \p session, which must outlive \p ssl.
LLMX_DECL result<void> tls_expect_peer(SSL* ssl, const std::string& host, bool verify, tls_session& session);
/// Whether the peer of \p ssl, whose handshake with \p host is complete, has a pinned key; `connect_failed` with the digest of the
/// peer's own key otherwise, and \p session is discarded.
LLMX_DECL [[nodiscard]] result<void> tls_check_pins(SSL* ssl, const std::string& host, tls_session& session);
/// Clears the address of its session's place in \p ssl, which may outlive it.
LLMX_DECL void tls_forget_slot(SSL* ssl) noexcept;
/// Whether \p ssl holds bytes of the peer that have not been read: decrypted ones, records not yet
/// decrypted, or the beginning of a record, as little of it as there may be.
LLMX_DECL [[nodiscard]] bool tls_holds_bytes(SSL* ssl) noexcept;
/// Why a handshake failed, in OpenSSL's words.
LLMX_DECL [[nodiscard]] std::string tls_failure(SSL* ssl, const boost::system::error_code& ec);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/tls_client.ipp>
#endif

#endif // LLMX_NO_TLS
