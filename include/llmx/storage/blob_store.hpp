// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/exceptions.hpp>
#include <llmx/storage/counter_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Large values by key: uploaded files, results of batches. Kept until they are erased.
///
/// Written whole or piece by piece (`append`), read whole or piece by piece (`read`). Threads,
/// arguments, cancellation and failures: see `counter_store`.
class blob_store {
public:
    virtual ~blob_store() = default;
    /// Makes or replaces a blob.
    virtual boost::asio::awaitable<result<void>> put(std::string_view key, std::string bytes, cancellation& stop) = 0;
    /// Adds \p bytes at \p offset, which must be the blob's size (`errc::conflict` if not): a
    /// piece that is sent twice is not stored twice. At 0 it makes the blob.
    virtual boost::asio::awaitable<result<void>> append(std::string_view key, std::uint64_t offset, std::string_view bytes,
                                                        cancellation& stop) = 0;
    /// At most \p most bytes from \p offset on; empty at the end, `errc::not_found` without such a blob.
    virtual boost::asio::awaitable<result<std::string>> read(std::string_view key, std::uint64_t offset, std::size_t most,
                                                             cancellation& stop) = 0;
    /// Nothing when there is no such blob.
    virtual boost::asio::awaitable<result<std::optional<std::uint64_t>>> size(std::string_view key, cancellation& stop) = 0;
    /// False when there was no such blob.
    virtual boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) = 0;
    /// The keys that begin with \p prefix and are larger than \p after, in the order of their bytes, at most \p most of them. Keys that
    /// come or go meanwhile move no other.
    virtual boost::asio::awaitable<result<std::vector<std::string>>> list(std::string_view prefix, std::string_view after,
                                                                          std::size_t most, cancellation& stop) = 0;
};

} // namespace llmx::inline LLMX_ABI
