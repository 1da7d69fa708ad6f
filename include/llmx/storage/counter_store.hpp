// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A time to live that never ends.
inline constexpr duration no_ttl = duration::max();

/// A share of a limit that its holder may use without asking again.
struct counter_lease {
    counter_lease() = default;
    /// Units taken; fewer than asked for when the limit has no more, and 0 when it has none.
    std::int64_t granted = 0;
    /// Units of the limit that were left after that.
    std::int64_t left = 0;
    /// Time until the window ends and the whole limit is there again.
    duration ends_in{};
    /// The window the units belong to, for `give_back`.
    std::uint64_t window = 0;
};

/// Numbers that processes share: limits, budgets, cool-downs.
///
/// Limits work on leases: a process takes a share of a limit ahead and counts calls against it
/// in memory, so that a call never waits for the store; when little is left, it takes the next
/// share in the background (`runtime::background`) and gives back what it did not need.
///
/// For every store: functions may be called from any thread, and each of them is one atomic step
/// for all users of the same data. Text that is passed must stay valid until the awaitable
/// completes. Each fails with `errc::cancelled` when \p stop is cancelled before it has had an
/// effect; cancelled later, a store that is reached through a network cannot know whether it had
/// one. \p stop belongs to the awaiting thread. Other failures: `errc::invalid_request` for an
/// argument out of range, `errc::shed` when a limit of the store's own is reached, and the
/// codes of the network. Nothing is retried.
class counter_store {
public:
    virtual ~counter_store() = default;
    /// Adds \p delta, which may be negative, to \p key, which begins at 0, and gives the sum, which
    /// stays within 64 bits. \p ttl counts from the addition that made the key; later ones do not
    /// change it.
    virtual boost::asio::awaitable<result<std::int64_t>> add(std::string_view key, std::int64_t delta, duration ttl,
                                                             cancellation& stop) = 0;
    /// 0 when there is no such key.
    virtual boost::asio::awaitable<result<std::int64_t>> get(std::string_view key, cancellation& stop) = 0;
    /// Takes up to \p amount units of the \p limit that \p key has in each \p window. A window
    /// begins with the first lease after the end of the one before. A limit that differs from that
    /// of earlier leases counts from now on. Keys of leases and of `add` are different ones.
    virtual boost::asio::awaitable<result<counter_lease>> take(std::string_view key, std::int64_t amount,
                                                               std::int64_t limit, duration window,
                                                               cancellation& stop) = 0;
    /// Gives \p amount units of \p lease back, at most those granted, in its window; they lapse when
    /// it is over.
    virtual boost::asio::awaitable<result<void>> give_back(std::string_view key, const counter_lease& lease,
                                                           std::int64_t amount, cancellation& stop) = 0;
    virtual boost::asio::awaitable<result<void>> erase(std::string_view key, cancellation& stop) = 0;
};

} // namespace llmx::inline LLMX_ABI
