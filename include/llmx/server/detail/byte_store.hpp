// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace llmx::inline v0::detail {

/// Bytes that arrive piece by piece. Unlike a string it does not clear the memory that
/// a read is about to fill.
class byte_store {
public:
    [[nodiscard]] std::string_view view() const noexcept { return std::string_view(bytes_.get(), size_); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// At least one byte of room; never more in total than \p most.
    [[nodiscard]] std::span<char> room(std::size_t most) {
        if (size_ == capacity_) grow(std::min(most, std::max(first_block, capacity_ * 2)));
        return std::span<char>(bytes_.get() + size_, std::min(capacity_, most) - size_);
    }
    void commit(std::size_t n) noexcept { size_ += n; }

    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        if (capacity_ - size_ < bytes.size())
            grow(std::max(size_ + bytes.size(), std::max(first_block, capacity_ * 2)));
        std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    /// Forgets the bytes and, when they were many, gives the memory back: an idle
    /// connection must not hold what its largest request needed.
    void reset() noexcept {
        size_ = 0;
        if (capacity_ > keep_at_most) {
            bytes_.reset();
            capacity_ = 0;
        }
    }

private:
    static constexpr std::size_t first_block = 64 * 1024;
    static constexpr std::size_t keep_at_most = 256 * 1024;

    void grow(std::size_t to) {
        std::unique_ptr<char[]> larger(new char[to]);
        if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
        capacity_ = to;
    }
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace llmx::inline v0::detail
