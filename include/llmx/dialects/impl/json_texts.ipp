// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_texts.hpp>

#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// Adds the texts at \p path of \p value, which is itself at the place that an empty path names.
LLMX_DECL void add_json_texts(std::string_view value, std::string_view path, std::size_t most, std::vector<std::string_view>& to) {
    if (to.size() >= most || value.empty()) return;
    if (value.front() == '[') {
        static_cast<void>(scan_json_elements(value, [&](const json_member& e) {
            // A list in a list is no vendor's form, and would nest calls as deep as the body is.
            if (!e.value.starts_with('[')) add_json_texts(e.value, path, most, to);
        }));
    } else if (path.empty()) {
        if (is_json_string(value)) to.push_back(value);
    } else if (value.front() == '{') {
        const std::string_view name = path.substr(0, path.find('.'));
        const std::string_view rest = path.substr(std::min(path.size(), name.size() + 1));
        static_cast<void>(scan_json_members(value, [&](const json_member& m) {
            if (m.named(name)) add_json_texts(m.value, rest, most, to);
        }));
    }
}

LLMX_DECL std::vector<std::string_view> find_json_texts(std::string_view body, std::string_view paths, std::size_t most) {
    std::vector<std::string_view> found;
    while (!paths.empty()) {
        const std::string_view path = paths.substr(0, paths.find(' '));
        paths.remove_prefix(std::min(paths.size(), path.size() + 1));
        if (body.starts_with('{')) add_json_texts(body, path, most, found);
    }
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
