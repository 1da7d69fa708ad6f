// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The body of a request as the pieces that are sent one after the other, without being joined.
///
/// Views: the owner of the request keeps the viewed bytes alive. Up to \c inline_pieces allocate
/// nothing; `clear` keeps the memory of more. Not thread-safe.
class body_pieces {
public:
    /// Enough for three edits of a body: the bytes before, between and after them.
    static constexpr std::size_t inline_pieces = 8;

    body_pieces() = default;

    /// Adds \p piece after the others; an empty one is left out.
    void append(std::string_view piece) {
        if (piece.empty()) return;
        bytes_ += piece.size();
        pieces_.push_back(piece);
    }
    /// Makes \p whole the body.
    void assign(std::string_view whole) {
        clear();
        append(whole);
    }
    void clear() noexcept {
        pieces_.clear();
        bytes_ = 0;
    }
    /// Number of pieces.
    [[nodiscard]] std::size_t size() const noexcept { return pieces_.size(); }
    [[nodiscard]] bool empty() const noexcept { return pieces_.empty(); }
    /// Bytes of all pieces.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] const std::string_view* begin() const noexcept { return pieces_.data(); }
    [[nodiscard]] const std::string_view* end() const noexcept { return pieces_.data() + pieces_.size(); }

private:
    boost::container::small_vector<std::string_view, inline_pieces> pieces_;
    std::size_t bytes_ = 0;
};

} // namespace llmx::inline LLMX_ABI
