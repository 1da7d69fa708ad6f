// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/fallback.hpp>

#include <algorithm>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The text that the first "*" of \p key stands for in \p name; nothing when it does not match.
LLMX_DECL [[nodiscard]] std::optional<std::string_view> starred_text(std::string_view key, std::string_view name) noexcept {
    pattern_parts parts;
    if (!match_pattern(key, name, &parts) || parts.count == 0) return std::nullopt;
    return parts.texts[0];
}

/// The entry of \p lists for \p model in \p group, "*" only with \p any; \p replaced becomes the text for a "*" in its targets.
LLMX_DECL [[nodiscard]] const std::vector<std::string>* entry_of(const fallback::lists& lists, std::string_view model,
                                                                 std::string_view group, bool any,
                                                                 std::string_view* replaced) noexcept {
    std::string_view rest = model;
    const auto given = [&](const std::vector<std::string>& list) {
        if (replaced != nullptr) *replaced = rest;
        return &list;
    };
    for (const std::string_view key : {model, group})
        if (const auto it = lists.find(key); it != lists.end()) return given(it->second);
    const std::vector<std::string>* best = nullptr;
    std::size_t longest = 0;
    for (const auto& [key, list] : lists) {
        if (!is_pattern(key) || literal_size(key) <= longest) continue;
        std::optional<std::string_view> behind = starred_text(key, model);
        if (!behind) behind = starred_text(key, group);
        if (!behind) continue;
        longest = literal_size(key);
        rest = *behind;
        best = &list;
    }
    if (best != nullptr) return given(*best);
    const auto star = lists.find("*");
    return any && star != lists.end() ? given(star->second) : nullptr;
}

/// The request itself is wrong, whichever provider serves it.
LLMX_DECL [[nodiscard]] bool caller_is_wrong(errc e) noexcept { return failure_kind(e).caller_is_wrong; }

} // namespace detail

LLMX_DECL const std::vector<std::string>* fallback::next_of(std::string_view model, std::string_view group,
                                                            errc failure, std::string_view* replaced) const noexcept {
    if (failure == errc::cancelled || failure == errc::deadline_exceeded) return nullptr;
    if (failure == errc::context_window_exceeded && !context_window.empty())
        return detail::entry_of(context_window, model, group, true, replaced);
    if (failure == errc::content_policy && !content_policy.empty())
        return detail::entry_of(content_policy, model, group, true, replaced);
    if (detail::caller_is_wrong(failure) && !on_client_fault) return nullptr;
    return detail::entry_of(groups, model, group, true, replaced);
}

LLMX_DECL bool fallback::takes_callers(errc failure) const noexcept {
    if (failure == errc::cancelled || failure == errc::deadline_exceeded) return false;
    if (failure == errc::context_window_exceeded && !context_window.empty()) return false;
    if (failure == errc::content_policy && !content_policy.empty()) return false;
    return on_client_fault || !detail::caller_is_wrong(failure);
}

LLMX_DECL const std::vector<std::string>* fallback::instead_of(std::string_view model, bool any,
                                                               std::string_view* replaced) const noexcept {
    return detail::entry_of(groups, model, model, any, replaced);
}

LLMX_DECL bool fallback::itinerary::visited(std::string_view name) {
    if (std::find(behind_.begin(), behind_.end(), name) != behind_.end()) return false;
    behind_.push_back(name);
    return true;
}

LLMX_DECL void fallback::itinerary::plan(const std::vector<std::string>* list, std::string_view replaced) {
    if (list == nullptr) return;
    for (auto it = list->rbegin(); it != list->rend(); ++it) {
        if (!is_pattern(*it)) {
            ahead_.push_back(*it);
            continue;
        }
        pattern_parts parts;
        parts.texts[parts.count++] = replaced;
        std::string& name = made_.emplace_back();
        append_filled(name, *it, parts);
        ahead_.push_back(name);
    }
}

LLMX_DECL std::string_view fallback::itinerary::next() {
    while (!ahead_.empty() && asked_ < policy_->max_fallbacks) {
        const std::string_view name = ahead_.back();
        ahead_.pop_back();
        if (visited(name)) return name;
    }
    return std::string_view();
}

} // namespace llmx::inline LLMX_ABI
