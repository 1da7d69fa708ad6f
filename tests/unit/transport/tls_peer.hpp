// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../../support/peer_line.hpp"
#include "upstream.hpp"

#include <boost/asio/ssl.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace transport_test {

namespace ssl = boost::asio::ssl;
using llmx_test::all_lines;
using llmx_test::identity;
using llmx_test::line;
using llmx_test::peer_line;

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

/// A peer over one of the lines. Over TLS 1.3 no session tickets are sent but those a test sends.
struct line_bench : tls_bench {
    explicit line_bench(line l, llmx::http_pool_options options = llmx::http_pool_options()) : tls_bench(trusting()), over(l) {
        serve_over(server, l, me);
        if (l == line::plain) {
            peer.where.tls = false;
            peer.where.host = "127.0.0.1";
        }
        llmx::tls_options tls = trusting();
        tls.ca_file = me.file;
        options.tls = std::make_shared<llmx::tls_client>(std::move(tls));
        pool = std::make_unique<llmx::http_pool>(io, std::move(options));
    }
    /// The peer's end of the next connection.
    [[nodiscard]] asio::awaitable<peer_line> accept_line() {
        tcp::socket s = co_await peer.accept();
        co_return peer_line(std::move(s), over == line::plain ? nullptr : server.native_handle());
    }
    const line over;
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
