// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "tls_identity.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

namespace llmx_test {

namespace asio = boost::asio;
using asio::ip::tcp;

/// The protocol below HTTP.
enum class line { plain, tls_1_2, tls_1_3 };
inline std::ostream& operator<<(std::ostream& os, line l) {
    return os << (l == line::plain ? "plain" : l == line::tls_1_2 ? "TLS 1.2" : "TLS 1.3");
}
inline constexpr line all_lines[] = {line::plain, line::tls_1_2, line::tls_1_3};

/// Makes \p server present \p me over \p l alone. Over TLS 1.3 it sends no session tickets of itself.
inline void serve_over(asio::ssl::context& server, line l, const identity& me) {
    SSL_CTX* const native = server.native_handle();
    SSL_CTX_use_certificate(native, me.certificate.get());
    SSL_CTX_use_PrivateKey(native, me.key.get());
    static constexpr unsigned char session_id[] = "llmx";
    SSL_CTX_set_session_id_context(native, session_id, sizeof session_id);
    const int version = l == line::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
    SSL_CTX_set_min_proto_version(native, version);
    SSL_CTX_set_max_proto_version(native, version);
    SSL_CTX_set_num_tickets(native, 0);
}

/// The peer's end of one connection on a bare socket: a test decides which bytes of which TLS
/// records travel together. Over a plain line a record is its text.
class peer_line {
public:
    /// \p server: null over a plain line.
    peer_line(tcp::socket s, SSL_CTX* server) : socket(std::move(s)) {
        if (server == nullptr) return;
        ssl_.reset(SSL_new(server));
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
        must(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()));
        return pending();
    }
    [[nodiscard]] std::string ticket() {
        must(SSL_new_session_ticket(ssl_.get()) == 1);
        must(SSL_do_handshake(ssl_.get()) == 1);
        return pending();
    }
    /// New keys for what the peer sends; the client is asked for new ones too.
    [[nodiscard]] std::string key_update() {
        must(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
        must(SSL_do_handshake(ssl_.get()) == 1);
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
    /// Bytes sent that the client's side has not acknowledged; none when it has reset the connection.
    [[nodiscard]] int on_their_way() {
        tcp_info info{};
        socklen_t size = sizeof info;
        must(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
        int n = 0;
        must(::ioctl(socket.native_handle(), SIOCOUTQ, &n) == 0);
        return info.tcpi_state == TCP_CLOSE ? 0 : n;
    }
    /// Returns when all that was sent is in the client's socket.
    asio::awaitable<void> arrived() {
        while (on_their_way() != 0) co_await asio::post(socket.get_executor(), asio::use_awaitable);
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
    static void must(bool good) {
        if (!good) throw std::runtime_error("a peer's connection failed");
    }
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

} // namespace llmx_test
