// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/fallback.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The models of one list for \p group; each must exist, and none may be there in vain.
LLMX_DECL [[nodiscard]] std::vector<std::string> read_fallback_targets(settings_reader& list, std::string_view group) {
    std::vector<std::string> names;
    if (!list.is_list()) {
        list.unexpected("a list of models");
        return names;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        settings_reader* name = &list.item(i);
        if (name->is_map()) {
            // LiteLLM allows {model: name, ...} with parameters of its own.
            settings_reader& entry = *name;
            name = &entry.at("model");
            if (!name->given()) {
                entry.unexpected("a model");
                continue;
            }
            for (std::size_t k = 0; k < entry.size(); ++k)
                if (settings_reader& more = entry.item(k); more.key() != "model") more.warn("not supported, has no effect");
        }
        std::string text;
        if (!name->text(text)) continue;
        if (text == group && text != "*") name->fail("a model cannot be its own fallback; name another model");
        else if (std::find(names.begin(), names.end(), text) != names.end()) name->fail("this model is in the list already; name each once");
        else name->check_model(text, true);
        names.push_back(std::move(text));
    }
    return names;
}

LLMX_DECL void read_fallback_entry(settings_reader& entry, fallback::lists& into) {
    for (std::size_t i = 0; i < entry.size(); ++i) {
        settings_reader& others = entry.item(i);
        const std::string group(others.key());
        if (into.contains(group)) {
            others.fail("this model already has a list");
            continue;
        }
        if (group != "*") others.check_model(group, false);
        into.emplace(group, read_fallback_targets(others, group));
    }
}

/// Replaces \p into by \p list if there is one.
LLMX_DECL void read_fallback_list(settings_reader& list, fallback::lists& into) {
    if (!list.given()) return;
    into.clear();
    if (list.is_map()) return read_fallback_entry(list, into);
    if (!list.is_list()) return list.unexpected("a list of entries like {group: [other, another]}");
    for (std::size_t i = 0; i < list.size(); ++i) {
        settings_reader& entry = list.item(i);
        if (entry.is_map()) read_fallback_entry(entry, into);
        else entry.unexpected("an entry like {group: [other, another]}");
    }
}

LLMX_DECL void read_fallback_section(settings_reader& from, fallback& into) {
    settings_reader& otherwise = from.at("default_fallbacks");
    settings_reader& general = from.at("fallbacks");
    // The star's list is kept when only the other kind is given again.
    const auto star = into.groups.find("*");
    const auto kept = star != into.groups.end() ? star->second : std::vector<std::string>();
    if (general.given()) {
        read_fallback_list(general, into.groups);
        if (!kept.empty()) into.groups.emplace("*", kept);
    }
    if (otherwise.given()) {
        auto targets = read_fallback_targets(otherwise, "*");
        // Beside an entry "*" of the same section they are what comes behind it.
        if (general.given() && into.groups.contains("*") && kept.empty()) {
            for (std::string& name : targets) into.groups.find("*")->second.push_back(std::move(name));
        } else {
            into.groups.insert_or_assign("*", std::move(targets));
        }
    }
    read_fallback_list(from.at("context_window_fallbacks"), into.context_window);
    read_fallback_list(from.at("content_policy_fallbacks"), into.content_policy);
}

} // namespace detail

LLMX_DECL void read_settings(settings_reader& top, fallback& into) {
    detail::read_fallback_section(top.at("litellm_settings"), into);
    detail::read_fallback_section(top.at("router_settings"), into);
    if (into.max_fallbacks != 0 || (into.groups.empty() && into.context_window.empty() && into.content_policy.empty())) return;
    for (const std::string_view section : {"router_settings", "litellm_settings"})
        if (settings_reader& most = top.at(section).at("max_fallbacks"); most.given())
            return most.fail("with 0 no fallback is ever tried; raise it or remove the fallbacks");
}

} // namespace llmx::inline LLMX_ABI
