// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace growth {

/// \p piece n times with commas between; "@" in it is the number of the repetition.
[[nodiscard]] inline std::string times(std::size_t n, std::string_view piece, std::string_view between = ",") {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) {
        if (i != 0) out += between;
        const std::string number = std::to_string(i);
        for (const char c : piece)
            if (c == '@') out += number;
            else out += c;
    }
    return out;
}
[[nodiscard]] inline std::string array_of(std::size_t n, std::string_view piece) {
    return "[" + times(n, piece) + "]";
}
[[nodiscard]] inline std::string object_of(std::size_t n, std::string_view member) {
    return "{" + times(n, member) + "}";
}
/// \p text n times with nothing between.
[[nodiscard]] inline std::string run(std::size_t n, std::string_view text) { return times(n, text, ""); }

} // namespace growth
