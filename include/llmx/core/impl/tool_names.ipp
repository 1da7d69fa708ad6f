// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/core/tool_names.hpp>

#include <algorithm>
#include <cstdint>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool may_stand_in_tool_name(char c, const tool_name_rule& rule) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           rule.marks.find(c) != std::string_view::npos;
}

LLMX_DECL [[nodiscard]] bool may_begin_tool_name(std::string_view name, const tool_name_rule& rule) noexcept {
    if (!rule.letter_first || name.empty()) return true;
    const char c = name.front();
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// \p visit each name in \p request, until it returns false.
template <class Request, class Visit> bool each_tool_name(Request& request, Visit visit) {
    for (auto& t : request.tools)
        if (!t.builtin && !visit(t.name)) return false;
    if (request.tool_choice && !request.tool_choice->name.empty() && !visit(request.tool_choice->name)) return false;
    if (request.tool_choice)
        for (auto& name : request.tool_choice->allowed)
            if (!visit(name)) return false;
    for (auto& m : request.messages)
        for (auto& part : m.content) {
            if (auto* const c = std::get_if<tool_call_part>(&part); c != nullptr && !visit(c->name)) return false;
            if (auto* const r = std::get_if<tool_result_part>(&part); r != nullptr && !r->name.empty() && !visit(r->name))
                return false;
        }
    return true;
}

/// The name that is sent to a vendor instead of \p name, which does not fit.
LLMX_DECL [[nodiscard]] std::string made_to_fit(std::string_view name, const tool_name_rule& rule) {
    constexpr std::size_t digits = 8;
    std::uint64_t hash = fnv1a(name);
    std::string fitted(may_begin_tool_name(name, rule) ? "" : "_");
    fitted.append(name.substr(0, rule.longest - digits - 1 - fitted.size()));
    for (char& c : fitted)
        if (!may_stand_in_tool_name(c, rule)) c = '_';
    fitted += '_';
    for (std::size_t i = 0; i < digits; ++i, hash >>= 4) fitted += "0123456789abcdef"[hash & 15u];
    return fitted;
}

} // namespace detail

LLMX_DECL bool tool_name_rule::fits(std::string_view name) const noexcept {
    return longest == 0 || (name.size() <= longest && detail::may_begin_tool_name(name, *this) &&
                            std::all_of(name.begin(), name.end(), [this](char c) {
                                return detail::may_stand_in_tool_name(c, *this);
                            }));
}

LLMX_DECL bool tool_names::fit(const chat_request& request, const tool_name_rule& rule) noexcept {
    return rule.longest == 0 ||
           detail::each_tool_name(request, [&rule](const std::string& name) { return rule.fits(name); });
}

LLMX_DECL void tool_names::make_fit(chat_request& request, const tool_name_rule& rule) {
    detail::each_tool_name(request, [&](std::string& name) {
        if (rule.fits(name)) return true;
        std::string fitted = detail::made_to_fit(name, rule);
        fitted_.emplace_back(fitted, std::move(name));
        name = std::move(fitted);
        return true;
    });
    const auto by_fitted = [](const auto& a, const auto& b) { return a.first < b.first; };
    detail::sort_stably(fitted_.begin(), fitted_.end(), by_fitted);
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    fitted_.erase(std::unique(fitted_.begin(), fitted_.end(), same), fitted_.end());
}

LLMX_DECL const std::string* tool_names::original_of(std::string_view fitted) const noexcept {
    const auto at = std::lower_bound(fitted_.begin(), fitted_.end(), fitted,
                                     [](const auto& n, std::string_view t) { return n.first < t; });
    return at == fitted_.end() || at->first != fitted ? nullptr : &at->second;
}

LLMX_DECL void tool_names::restore(chat_reply& reply) const {
    for (chat_choice& choice : reply.choices)
        for (content_part& part : choice.answer.content)
            if (auto* const c = std::get_if<tool_call_part>(&part))
                if (const std::string* const original = original_of(c->name)) c->name = *original;
}

LLMX_DECL void tool_names::restore(chat_event& event) const noexcept {
    if (event.what != chat_event::kind::tool_call) return;
    if (const std::string* const original = original_of(event.name)) event.name = *original;
}

} // namespace llmx::inline LLMX_ABI
