// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/storage/counter_store.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Values by key, any bytes, each with a time to live: caches, sessions, locks.
///
/// A value may be gone before its time: a store with bounded memory may evict it. Threads,
/// arguments, cancellation and failures: see `counter_store`.
class kv_store {
public:
    virtual ~kv_store() = default;
    /// Nothing when there is no such key.
    virtual boost::asio::awaitable<result<std::optional<std::string>>> get(std::string_view key, cancellation& stop) = 0;
    /// Puts \p value in the place of the one before and its time to live.
    virtual boost::asio::awaitable<result<void>> put(std::string_view key, std::string value, duration ttl,
                                                     cancellation& stop) = 0;
    /// False when the key has a value, which stays.
    virtual boost::asio::awaitable<result<bool>> put_if_absent(std::string_view key, std::string value, duration ttl,
                                                               cancellation& stop) = 0;
    /// False when there was no such key.
    virtual boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) = 0;
};

} // namespace llmx::inline LLMX_ABI
