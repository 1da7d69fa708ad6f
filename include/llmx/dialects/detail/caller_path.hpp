// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline v0::detail {

// From paths in the vocabulary ("messages[2].content[0].arguments") to those of a caller.

struct path_name {
    std::string_view ours, theirs;
};

/// "name[index]".
[[nodiscard]] inline std::string path_item(std::string_view name, std::size_t index) {
    return std::string(name).append("[").append(std::to_string(index)).append("]");
}

/// Takes "name[3]" off the front of \p path; false when it does not stand there.
[[nodiscard]] inline bool take_path_item(std::string_view& path, std::string_view name, std::size_t& index) noexcept {
    if (!path.starts_with(name) || !path.substr(name.size()).starts_with('[')) return false;
    const char* const end = path.data() + path.size();
    const auto read = std::from_chars(path.data() + name.size() + 1, end, index);
    if (read.ec != std::errc() || read.ptr == end || *read.ptr != ']') return false;
    path.remove_prefix(static_cast<std::size_t>(read.ptr + 1 - path.data()));
    return true;
}

/// \p path with its beginning renamed; the first of \p names that fits counts.
[[nodiscard]] inline std::string rename_path(std::string_view path, std::span<const path_name> names) {
    for (const path_name& n : names) {
        if (!path.starts_with(n.ours)) continue;
        const std::string_view rest = path.substr(n.ours.size());
        if (rest.empty() || rest.front() == '.' || rest.front() == '[') return std::string(n.theirs).append(rest);
    }
    return std::string(path);
}

} // namespace llmx::inline v0::detail
