// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace llmx::inline v0 {

class http_transport;

/// Time, randomness and the network, as one core sees them: all that layers take
/// from the world. One object per `io_context`; not thread-safe.
class runtime {
public:
    /// A gateway's handle of its current snapshot, kept per core so that calls of
    /// different cores share no counter. Only `gateway` touches it.
    struct snapshot_slot {
        /// Never the same for two snapshots of a program, whichever gateways they are of.
        std::uint64_t generation = 0;
        std::shared_ptr<void> value;
    };
    virtual ~runtime() = default;
    [[nodiscard]] virtual time_point now() const noexcept = 0;
    /// Seconds since 1970, for protocol fields and logs.
    [[nodiscard]] virtual std::int64_t unix_seconds() const noexcept = 0;
    /// 64 random bits; not for cryptography.
    [[nodiscard]] virtual std::uint64_t random() noexcept = 0;
    /// Completes at \p when, or with `errc::cancelled` as soon as \p stop is cancelled.
    virtual boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) = 0;
    [[nodiscard]] virtual http_transport& transport() noexcept = 0;
    [[nodiscard]] virtual boost::asio::any_io_executor executor() noexcept = 0;
    [[nodiscard]] snapshot_slot& slot() noexcept { return slot_; }

private:
    snapshot_slot slot_;
};

} // namespace llmx::inline v0
