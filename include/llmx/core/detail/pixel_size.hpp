// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Width and height in pixels; zeros: none.
struct pixel_size {
    constexpr pixel_size() = default;
    constexpr pixel_size(std::uint16_t across, std::uint16_t down) noexcept : width(across), height(down) {}
    std::uint16_t width = 0, height = 0;
    [[nodiscard]] constexpr bool empty() const noexcept { return width == 0; }
    friend constexpr bool operator==(const pixel_size&, const pixel_size&) = default;
};

/// Reads "1280x720", with \p between in place of the "x"; zeros for anything else, and for sides of 0 or above 65,535 pixels.
[[nodiscard]] constexpr pixel_size read_pixel_size(std::string_view text, char between = 'x') noexcept {
    std::uint32_t sides[2] = {0, 0};
    std::size_t side = 0;
    for (const char c : text) {
        if (c == between && side == 0) {
            side = 1;
        } else {
            if (c < '0' || c > '9') return pixel_size();
            sides[side] = sides[side] * 10 + static_cast<std::uint32_t>(c - '0');
            if (sides[side] > 65535) return pixel_size();
        }
    }
    if (sides[0] == 0 || sides[1] == 0) return pixel_size();
    return pixel_size(static_cast<std::uint16_t>(sides[0]), static_cast<std::uint16_t>(sides[1]));
}

} // namespace llmx::inline LLMX_ABI::detail
