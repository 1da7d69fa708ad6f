// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Follows messages of an AWS event stream by the lengths that begin them, far enough to find out whether another may begin here. Nothing is
/// checked: bytes that are no messages count as within one.
class aws_boundary {
public:
    void feed(std::string_view piece) noexcept {
        while (!piece.empty()) {
            if (left_ == 0) {
                // Four bytes, big-endian: the message's length with these.
                length_ = length_ << 8 | static_cast<unsigned char>(piece.front());
                piece.remove_prefix(1);
                if (++prefix_ < 4) continue;
                left_ = length_ < least ? broken : length_ - 4u;
                prefix_ = length_ = 0;
                continue;
            }
            const std::size_t n = left_ < piece.size() ? static_cast<std::size_t>(left_) : piece.size();
            if (left_ != broken) left_ -= n;
            piece.remove_prefix(n);
        }
    }
    [[nodiscard]] bool between_events() const noexcept { return left_ == 0 && prefix_ == 0; }

private:
    static constexpr std::uint32_t least = 16; // two lengths and two checksums
    static constexpr std::uint64_t broken = static_cast<std::uint64_t>(-1);
    std::uint64_t left_ = 0;
    std::uint32_t length_ = 0, prefix_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail
