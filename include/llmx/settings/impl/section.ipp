// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/section.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace llmx::inline v0::detail {

/// Changes of one character each (and swaps of two neighbours) that lead from \p a to \p b.
[[nodiscard]] LLMX_DECL std::size_t typing_distance(std::string_view a, std::string_view b) {
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

LLMX_DECL section::section(const setting* map, settings_notes& notes, std::span<const std::string_view> foreign)
    : map_(map), notes_(notes), foreign_(foreign) {
    if (map_ != nullptr && map_->is_null()) map_ = nullptr;
    if (map_ != nullptr && !map_->is_map()) {
        notes_.fail(map_->unexpected("a map"));
        map_ = nullptr;
    }
}

LLMX_DECL const setting* section::find(std::string_view key) {
    asked_.push_back(key);
    const setting* const value = map_ != nullptr ? map_->find(key) : nullptr;
    return value != nullptr && !value->is_null() ? value : nullptr;
}

LLMX_DECL const setting* section::find_any(std::initializer_list<std::string_view> keys) {
    const setting* found = nullptr;
    for (const std::string_view key : keys)
        if (const setting* value = find(key); value != nullptr && found == nullptr) found = value;
    return found;
}

LLMX_DECL bool section::text(std::string_view key, std::string& into) {
    const setting* const value = find(key);
    return value != nullptr && take(value->as_text(), into);
}

LLMX_DECL bool section::hidden(std::string_view key, secret& into) {
    std::string plain;
    if (!text(key, plain)) return false;
    into = secret(std::move(plain));
    return true;
}

LLMX_DECL bool section::flag(std::string_view key, bool& into) {
    const setting* const value = find(key);
    return value != nullptr && take(value->as_bool(), into);
}

LLMX_DECL bool section::seconds(std::string_view key, duration& into, bool zero_allowed) {
    const setting* const value = find(key);
    if (value == nullptr) return false;
    std::chrono::nanoseconds time{};
    if (!take(value->as_seconds(zero_allowed), time)) return false;
    into = std::chrono::duration_cast<duration>(time);
    return true;
}

LLMX_DECL bool section::seconds(std::string_view key, std::optional<duration>& into, bool zero_allowed) {
    duration time{};
    if (!seconds(key, time, zero_allowed)) return false;
    into = time;
    return true;
}

LLMX_DECL bool section::number(std::string_view key, double& into, double least) {
    const setting* const value = find(key);
    return value != nullptr && take(value->as_number(least), into);
}

LLMX_DECL bool section::whole(std::string_view key, std::uint64_t& into, std::uint64_t least, std::uint64_t most) {
    const setting* const value = find(key);
    return value != nullptr && take(value->as_whole_number(least, most), into);
}

LLMX_DECL bool section::texts(std::string_view key, std::vector<std::string>& into) {
    const setting* const value = find(key);
    if (value == nullptr) return false;
    if (!value->is_list()) {
        notes_.fail(value->unexpected("a list of texts"));
        return false;
    }
    into.clear();
    for (const setting& item : value->items())
        if (!take(item.as_text(), into.emplace_back())) return false;
    return true;
}

LLMX_DECL void section::finish() {
    if (map_ == nullptr) return;
    for (const auto& [key, value] : map_->entries()) {
        const auto is = [&key = key](std::string_view name) { return name == key; };
        if (std::any_of(asked_.begin(), asked_.end(), is)) continue;
        if (std::any_of(foreign_.begin(), foreign_.end(), is)) {
            notes_.warn(value, "not supported, has no effect");
            continue;
        }
        std::string_view meant = closest_name(key, asked_);
        if (meant.empty()) meant = closest_name(key, foreign_);
        notes_.warn(value, meant.empty() ? std::string("unknown key, ignored")
                                         : "unknown key, ignored; did you mean '" + std::string(meant) + "'?");
    }
}

} // namespace llmx::inline v0::detail
