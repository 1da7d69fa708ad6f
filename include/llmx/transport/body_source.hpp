// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A request body that is pulled while it is sent, so that it is never in memory as a whole.
///
/// Its user calls `size` once and then `read_some` until the end, one call at a time, on the thread
/// of the transport. A source can be sent once: it has no way back to its beginning.
///
/// A call of `read_some` under way is cancelled by Asio's terminal cancellation, which the
/// operations of Asio inside it obey by themselves; a source that awaits something else must end
/// soon after it (`boost::asio::this_coro::cancellation_state`). Its user waits for that end, so that
/// no source is used once the exchange has failed, or its body was released.
/// Not thread-safe; must outlive the exchange and the body of its reply.
class body_source {
public:
    virtual ~body_source() = default;
    /// The next bytes, valid until the next call; empty at the end. An error ends the exchange
    /// with that error, and its connection is closed, so that no peer takes what it got for the whole body.
    virtual boost::asio::awaitable<result<std::string_view>> read_some() = 0;
    /// How many bytes all calls of `read_some` give together; nothing when that is not known before
    /// their end: the body is then sent in chunks (RFC 9112 section 7.1).
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const noexcept = 0;
};

} // namespace llmx::inline LLMX_ABI
