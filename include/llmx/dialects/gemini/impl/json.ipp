// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void write_proto_extra(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks("gemini_generate")) return;
    for (const auto& m : extra.members) {
        const std::string_view member(m.name);
        if (!member.starts_with(prefix)) continue;
        const std::string_view rest = member.substr(prefix.size());
        // A path into another object has a dot; a member whose own name has one begins with it.
        if (rest.starts_with('.') || rest.find('.') == std::string_view::npos)
            w.raw_member(extra_members::wire_name(rest), m.value.text);
    }
}

LLMX_DECL bool has_proto_extra(const extra_members& extra, std::string_view prefix) noexcept {
    if (!extra.speaks("gemini_generate")) return false;
    return std::any_of(extra.members.begin(), extra.members.end(),
                       [prefix](const extra_members::member& m) { return m.name.starts_with(prefix); });
}

} // namespace llmx::inline LLMX_ABI::detail
