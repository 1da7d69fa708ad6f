// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>

#include <algorithm>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p text has \p words, which are lower case, in any case. For vendors' messages, whose case changes.
[[nodiscard]] constexpr bool has_words(std::string_view text, std::string_view words) noexcept {
    return std::search(text.begin(), text.end(), words.begin(), words.end(), [](char a, char b) { return ascii_lower(a) == b; }) != text.end();
}

} // namespace llmx::inline LLMX_ABI::detail
