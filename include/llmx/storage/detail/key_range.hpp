// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The keys of \p all, a sorted map by text, that begin with \p prefix and are larger than \p after; at most \p most.
template <class Map>
[[nodiscard]] std::vector<std::string> keys_in(const Map& all, std::string_view prefix, std::string_view after, std::size_t most) {
    std::vector<std::string> found;
    auto at = after < prefix ? all.lower_bound(prefix) : all.upper_bound(after);
    for (; at != all.end() && found.size() < most && std::string_view(at->first).starts_with(prefix); ++at) found.push_back(at->first);
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
