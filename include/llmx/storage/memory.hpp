// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/blob_store.hpp>
#include <llmx/storage/counter_store.hpp>
#include <llmx/storage/kv_store.hpp>
#include <llmx/storage/row_store.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace llmx::inline LLMX_ABI {

/// Limits of a `memory_store`. Bytes are those of keys and values and a fixed amount for each
/// entry, about the size of the containers' nodes.
struct memory_store_options {
    memory_store_options() = default;
    /// Counters and windows of limits together. When full, the ones nearest to their end are evicted; those
    /// without an end never do, and when there are only such, a new one fails with `errc::shed`.
    std::size_t max_counters = 100'000;
    /// Values of the `kv_store`. When full, expired ones are evicted first, then the least recently used. A
    /// value that exceeds a sixteenth of it fails with `errc::shed`.
    std::size_t max_kv_bytes = std::size_t{64} * 1024 * 1024;
    /// Rows of all tables. A log that has no room drops its oldest rows, at most its own; a unique
    /// table fails with `errc::shed`.
    std::size_t max_row_bytes = std::size_t{64} * 1024 * 1024;
    std::size_t max_tables = 64;
    /// Blobs. No blob is evicted: one that does not fit fails with `errc::shed`.
    std::size_t max_blob_bytes = std::size_t{64} * 1024 * 1024;
    /// The time that times to live are measured on; thread-safe. Null: the steady clock.
    std::function<time_point()> now;
};

namespace detail {
LLMX_DECL class basic_memory_counters;
using memory_counters = LLMX_PLAIN(basic_memory_counters);
LLMX_DECL class basic_memory_values;
using memory_values = LLMX_PLAIN(basic_memory_values);
LLMX_DECL class basic_memory_tables;
using memory_tables = LLMX_PLAIN(basic_memory_tables);
LLMX_DECL class basic_memory_blobs;
using memory_blobs = LLMX_PLAIN(basic_memory_blobs);
} // namespace detail

/// All four stores in the memory of one process, whose content ends with the process.
///
/// For tests, for a gateway of one process, and as the local half of a shared store. All threads
/// may use it. Each function does its work when it is called, under the lock of one of some
/// shards for counters and values, and of one store for rows and blobs; the awaitable is complete
/// then. Locks are held for O(log n) steps, and as many as there are rows or bytes to copy.
LLMX_DECL class basic_memory_store {
public:
    explicit basic_memory_store(const memory_store_options& o = memory_store_options());
    basic_memory_store(const basic_memory_store&) = delete;
    basic_memory_store& operator=(const basic_memory_store&) = delete;
    ~basic_memory_store();

    [[nodiscard]] counter_store& counters() noexcept;
    [[nodiscard]] kv_store& values() noexcept;
    [[nodiscard]] row_store& rows() noexcept;
    [[nodiscard]] blob_store& blobs() noexcept;

private:
    std::unique_ptr<detail::memory_counters> counters_;
    std::unique_ptr<detail::memory_values> values_;
    std::unique_ptr<detail::memory_tables> rows_;
    std::unique_ptr<detail::memory_blobs> blobs_;
};
using memory_store = LLMX_PLAIN(basic_memory_store);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/storage/impl/memory.ipp>
#endif
