// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Passes the bytes of a stream on by whole events: an event that turns out to be an error must be
/// inspected before its first byte is passed on, as it may quote the provider's key.
///
/// A piece that ends with an event, as most do, is passed on as it is. Not thread-safe.
class event_gate {
public:
    /// The next bytes of the stream, \p pending of which, with those before, belong to an event
    /// that has not ended. Returns the bytes that may be passed on; valid until the next call and as long as \p piece.
    [[nodiscard]] std::string_view pass(std::string_view piece, std::size_t pending) {
        // An event of this size is not an error.
        if (pending > longest_held) pending = 0;
        if (held_.empty()) {
            const std::size_t ready = piece.size() - std::min(pending, piece.size());
            if (pending != 0) held_.assign(piece.substr(ready));
            return piece.substr(0, ready);
        }
        held_ += piece;
        if (pending >= held_.size()) return std::string_view();
        const std::size_t ready = held_.size() - pending;
        given_.swap(held_);
        held_.assign(given_, ready);
        return std::string_view(given_).substr(0, ready);
    }
    /// All bytes that were held back, and \p piece after them; valid until the next call.
    [[nodiscard]] std::string& open(std::string_view piece = std::string_view()) {
        given_.swap(held_);
        held_.clear();
        given_ += piece;
        return given_;
    }

private:
    static constexpr std::size_t longest_held = 256 * 1024;

    std::string held_, given_;
};

} // namespace llmx::inline LLMX_ABI::detail
