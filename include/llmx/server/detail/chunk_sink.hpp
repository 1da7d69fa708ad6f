// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/byte_store.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Where the data of a request's chunks goes.
///
/// As long as the connection's own buffer holds the body, data moves there over the chunk headers
/// it came with, so that a small chunked body costs no memory of its own; then to a `byte_store`.
struct chunk_sink {
    explicit chunk_sink(memory_budget* budget) noexcept : store(budget) {}

    byte_store store;
    bool in_store = false;
    /// In the connection's buffer, in front of the bytes that have not been parsed yet.
    char* place = nullptr;
    std::size_t size = 0;

    /// Returns how many were taken: fewer than \p bytes when the store is full.
    std::size_t take(std::string_view bytes) noexcept {
        if (in_store) return store.append(bytes);
        // Data follows a chunk header at least, so the place it goes to is never after it.
        if (!bytes.empty()) std::memmove(place + size, bytes.data(), bytes.size());
        size += bytes.size();
        return bytes.size();
    }
    [[nodiscard]] std::string_view view() const noexcept {
        return in_store ? store.view() : std::string_view(place, size);
    }
    void reset() noexcept {
        if (in_store) store.reset();
        in_store = false;
        place = nullptr;
        size = 0;
    }
};

} // namespace llmx::inline LLMX_ABI::detail
