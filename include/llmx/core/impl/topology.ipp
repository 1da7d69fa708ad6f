// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/core/topology.hpp>

#include <algorithm>
#include <cmath>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<std::shared_ptr<const topology>>
topology::make(std::vector<deployment> deployments, std::vector<std::pair<std::string, std::string>> aliases,
               std::vector<unserved_model> unserved) {
    std::shared_ptr<topology> made(new topology);
    made->deployments_ = std::move(deployments);
    for (std::size_t i = 0; i < made->deployments_.size(); ++i) {
        deployment& d = made->deployments_[i];
        d.index = i;
        if (d.id.empty()) return error(errc::bad_configuration, "deployment " + std::to_string(i) + " has no id");
        if (d.model_group.empty())
            return error(errc::bad_configuration, "deployment '" + d.id + "' names no model group");
        if (d.model.empty()) return error(errc::bad_configuration, "deployment '" + d.id + "' names no model");
        if (!std::isfinite(d.weight) || d.weight < 0)
            return error(errc::bad_configuration, "deployment '" + d.id + "': weight must be 0 or more");
    }
    for (const deployment& d : made->deployments_) {
        model_group pin;
        pin.name = d.id;
        pin.members.push_back(&d);
        if (!made->pins_.emplace(d.id, std::move(pin)).second)
            return error(errc::bad_configuration, "two deployments have the id '" + d.id + "'");
        model_group* group = nullptr;
        if (const std::size_t star = d.model_group.find('*'); star != std::string::npos) {
            if (stars_of(d.model_group) > pattern_parts::most)
                return error(errc::bad_configuration, "model group '" + d.model_group + "' has more than " +
                                                          std::to_string(pattern_parts::most) + " \"*\"");
            for (auto& w : made->wildcards_)
                if (w.members.front()->model_group == d.model_group) group = &w;
            if (group == nullptr) {
                group = &made->wildcards_.emplace_back();
                group->name = d.model_group.substr(0, star);
                group->wildcard = true;
                if (star + 1 != d.model_group.size()) group->pattern = d.model_group;
            }
        } else {
            group = &made->groups_[d.model_group];
            group->name = d.model_group;
        }
        group->members.push_back(&d);
    }
    const auto by_order = [](const deployment* a, const deployment* b) { return a->order < b->order; };
    for (auto& [name, g] : made->groups_) detail::sort_stably(g.members.begin(), g.members.end(), by_order);
    for (auto& w : made->wildcards_) detail::sort_stably(w.members.begin(), w.members.end(), by_order);
    // The longest first, so the first match is the most specific.
    detail::sort_stably(made->wildcards_.begin(), made->wildcards_.end(), [](const model_group& a, const model_group& b) {
        return literal_size(a.members.front()->model_group) > literal_size(b.members.front()->model_group);
    });
    for (std::size_t i = 0; i < made->wildcards_.size(); ++i)
        for (const deployment* const d : made->wildcards_[i].members)
            for (const std::string& name : d->other_names) {
                if (!name.ends_with('*')) made->other_names_.emplace(name, i);
                else made->other_prefixes_.emplace_back(name.substr(0, name.size() - 1), i);
            }
    detail::sort_stably(made->other_prefixes_.begin(), made->other_prefixes_.end(),
                        [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    made->unserved_ = std::move(unserved);
    detail::sort_stably(made->unserved_.begin(), made->unserved_.end(), [](const unserved_model& a, const unserved_model& b) {
        return is_pattern(a.name) != is_pattern(b.name) ? is_pattern(b.name) : literal_size(a.name) > literal_size(b.name);
    });
    for (auto& [alias, group] : aliases) {
        if (made->groups_.find(group) == made->groups_.end()) {
            if (const unserved_model* const none = made->find_unserved(group); none != nullptr) {
                made->unserved_.insert(made->unserved_.begin(), unserved_model(std::move(alias), none->why));
                continue;
            }
            return error(errc::bad_configuration, "alias '" + alias + "' names the unknown model group '" + group + "'");
        }
        made->aliases_.emplace(std::move(alias), std::move(group));
    }
    return std::shared_ptr<const topology>(std::move(made));
}

LLMX_DECL const model_group* topology::find(std::string_view model) const noexcept {
    if (const auto g = groups_.find(model); g != groups_.end()) return &g->second;
    if (const auto a = aliases_.find(model); a != aliases_.end()) return &groups_.find(a->second)->second;
    // Before the wildcards, "*" among them, so that no group can take the place of the deployment.
    constexpr std::string_view pin_word = "deployment:";
    if (model.starts_with(pin_word))
        if (const auto p = pins_.find(model.substr(pin_word.size())); p != pins_.end()) return &p->second;
    // "openai/*" is the name of a group and of no model at the provider.
    if (model.find('*') == std::string_view::npos) {
        for (const auto& w : wildcards_)
            if (model.size() > w.name.size() && model.starts_with(w.name) && (w.pattern.empty() || match_pattern(w.pattern, model)))
                return &w;
        if (const auto o = other_names_.find(model); o != other_names_.end()) return &wildcards_[o->second];
        for (const auto& [prefix, group] : other_prefixes_)
            if (model.size() > prefix.size() && model.starts_with(prefix)) return &wildcards_[group];
    }
    if (const auto p = pins_.find(model); p != pins_.end()) return &p->second;
    return nullptr;
}

LLMX_DECL const unserved_model* topology::find_unserved(std::string_view model) const noexcept {
    for (const unserved_model& m : unserved_) {
        if (m.name == model || match_pattern(m.name, model)) return &m;
    }
    return nullptr;
}

LLMX_DECL std::vector<std::string_view> topology::model_names() const {
    std::vector<std::string_view> names;
    for (const auto& [name, g] : groups_) names.push_back(name);
    for (const auto& [alias, g] : aliases_) names.push_back(alias);
    std::sort(names.begin(), names.end());
    return names;
}

LLMX_DECL std::vector<std::string_view> topology::wildcard_names() const {
    std::vector<std::string_view> names;
    for (const auto& w : wildcards_) names.push_back(w.members.front()->model_group);
    return names;
}

} // namespace llmx::inline LLMX_ABI
