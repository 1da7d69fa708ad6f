// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Follows server-sent events far enough to find out whether another may begin here: at the
/// start, or after an empty line (WHATWG HTML, 9.2.5: lines end with CRLF, LF or CR).
class sse_boundary {
public:
    void feed(std::string_view piece) noexcept {
        // Only the last four bytes matter: two line ends.
        if (piece.size() > sizeof tail_) piece.remove_prefix(piece.size() - sizeof tail_);
        for (const char c : piece) {
            for (std::size_t i = 1; i < sizeof tail_; ++i) tail_[i - 1] = tail_[i];
            tail_[sizeof tail_ - 1] = c;
        }
    }
    [[nodiscard]] bool between_events() const noexcept {
        const std::string_view tail(tail_, sizeof tail_);
        return tail.ends_with("\n\n") || tail.ends_with("\n\r\n") || tail.ends_with("\r\r");
    }

private:
    char tail_[4] = {'\n', '\n', '\n', '\n'};
};

} // namespace llmx::inline LLMX_ABI::detail
