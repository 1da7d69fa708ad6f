// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/storage/blob_store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI {

/// Where a `folder_store` is, and its limits.
struct folder_store_options {
    folder_store_options() = default;
    /// A directory that is this store's alone; it is made when it does not exist.
    std::string path;
    /// Bytes of all blobs. One that does not fit fails with `errc::shed`; none is evicted.
    std::uint64_t max_bytes = std::uint64_t{10} * 1024 * 1024 * 1024;
    /// Their number: the names are kept in memory.
    std::size_t max_blobs = 1'000'000;
};

namespace detail {
LLMX_DECL class basic_folder_blobs;
using folder_blobs = LLMX_PLAIN(basic_folder_blobs);
} // namespace detail

/// Blobs as files in a directory, which survive the process.
///
/// A slash in a key is a directory; all but letters, digits, "-", "_" and dots inside of a name is percent-encoded, so that a key cannot leave the
/// directory. A blob that is put whole replaces the one before at once (`rename`): after a crash it is one or the other. Bytes that were appended may be
/// cut anywhere by a crash; nothing is forced to the disk, so the last seconds before a loss of power may be missing.
///
/// Reading and writing happen on one thread of the store's own, in the order of the calls; no event loop waits for a disk. A call that is cancelled
/// while its work runs is completed when that has ended. Any thread may use it; the destructor waits for work that has begun. One process at a time
/// may use a directory: a second one is refused.
class folder_store {
public:
    /// Opens \p o.path and reads the names in it. Fails with `errc::bad_configuration`, in one sentence for the operator.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<folder_store>> open(const folder_store_options& o);
    folder_store(const folder_store&) = delete;
    folder_store& operator=(const folder_store&) = delete;

    [[nodiscard]] blob_store& blobs() noexcept { return *blobs_; }

private:
    explicit folder_store(std::shared_ptr<blob_store> made) noexcept : blobs_(std::move(made)) {}
    std::shared_ptr<blob_store> blobs_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/storage/impl/folder.ipp>
#endif
