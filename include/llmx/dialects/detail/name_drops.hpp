// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Bytes of names that are made: a reply's header field holds half of it, and may have to leave
/// some of them out.
inline constexpr std::size_t max_named_drops = 2048;

/// The drops that \p drops reports, with the names of \p caller, a request of which was decoded to \p request;
/// null: the caller uses the vocabulary.
///
/// A request decides how many there are, and only the first are read: the others get no name.
LLMX_DECL [[nodiscard]] inline std::vector<std::string> name_drops(const drop_report& drops, const codec_ops* caller,
                                                         const any_message& request) {
    std::vector<std::string> names;
    std::size_t bytes = 0;
    for (const auto& e : drops.entries()) {
        if (bytes > max_named_drops) break;
        names.push_back(caller != nullptr ? caller->caller_path(e.at, request) : e.at.text());
        bytes += names.back().size();
    }
    return names;
}

} // namespace llmx::inline LLMX_ABI::detail
