// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// \file
/// Members that the vocabulary does not have, of objects inside of the one that keeps them: a decoder keeps them
/// behind a prefix ("voice." with `keep_extra`), and these put them back. An object's own member whose name looks
/// like one of those ("voice.x") is kept behind one more dot (".voice.x").

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p name is one of those after \p prefix.
[[nodiscard]] inline bool is_nested_extra(std::string_view name, std::string_view prefix) noexcept {
    return name.size() > prefix.size() && name.starts_with(prefix);
}

/// Whether \p name, without the dots in front of it, is behind one of \p prefixes.
[[nodiscard]] inline bool looks_nested_extra(std::string_view name, std::span<const std::string_view> prefixes) noexcept {
    name.remove_prefix(std::min(name.find_first_not_of('.'), name.size()));
    return std::any_of(prefixes.begin(), prefixes.end(), [name](std::string_view p) { return is_nested_extra(name, p); });
}

/// Marks the members of \p extra from the one at \p first on, which are an object's own, as no nested ones.
inline void mark_outer_extra(extra_members& extra, std::size_t first, std::span<const std::string_view> prefixes) {
    for (std::size_t i = first; i < extra.members.size(); ++i)
        if (std::string& name = extra.members[i].name; looks_nested_extra(name, prefixes)) name.insert(name.begin(), '.');
}

/// Writes the members after \p prefix without it, but not the one that \p but names.
inline void write_nested_extra(json_writer& w, const extra_members& extra, std::string_view prefix,
                               std::string_view but = std::string_view()) {
    for (const auto& m : extra.members)
        if (is_nested_extra(m.name, prefix) && m.name != but)
            w.raw_member(std::string_view(m.name).substr(prefix.size()), m.value.text);
}

/// Writes the members after none of \p prefixes.
inline void write_outer_extra(json_writer& w, const extra_members& extra, std::span<const std::string_view> prefixes) {
    for (const auto& m : extra.members) {
        std::string_view name = m.name;
        if (looks_nested_extra(name, prefixes)) {
            if (!name.starts_with('.')) continue;
            name.remove_prefix(1);
        }
        w.raw_member(name, m.value.text);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
