// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A connection to an upstream that has changed from HTTP to another protocol, such as WebSocket.
/// Bytes pass as they are: no frame is looked at.
///
/// One `read_some` and one `write` may be under way at the same time, none when it is destroyed.
/// The limits it was opened with hold: `deadline` for its whole life, `idle` between any two bytes
/// that pass in either direction. A limit, or the cancellation it was opened with, closes it
/// at once and decides the error that every later call reports. Not thread-safe.
class tunnel {
public:
    virtual ~tunnel() = default;
    /// The next bytes, valid until the next call; empty when the peer has ended its direction, which is
    /// reported once more each time. Fails with `truncated` when the connection breaks,
    /// `idle_timeout`, `deadline_exceeded` or `cancelled`.
    virtual boost::asio::awaitable<result<std::string_view>> read_some() = 0;
    /// Completes when the system has taken all of \p bytes, which must live until then.
    virtual boost::asio::awaitable<result<void>> write(std::string_view bytes) = 0;
    /// Nothing more will be written; the peer learns that where the protocol below has a way to say
    /// so (TCP, but not TLS). Reading goes on.
    virtual void finish_writing() noexcept {}
    /// Closes the connection. What is under way fails with `cancelled`.
    virtual void close() noexcept = 0;
};

} // namespace llmx::inline LLMX_ABI
