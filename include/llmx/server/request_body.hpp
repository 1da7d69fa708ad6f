// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/transport/body_source.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_server_connection;
using server_connection = LLMX_PLAIN(basic_server_connection);

/// The body of the request on a `server_connection`, read from the client while the endpoint runs.
///
/// For an endpoint with `streams_body`. It may be the source of a request to a provider: nothing
/// is read from the client that has not been sent on, and no more of it is in memory than the
/// connection's one buffer holds. An endpoint without `streams_body` gets the body, which is whole
/// then, in one piece. Belongs to the connection and ends with the request; not thread-safe.
LLMX_DECL class basic_request_body final : public body_source {
public:
    explicit basic_request_body(server_connection& c) noexcept : connection_(&c) {}
    basic_request_body(const basic_request_body&) = delete;
    basic_request_body& operator=(const basic_request_body&) = delete;

    /// The next decoded bytes, valid until the next call; empty at the end of the body. The first
    /// call that has to wait sends "100 Continue" if the client expects that.
    ///
    /// Fails with `payload_too_large` beyond `http_request_limits::max_body`, `invalid_request` when
    /// the chunks are malformed, `request_timeout` when the client is too slow
    /// (`server_options::body_timeout`, `body_total_timeout` and `min_transfer_rate`, which do not
    /// count the time between two calls), and `cancelled` when the client has gone, which
    /// cancels the call, or when the call or this read was cancelled. After the first two and a
    /// timeout the connection is closed behind the answer. A read that Asio's cancellation ended may be
    /// repeated: no byte is lost unless the read completed at the same time.
    boost::asio::awaitable<result<std::string_view>> read_some() override;
    /// The length that the head declared, 0 when there is no body; nothing when it comes in chunks.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override;

private:
    server_connection* connection_;
};
using request_body = LLMX_PLAIN(basic_request_body);

} // namespace llmx::inline LLMX_ABI

// The bodies need connections, which need this header.
#include <llmx/server/connection.hpp>
