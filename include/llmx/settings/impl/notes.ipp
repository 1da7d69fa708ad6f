// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/notes.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void settings_notes::fail(std::string line) {
    if (std::find(errors_.begin(), errors_.end(), line) != errors_.end()) return;
    if (errors_.size() < most_shown) errors_.push_back(std::move(line));
    else ++more_;
}

LLMX_DECL error settings_notes::failure() const {
    std::string all;
    for (const std::string& line : errors_) {
        if (!all.empty()) all += '\n';
        all += line;
    }
    if (more_ != 0) all += "\nand " + std::to_string(more_) + " more";
    for (std::size_t i = 0; i < warnings.size() && i < most_shown; ++i) all += "\nwarning: " + warnings[i];
    if (warnings.size() > most_shown) all += "\nand " + std::to_string(warnings.size() - most_shown) + " more warnings";
    return error(errc::bad_configuration, std::move(all));
}

/// Changes of one character each (and swaps of two neighbours) that lead from \p a to \p b.
LLMX_DECL [[nodiscard]] std::size_t typing_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t(0));
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return last[b.size()];
}

LLMX_DECL std::string_view closest_name(std::string_view word, std::span<const std::string_view> names) {
    std::string_view best;
    std::size_t least = std::min<std::size_t>(3, word.size() / 3) + 1;
    for (const std::string_view name : names) {
        const std::size_t longer = std::max(name.size(), word.size()), shorter = std::min(name.size(), word.size());
        if (longer - shorter >= least) continue;
        if (const std::size_t d = typing_distance(word, name); d < least) {
            least = d;
            best = name;
        }
    }
    return best;
}

} // namespace llmx::inline LLMX_ABI::detail
