// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/failure_kind.hpp>
#include <llmx/policies/fallback.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] const std::vector<std::string>* entry_of(const fallback::lists& lists, std::string_view model,
                                                                 std::string_view group) noexcept {
    for (const std::string_view key : {model, group, std::string_view("*")})
        if (const auto it = lists.find(key); it != lists.end()) return &it->second;
    return nullptr;
}

/// The request itself is wrong, whichever provider serves it.
LLMX_DECL [[nodiscard]] bool caller_is_wrong(errc e) noexcept { return failure_kind(e).caller_is_wrong; }

} // namespace detail

LLMX_DECL const std::vector<std::string>* fallback::next_of(std::string_view model, std::string_view group,
                                                            errc failure) const noexcept {
    if (failure == errc::cancelled || failure == errc::deadline_exceeded) return nullptr;
    if (failure == errc::context_window_exceeded && !context_window.empty())
        return detail::entry_of(context_window, model, group);
    if (failure == errc::content_policy && !content_policy.empty())
        return detail::entry_of(content_policy, model, group);
    if (detail::caller_is_wrong(failure) && !on_client_fault) return nullptr;
    return detail::entry_of(groups, model, group);
}

LLMX_DECL const std::vector<std::string>* fallback::instead_of(std::string_view model) const noexcept {
    const auto it = groups.find(model);
    return it != groups.end() ? &it->second : nullptr;
}

LLMX_DECL bool fallback::itinerary::visited(std::string_view name) {
    if (std::find(behind_.begin(), behind_.end(), name) != behind_.end()) return false;
    behind_.push_back(name);
    return true;
}

LLMX_DECL void fallback::itinerary::plan(const std::vector<std::string>* list) {
    if (list == nullptr) return;
    for (auto it = list->rbegin(); it != list->rend(); ++it) ahead_.push_back(*it);
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
