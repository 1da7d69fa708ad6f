// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/policy_reader.hpp>

#include <algorithm>

namespace llmx::inline v0::detail {

LLMX_DECL void policy_reader::read_fallbacks(section& from) {
    fallback& f = into_.fallbacks;
    const setting* const otherwise = from.find("default_fallbacks");
    // The star's list is kept when only the other kind is given again.
    const auto kept = f.groups.find("*") != f.groups.end() ? f.groups.find("*")->second : std::vector<std::string>();
    if (const setting* list = from.find("fallbacks")) {
        read_fallback_list(list, f.groups);
        if (!kept.empty()) f.groups.emplace("*", kept);
    }
    if (otherwise != nullptr) {
        auto targets = fallback_targets(*otherwise);
        if (const setting* list = from.find("fallbacks"); list != nullptr && f.groups.contains("*") && kept.empty())
            notes_.warn(*otherwise, "has no effect beside the entry \"*\" of fallbacks");
        else
            f.groups.insert_or_assign("*", std::move(targets));
    }
    read_fallback_list(from.find("context_window_fallbacks"), f.context_window);
    read_fallback_list(from.find("content_policy_fallbacks"), f.content_policy);
    from.count("max_fallbacks", f.max_fallbacks);
}

LLMX_DECL void policy_reader::read_fallback_list(const setting* list, fallback::lists& into) {
    if (list == nullptr) return;
    into.clear();
    if (list->is_map()) return read_fallback_entry(*list, into);
    if (!list->is_list()) return notes_.fail(list->unexpected("a list of entries like {group: [other, another]}"));
    for (const setting& entry : list->items()) {
        if (!entry.is_map()) return notes_.fail(entry.unexpected("an entry like {group: [other, another]}"));
        read_fallback_entry(entry, into);
    }
}

LLMX_DECL void policy_reader::read_fallback_entry(const setting& entry, fallback::lists& into) {
    for (const auto& [group, others] : entry.entries()) {
        if (into.contains(group)) return notes_.fail(others.wrong("this model has a list already"));
        if (group != "*") references_.push_back(reference{&others, group, reference::role::source});
        into.emplace(group, fallback_targets(others));
    }
}

LLMX_DECL std::vector<std::string> policy_reader::fallback_targets(const setting& list) {
    std::vector<std::string> names;
    if (!list.is_list()) {
        notes_.fail(list.unexpected("a list of models"));
        return names;
    }
    for (const setting& item : list.items()) {
        const setting* name = &item;
        if (item.is_map()) {
            // LiteLLM allows {model: name, ...} with parameters of its own.
            name = item.find("model");
            if (name == nullptr) {
                notes_.fail(item.unexpected("a model"));
                return names;
            }
            for (const auto& [key, value] : item.entries())
                if (key != "model") notes_.warn(value, "not supported, has no effect");
        }
        auto text = name->as_text();
        if (text.has_error()) {
            notes_.fail(text.error());
            return names;
        }
        references_.push_back(reference{name, *text, reference::role::target});
        names.push_back(std::move(*text));
    }
    return names;
}

LLMX_DECL void policy_reader::read_aliases(const setting* map) {
    if (map == nullptr) return;
    if (!map->is_map()) return notes_.fail(map->unexpected("a map from aliases to models"));
    for (const auto& [alias, value] : map->entries()) {
        const setting* name = &value;
        if (value.is_map()) {
            section fields(&value, notes_);
            name = fields.find("model");
            if (bool hidden = false; fields.flag("hidden", hidden) && hidden)
                notes_.warn(*value.find("hidden"), "not supported, the alias is listed");
            fields.finish();
            if (name == nullptr)
                return notes_.fail(
                    error(errc::bad_configuration,
                          value.where("model") + "missing; expected the model that the alias stands for"));
        }
        auto text = name->as_text();
        if (text.has_error()) return notes_.fail(text.error());
        references_.push_back(reference{name, *text, reference::role::alias});
        into_.aliases.emplace_back(alias, std::move(*text));
    }
}

LLMX_DECL void policy_reader::check_name(const setting& at, std::string_view name,
                                         const std::vector<deployment>& deployments, bool must_exist) {
    std::vector<std::string_view> known;
    for (const deployment& d : deployments) {
        const std::string_view group = d.model_group;
        if (group == name || d.id == name) return;
        if (group.ends_with('*') && name.size() >= group.size() && name.starts_with(group.substr(0, group.size() - 1)))
            return;
        if (!group.ends_with('*')) known.push_back(group);
    }
    for (const auto& [alias, group] : into_.aliases) {
        if (alias == name) return;
        known.push_back(alias);
    }
    std::string what = "no model of model_list is called " + at.quoted(name);
    if (const auto meant = closest_name(name, known); !meant.empty())
        what += "; did you mean '" + std::string(meant) + "'?";
    if (must_exist) notes_.fail(at.wrong(what));
    else notes_.warn(at, what);
}

} // namespace llmx::inline v0::detail
