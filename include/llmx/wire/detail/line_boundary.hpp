// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Follows a stream of lines far enough to find out whether another may begin here: at the start, or after a line end.
class line_boundary {
public:
    void feed(std::string_view piece) noexcept {
        if (!piece.empty()) ended_ = piece.back() == '\n';
    }
    [[nodiscard]] bool between_events() const noexcept { return ended_; }

private:
    bool ended_ = true;
};

} // namespace llmx::inline LLMX_ABI::detail
