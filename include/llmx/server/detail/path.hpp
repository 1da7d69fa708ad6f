// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/url.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline v0::detail {

/// What stands between \p prefix and \p suffix in \p path; empty when nothing does.
[[nodiscard]] inline std::string_view between(std::string_view path, std::string_view prefix,
                                              std::string_view suffix = std::string_view()) noexcept {
    if (path.size() <= prefix.size() + suffix.size() || !path.starts_with(prefix) || !path.ends_with(suffix))
        return std::string_view();
    return path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
}

/// Decodes a name out of a path; false when it is not well encoded.
[[nodiscard]] inline bool decode_name(std::string_view encoded, std::string& out) {
    if (encoded.find('%') == std::string_view::npos) {
        out.assign(encoded);
        return true;
    }
    result<std::string> decoded = percent_decode(encoded);
    if (!decoded) return false;
    out = std::move(*decoded);
    return true;
}

} // namespace llmx::inline v0::detail
