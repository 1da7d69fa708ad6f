// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <span>
#include <string_view>

/// \file
/// Members that the vocabulary does not have, of objects inside of the one that keeps them: a decoder keeps them
/// behind a prefix ("voice." with `keep_extra`), and these put them back. A member whose own name has a dot is kept
/// behind one more (`extra_members::kept_name`), in every object.

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p name is one of those after \p prefix.
[[nodiscard]] inline bool is_nested_extra(std::string_view name, std::string_view prefix) noexcept {
    return name.size() > prefix.size() && name.starts_with(prefix);
}

/// Writes the members after \p prefix without it, but not the one that \p but names.
inline void write_nested_extra(json_writer& w, const extra_members& extra, std::string_view prefix,
                               std::string_view but = std::string_view()) {
    for (const auto& m : extra.members)
        if (is_nested_extra(m.name, prefix) && m.name != but)
            w.raw_member(extra_members::wire_name(std::string_view(m.name).substr(prefix.size())), m.value.text);
}

/// Writes the members after none of \p prefixes.
inline void write_outer_extra(json_writer& w, const extra_members& extra, std::span<const std::string_view> prefixes) {
    for (const auto& m : extra.members) {
        const auto nested = [&m](std::string_view prefix) { return is_nested_extra(m.name, prefix); };
        if (std::none_of(prefixes.begin(), prefixes.end(), nested))
            w.raw_member(extra_members::wire_name(m.name), m.value.text);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
