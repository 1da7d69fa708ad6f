// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/request_place.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void append_place_member(std::string& path, std::string_view name) {
    if (!path.empty() && !name.starts_with('[')) path += '.';
    path += name;
}

LLMX_DECL void append_place_index(std::string& path, std::uint32_t index) {
    if (index == request_place::no_index) return;
    path += '[';
    path += std::to_string(index);
    path += ']';
}

} // namespace detail

LLMX_DECL std::string request_place::text() const {
    std::string path;
    if (message_ != no_index) {
        path = "messages";
        detail::append_place_index(path, message_);
    }
    if (part_ != no_index) {
        path += ".content";
        detail::append_place_index(path, part_);
    }
    if (tool_ != no_index) {
        path = "tools";
        detail::append_place_index(path, tool_);
    }
    // The content of a result is in its parts, whatever member of it is meant.
    const bool in_result = part_ != no_index && item_ != no_index;
    if (in_result) {
        path += ".content";
        detail::append_place_index(path, item_);
    }
    const bool of_member = indexes_member_ && !in_result;
    for (const described_member* const m : members_) {
        if (m == nullptr) continue;
        detail::append_place_member(path, m->name);
        if (of_member && m == members_[0]) detail::append_place_index(path, item_);
    }
    if (!other_.empty()) detail::append_place_member(path, other_);
    if (!in_result && !of_member) detail::append_place_index(path, item_);
    return path;
}

} // namespace llmx::inline LLMX_ABI
