// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// The largest count that llmx works with, 2^53: every JSON reader holds it exactly, and two of
/// them added are far from the end of 64 bits.
inline constexpr std::int64_t max_count = std::int64_t{1} << 53;

/// A number that counts something (tokens, characters, seconds), as it is read from outside:
/// negative ones become 0, those beyond `max_count` become `max_count`.
[[nodiscard]] constexpr std::int64_t clamp_count(std::int64_t n) noexcept {
    return n < 0 ? 0 : n > max_count ? max_count : n;
}
/// The same for a number of any size; the fraction is cut off, and NaN is 0.
[[nodiscard]] constexpr std::int64_t clamp_count(double n) noexcept {
    if (!(n > 0)) return 0;
    return n >= static_cast<double>(max_count) ? max_count : static_cast<std::int64_t>(n);
}
/// The sum of two counts, which is never more than `max_count`.
[[nodiscard]] constexpr std::int64_t add_counts(std::int64_t a, std::int64_t b) noexcept {
    return clamp_count(clamp_count(a) + clamp_count(b));
}
/// \p a minus \p b; 0 when \p b is more.
[[nodiscard]] constexpr std::int64_t subtract_counts(std::int64_t a, std::int64_t b) noexcept {
    return clamp_count(clamp_count(a) - clamp_count(b));
}

} // namespace llmx::inline LLMX_ABI
