// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "upstream.hpp"

#include <boost/asio/ssl.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace transport_test {

namespace ssl = boost::asio::ssl;

template <auto Free> struct freed_by {
    template <class T> void operator()(T* p) const noexcept { Free(p); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// A key and a certificate signed by itself for the DNS name "localhost", made for this run,
/// and a file with it to trust.
struct identity {
    identity() : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
        X509* const x = certificate.get();
        X509_set_version(x, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
        X509_gmtime_adj(X509_getm_notBefore(x), -60);
        X509_gmtime_adj(X509_getm_notAfter(x), 3600);
        X509_set_pubkey(x, key.get());
        X509_NAME* const name = X509_get_subject_name(x);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("llmx test"), -1, -1, 0);
        X509_set_issuer_name(x, name);
        X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
        X509_add_ext(x, names, -1);
        X509_EXTENSION_free(names);
        BOOST_REQUIRE(X509_sign(x, key.get(), EVP_sha256()) != 0);
        file = std::filesystem::temp_directory_path() / ("llmx-test-ca-" + std::to_string(std::random_device()()) + ".pem");
        std::FILE* const f = std::fopen(file.c_str(), "w");
        BOOST_REQUIRE(f != nullptr);
        PEM_write_X509(f, x);
        std::fclose(f);
    }
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;
    ~identity() { std::filesystem::remove(file); }
    key_ptr key;
    certificate_ptr certificate;
    std::filesystem::path file;
};

using tls_stream = ssl::stream<tcp::socket>;

/// What a TLS peer does after the handshake.
struct tls_bench : bench {
    explicit tls_bench(llmx::tls_options options) : bench(with(std::move(options))), server(ssl::context::tls_server) {
        peer.where.tls = true;
        peer.where.host = "localhost";
        peer.where.authority = "localhost:" + std::to_string(peer.where.port);
        SSL_CTX* const native = server.native_handle();
        SSL_CTX_use_certificate(native, me.certificate.get());
        SSL_CTX_use_PrivateKey(native, me.key.get());
        static constexpr unsigned char session_id[] = "llmx";
        SSL_CTX_set_session_id_context(native, session_id, sizeof session_id);
        SSL_CTX_set_tlsext_servername_callback(native, &tls_bench::on_name);
        SSL_CTX_set_tlsext_servername_arg(native, this);
        SSL_CTX_set_alpn_select_cb(native, &tls_bench::on_alpn, this);
    }
    static llmx::http_pool_options with(llmx::tls_options options) {
        llmx::http_pool_options o;
        if (options.ca_file == "own") options.ca_file = me.file;
        o.tls = std::make_shared<llmx::tls_client>(std::move(options));
        return o;
    }
    static int on_name(SSL* s, int*, void* self) {
        if (const char* const name = SSL_get_servername(s, TLSEXT_NAMETYPE_host_name))
            static_cast<tls_bench*>(self)->sni = name;
        return SSL_TLSEXT_ERR_OK;
    }
    static int on_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void* self) {
        static_cast<tls_bench*>(self)->alpn.assign(reinterpret_cast<const char*>(in), in_size);
        *out = in + 1;
        *size = in[0];
        return SSL_TLSEXT_ERR_OK;
    }

    inline static identity me;
    ssl::context server;
    std::string sni;
    std::string alpn;
    int resumed = 0;
    int handshakes = 0;
};

inline llmx::tls_options trusting() {
    llmx::tls_options o;
    o.ca_file = "own";
    return o;
}

/// How a peer is spoken to.
enum class line { plain, tls_1_2, tls_1_3 };
inline std::ostream& operator<<(std::ostream& os, line l) {
    return os << (l == line::plain ? "plain" : l == line::tls_1_2 ? "TLS 1.2" : "TLS 1.3");
}
inline constexpr line all_lines[] = {line::plain, line::tls_1_2, line::tls_1_3};

/// A peer over one of the lines. Over TLS 1.3 no session tickets are sent but those a test sends.
struct line_bench : tls_bench {
    explicit line_bench(line l, llmx::http_pool_options options = llmx::http_pool_options()) : tls_bench(trusting()), over(l) {
        if (l == line::plain) {
            peer.where.tls = false;
            peer.where.host = "127.0.0.1";
        }
        const int version = l == line::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
        SSL_CTX_set_min_proto_version(server.native_handle(), version);
        SSL_CTX_set_max_proto_version(server.native_handle(), version);
        SSL_CTX_set_num_tickets(server.native_handle(), 0);
        llmx::tls_options tls = trusting();
        tls.ca_file = me.file;
        options.tls = std::make_shared<llmx::tls_client>(std::move(tls));
        pool = std::make_unique<llmx::http_pool>(io, std::move(options));
    }
    const line over;
};

/// The peer's end of one connection on a bare socket: a test decides which bytes of which TLS
/// records travel together. Over a plain line a record is its text.
class peer_line {
public:
    peer_line(line_bench& b, tcp::socket s) : socket(std::move(s)) {
        if (b.over == line::plain) return;
        ssl_.reset(SSL_new(b.server.native_handle()));
        from_ = BIO_new(BIO_s_mem());
        to_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl_.get(), from_, to_);
        SSL_set_accept_state(ssl_.get());
    }
    tcp::socket socket;
    [[nodiscard]] SSL* native() const { return ssl_.get(); }

    /// What TLS has to send and has not been taken.
    [[nodiscard]] std::string pending() {
        std::string out;
        if (!ssl_) return out;
        char bytes[4096];
        for (int n = 0; (n = BIO_read(to_, bytes, sizeof bytes)) > 0;) out.append(bytes, static_cast<std::size_t>(n));
        return out;
    }
    /// \p text in records of its own.
    [[nodiscard]] std::string record(std::string_view text) {
        if (!ssl_) return std::string(text);
        BOOST_REQUIRE(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()));
        return pending();
    }
    [[nodiscard]] std::string ticket() {
        BOOST_REQUIRE(SSL_new_session_ticket(ssl_.get()) == 1);
        BOOST_REQUIRE(SSL_do_handshake(ssl_.get()) == 1);
        return pending();
    }
    /// New keys for what the peer sends; the client is asked for new ones too.
    [[nodiscard]] std::string key_update() {
        BOOST_REQUIRE(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
        BOOST_REQUIRE(SSL_do_handshake(ssl_.get()) == 1);
        return pending();
    }
    [[nodiscard]] std::string goodbye() {
        SSL_shutdown(ssl_.get());
        return pending();
    }
    /// All in one write.
    asio::awaitable<void> send(std::string bytes) {
        co_await asio::async_write(socket, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    }
    /// Bytes sent that the client's side has not acknowledged.
    [[nodiscard]] int on_their_way() {
        int n = 0;
        BOOST_REQUIRE(::ioctl(socket.native_handle(), SIOCOUTQ, &n) == 0);
        return n;
    }
    /// Returns when all that was sent is in the client's socket.
    asio::awaitable<void> arrived() {
        while (on_their_way() != 0) co_await settle();
    }
    /// The handshake; \p with goes out together with its last flight.
    asio::awaitable<bool> begin(std::string_view with = std::string_view()) {
        while (ssl_ && SSL_do_handshake(ssl_.get()) != 1) {
            co_await send(pending());
            const bool more = co_await receive();
            if (!more) co_return false;
        }
        std::string last = pending();
        if (!with.empty()) last += record(with);
        if (!last.empty()) co_await send(last);
        co_return true;
    }
    /// Decrypted bytes; empty at the end.
    asio::awaitable<std::string> read_some() {
        for (;;) {
            std::string text(65536, '\0');
            if (!ssl_) {
                const auto got = co_await socket.async_read_some(asio::buffer(text), asio::as_tuple(asio::use_awaitable));
                text.resize(std::get<1>(got));
                co_return text;
            }
            const int n = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
            const std::string answer = pending();
            if (!answer.empty()) co_await send(answer);
            if (n > 0) {
                text.resize(static_cast<std::size_t>(n));
                co_return text;
            }
            if (SSL_get_error(ssl_.get(), n) != SSL_ERROR_WANT_READ) co_return std::string();
            const bool more = co_await receive();
            if (!more) co_return std::string();
        }
    }
    /// The body of the next request; nothing at the end.
    asio::awaitable<std::optional<std::string>> read_request() {
        for (;;) {
            const auto end = text_.find("\r\n\r\n");
            if (end != std::string::npos) {
                std::size_t length = 0;
                if (const auto at = text_.find("Content-Length: "); at < end)
                    std::from_chars(text_.data() + at + 16, text_.data() + end, length);
                if (text_.size() >= end + 4 + length) {
                    const std::string body = text_.substr(end + 4, length);
                    text_.erase(0, end + 4 + length);
                    co_return body;
                }
            }
            const std::string more = co_await read_some();
            if (more.empty()) co_return std::nullopt;
            text_ += more;
        }
    }

private:
    asio::awaitable<bool> receive() {
        char bytes[16384];
        const auto got = co_await socket.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (std::get<1>(got) == 0) co_return false;
        BIO_write(from_, bytes, static_cast<int>(std::get<1>(got)));
        co_return true;
    }
    std::unique_ptr<SSL, freed_by<SSL_free>> ssl_;
    BIO* from_ = nullptr;
    BIO* to_ = nullptr;
    std::string text_;
};

/// One exchange whose body is \p marker.
inline asio::awaitable<outcome> ask(bench& b, std::string marker, llmx::http_limits limits = llmx::http_limits()) {
    const llmx::http_request r = request_to(b.peer.where, marker);
    llmx::cancellation stop;
    outcome o = co_await fetch(*b.pool, r, limits, stop);
    co_return o;
}

inline std::string answer_to(std::string_view marker, std::string_view fields = std::string_view()) {
    return reply_text("for " + std::string(marker), fields);
}

/// Answers each request on \p p with its own body.
inline asio::awaitable<void> answer_all(peer_line& p) {
    for (;;) {
        const std::optional<std::string> marker = co_await p.read_request();
        if (!marker) co_return;
        co_await p.send(p.record(answer_to(*marker)));
    }
}

} // namespace transport_test
