// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/transport/tunnel.hpp>

#include <chrono>

namespace llmx::inline LLMX_ABI {

/// Times of a `relay`.
struct relay_options {
    relay_options() = default;
    /// Without a byte in either direction: `errc::idle_timeout`.
    duration idle = std::chrono::minutes(10);
    /// After one side has ended its direction, without a byte in the other: both are closed.
    duration linger = std::chrono::seconds(5);
};

/// Copies bytes between the client of \p c, whose socket is \p client, and \p upstream until both
/// sides have ended, then closes both.
///
/// When one side ends its direction the other is notified, as far as its protocol allows, and its
/// bytes still pass for as long as they keep coming. Each direction holds one buffer of 16 KiB at
/// most. Fails with `cancelled` when the client broke off or the call was cancelled (which closes
/// both sides at once), with `idle_timeout`, or with the error of \p upstream. Logs the bytes of
/// both directions with the request, and the failure. \p c and \p upstream must outlive it.
LLMX_DECL boost::asio::awaitable<result<void>> relay(server_connection& c, taken_socket client, tunnel& upstream,
                                                     relay_options options);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/relay.ipp>
#endif
