// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/core/memory_budget.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Bytes of a request body that arrive piece by piece, in one block whose whole capacity a
/// `memory_budget` accounts for. Unlike a string it does not clear the memory that a read is
/// about to fill, and it never grows by itself.
class byte_store {
public:
    explicit byte_store(memory_budget* budget) noexcept : lease_(budget) {}

    [[nodiscard]] std::string_view view() const noexcept { return std::string_view(bytes_.get(), size_); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Where the next bytes go; empty when `make_room` is needed first.
    [[nodiscard]] std::span<char> room() noexcept { return std::span<char>(bytes_.get() + size_, capacity_ - size_); }
    void commit(std::size_t n) noexcept { size_ += n; }
    /// As many of \p bytes as there is room for; returns how many.
    std::size_t append(std::string_view bytes) noexcept {
        const std::size_t n = std::min(bytes.size(), capacity_ - size_);
        if (n != 0) std::memcpy(bytes_.get() + size_, bytes.data(), n);
        size_ += n;
        return n;
    }

    /// Makes room for more, in total never for more than \p most, which must exceed `size()`.
    /// False when there is no memory for it now; a later call may succeed.
    [[nodiscard]] bool make_room(std::size_t most) noexcept {
        // Doubling: a client has to send half of the bytes that it makes the server hold.
        const std::size_t next = std::min(most, std::max(first_block, capacity_ * 2));
        if (lease_.grow_body(next)) return move_to(next);
        // The owner of the reserve takes all it can need, so as to get by without more.
        if (lease_.grow_body_from_reserve(most)) return move_to(most);
        return false;
    }
    /// No more bytes will come: others may use the reserve.
    void complete() noexcept { lease_.leave_reserve(); }
    /// Forgets the bytes and gives the memory back: between requests a connection holds none.
    void reset() noexcept {
        size_ = capacity_ = 0;
        bytes_.reset();
        lease_.release();
    }

    static constexpr std::size_t first_block = 64 * 1024;

private:
    /// \p capacity has been added to the lease, so that both blocks are counted while both exist.
    [[nodiscard]] bool move_to(std::size_t capacity) noexcept {
        std::unique_ptr<char[]> larger(new (std::nothrow) char[capacity]);
        if (!larger) {
            lease_.shrink(capacity);
            return false;
        }
        if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
        lease_.shrink(capacity_);
        capacity_ = capacity;
        return true;
    }

    memory_lease lease_;
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail
