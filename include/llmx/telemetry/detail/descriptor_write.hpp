// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The longest start of \p bytes that has at most \p most bytes and ends with a newline;
/// \p most bytes when no line ends there. \p most is not 0.
[[nodiscard]] constexpr std::string_view whole_lines(std::string_view bytes, std::size_t most) noexcept {
    if (bytes.size() <= most) return bytes;
    const std::string_view start = bytes.substr(0, most);
    const std::size_t end = start.rfind('\n');
    return end == std::string_view::npos ? start : start.substr(0, end + 1);
}

/// Writes \p bytes to \p file's descriptor, or to \p file where there is none. Waits for a
/// slow reader until \p stop is true. Returns how many bytes were written; when they are
/// fewer, \p fault is the `errno` that ended it, or 0 when it was \p stop.
LLMX_DECL [[nodiscard]] std::size_t write_to(std::FILE* file, std::string_view bytes, const std::atomic<bool>& stop,
                                             int& fault) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/descriptor_write.ipp>
#endif
