// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/dialects/drop_report.hpp>

#include <algorithm>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A member of a vendor that callers write into requests of another language, and where it goes.
struct vendor_member {
    /// As callers write it, and their other spelling; the last may be empty.
    std::string_view name, also;
    /// As the vendor reads it.
    std::string_view written;
};

/// The place of \p name among \p known; its size: it is none of them.
[[nodiscard]] inline std::size_t find_vendor_member(std::span<const vendor_member> known, std::string_view name) noexcept {
    const auto same = [name](const vendor_member& m) { return m.name == name || (!m.also.empty() && m.also == name); };
    return static_cast<std::size_t>(std::find_if(known.begin(), known.end(), same) - known.begin());
}

/// Calls \p write(known, json) for each member of \p extra that is one of \p known, and reports the others as those of another
/// language.
template <class Write>
void take_vendor_members(const extra_members& extra, std::span<const vendor_member> known, const request_place& at, drop_report& drops,
                         Write write) {
    extra_members others = extra;
    std::erase_if(others.members, [&](const extra_members::member& m) {
        const std::size_t which = find_vendor_member(known, extra_members::wire_name(m.name));
        if (which == known.size()) return false;
        write(known[which], std::string_view(m.value.text));
        return true;
    });
    drops.foreign(others, std::string_view(), at);
}

} // namespace llmx::inline LLMX_ABI::detail
