// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/pool_core.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/transport/http_pool_options.hpp>
#include <llmx/transport/io_executor.hpp>
#include <llmx/transport/tunnel.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

namespace llmx::inline LLMX_ABI {

/// HTTP/1.1 over kept connections, plain and TLS: the transport of a program that talks
/// to real upstreams.
///
/// A connection is used again for the same origin, most recent first, and only when nothing at all
/// is unread on it directly before the request is written: neither in the socket nor in the TLS
/// stream. What a peer sends beyond its answer, or before it was sent a request, ends the
/// connection. An answer that comes just behind the next request cannot be distinguished from that request's
/// own (RFC 9112 section 9.2 has no request identifier). When a kept connection turns out dead before
/// a byte of the reply was seen, the exchange is tried once more on a new one. A kept connection does not keep `io_context::run()` going.
/// The steady state allocates nothing. Bodies handed out may outlive the pool.
///
/// Not thread-safe: a pool belongs to the executor that it is made with, the one thread of an
/// `io_context` or a strand, and is used, read from and destroyed there (or while the context does not run).
LLMX_DECL class basic_http_pool final : public http_transport {
public:
    /// Throws `call_failed` when \p on leads to no `io_context`.
    explicit basic_http_pool(io_executor on, http_pool_options options = http_pool_options());
    basic_http_pool(const basic_http_pool&) = delete;
    basic_http_pool& operator=(const basic_http_pool&) = delete;
    ~basic_http_pool() override;

    boost::asio::awaitable<result<http_response>>
    exchange(const http_request& request, const http_limits& limits, cancellation& stop) override;
    boost::asio::awaitable<result<tunnel_response>>
    open_tunnel(const http_request& request, const http_limits& limits, cancellation& stop) override;

    [[nodiscard]] http_pool_stats stats() const noexcept { return core_->stats(); }

private:
    boost::intrusive_ptr<detail::pool_core> core_;
};
using http_pool = LLMX_PLAIN(basic_http_pool);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/http_pool.ipp>
#include <llmx/transport/impl/tunnel.ipp>
#endif
