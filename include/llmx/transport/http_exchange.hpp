// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/exceptions.hpp>
#include <llmx/transport/tunnel.hpp>
#include <llmx/wire/http_message.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The body of a reply, read piece by piece, and the connection behind it.
///
/// Releasing it unread closes the connection; releasing it after the end returns the
/// connection to its pool. Not thread-safe; belongs to the transport's thread.
class http_body {
public:
    virtual ~http_body() = default;
    /// The next decoded bytes, valid until the next call; empty at the proper end of
    /// the message. Fails with `truncated` when the connection ends before the message
    /// does, `idle_timeout`, `deadline_exceeded` or `cancelled`.
    virtual boost::asio::awaitable<result<std::string_view>> read_some() = 0;
    /// Appends to \p out the bytes that have arrived; true when that was the rest of the body, which
    /// for a short answer it mostly is. Fails like `read_all`, which continues from here.
    virtual result<bool> take_rest(std::string&) { return false; }
    /// The rest of the body appended to \p out; `bad_response` beyond `max_body`.
    virtual boost::asio::awaitable<result<void>> read_all(std::string& out) = 0;
    /// Moves the absolute limit for the first byte of real content (see
    /// `http_limits::first_byte_by`): the time the next `read_some` may take is bounded
    /// by it until `time_point::max()` is set.
    virtual void read_by(time_point when) noexcept = 0;

    /// How a `http_body_ptr` releases the body: pooled bodies return to their pool.
    virtual void release() noexcept { delete this; }
    /// The deleter of `http_body_ptr`.
    struct releaser {
        void operator()(http_body* b) const noexcept { b->release(); }
    };
};
using http_body_ptr = std::unique_ptr<http_body, http_body::releaser>;

/// The head of a reply; fields are views that are valid as long as `body`.
struct http_response {
    http_response() = default;
    int status = 0;
    std::span<const http_field> fields;
    http_body_ptr body;
};

/// The answer of an upstream to a request for an upgrade.
struct tunnel_response : http_response {
    tunnel_response() = default;
    /// When `status` is 101; else null, and `body` has the answer. `fields` live as long as either.
    std::unique_ptr<llmx::tunnel> tunnel;
};

/// The firewall between llmx and an HTTP library: nothing above it sees Beast.
///
/// One object per `io_context`; not thread-safe. `stop.cancel()` closes the upstream
/// socket at once, before and after the reply began.
LLMX_DECL class basic_http_transport {
public:
    virtual ~basic_http_transport() = default;
    /// Sends \p request and completes when the reply's header section has arrived, also when that
    /// is before the request was written wholly: an error that refuses a large body reaches the
    /// caller, and the connection is not used again.
    /// The source of \p request is pulled once the connection is there. While the caller awaits
    /// neither `exchange` nor the returned body no pull is under way. An error that the source
    /// reports is that of the exchange. An answer of 300 or more ends the upload; after one below
    /// that it continues while its body is read.
    /// A status of 4xx or 5xx is a reply, not a failure. Fails with `connect_failed`,
    /// `connection_lost`, `bad_response`, a timeout or `cancelled`. \p request and
    /// \p stop must outlive the returned body.
    virtual boost::asio::awaitable<result<http_response>>
    exchange(const http_request& request, const http_limits& limits, cancellation& stop) = 0;

    /// Sends \p request, whose fields request an upgrade (RFC 9110 section 7.8), over a connection of
    /// its own, which is neither taken from a pool nor given to one. When the answer is 101 the
    /// result has a tunnel, else a body; both end by \p limits and
    /// \p stop. Fails like `exchange`; the default with `unsupported_operation`.
    virtual boost::asio::awaitable<result<tunnel_response>>
    open_tunnel(const http_request& request, const http_limits& limits, cancellation& stop);
};
using http_transport = LLMX_PLAIN(basic_http_transport);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/http_exchange.ipp>
#endif
