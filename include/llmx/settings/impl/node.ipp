// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/model_pattern.hpp>
#include <llmx/settings/detail/node.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_INLINE settings_reader::shape settings_node::what() const noexcept {
    if (value_ == nullptr) return shape::missing;
    return value_->is_map() ? shape::map : value_->is_list() ? shape::list : shape::scalar;
}

LLMX_DECL settings_node& settings_node::add(const setting* value, std::string key) {
    settings_node& child = *children_.emplace_back(std::make_unique<settings_node>(nullptr, scope_));
    child.value_ = value;
    child.parent_ = this;
    child.key_ = std::move(key);
    return child;
}

LLMX_INLINE settings_node& settings_node::at(std::string_view key) {
    for (const auto& child : children_)
        if (child->key_ == key) return *child;
    if (value_ != nullptr && !value_->is_map() && !std::exchange(complained_, true)) unexpected("a map");
    read_as_map_ = true;
    return add(value_ != nullptr ? given_value(value_->find(key)) : nullptr, std::string(key));
}

LLMX_DECL settings_node& settings_node::first_of(std::initializer_list<std::string_view> keys) {
    settings_node* found = nullptr;
    for (const std::string_view key : keys)
        if (settings_node& child = at(key); found == nullptr || (!found->given() && child.given())) found = &child;
    return *found;
}

LLMX_INLINE std::size_t settings_node::size() const noexcept {
    if (value_ == nullptr) return 0;
    return value_->is_map() ? value_->entries().size() : value_->items().size();
}

LLMX_INLINE settings_node& settings_node::item(std::size_t index) {
    if (!value_->is_map()) return add(&value_->items()[index], std::string());
    const setting::entry& entry = value_->entries()[index];
    for (const auto& child : children_)
        if (child->value_ == &entry.second) return *child;
    // A null in a place where something is listed is a value, and a wrong one.
    return add(&entry.second, entry.first);
}

LLMX_INLINE settings_node& settings_node::variable(std::string_view name) {
    auto found = scope_.env ? scope_.env(name) : std::nullopt;
    if (!found || found->empty()) return add(nullptr, key_);
    auto made = std::make_unique<setting>(setting::kind::scalar, nullptr, 0);
    made->set_text(std::move(*found), false);
    // Messages name the variable and do not show its value.
    made->came_from(std::string(name), where());
    settings_node& child = add(made.get(), key_);
    child.from_variable_ = std::move(made);
    return child;
}

LLMX_INLINE bool settings_node::flag(bool& into) { return value_ != nullptr && take(*value_, value_->as_bool(), into); }

LLMX_INLINE bool settings_node::whole(std::uint64_t& into, std::uint64_t least, std::uint64_t most) {
    return value_ != nullptr && take(*value_, value_->as_whole_number(least, most), into);
}

LLMX_INLINE bool settings_node::number(double& into, double least, double most) {
    return value_ != nullptr && take(*value_, value_->as_number(least, most), into);
}

LLMX_INLINE bool settings_node::seconds(duration& into, bool zero_allowed) {
    std::chrono::nanoseconds time{};
    if (value_ == nullptr || !take(*value_, value_->as_seconds(zero_allowed), time)) return false;
    into = std::chrono::duration_cast<duration>(time);
    return true;
}

LLMX_INLINE bool settings_node::text(std::string& into) { return value_ != nullptr && take(*value_, value_->as_text(), into); }

LLMX_INLINE bool settings_node::texts(std::vector<std::string>& into) {
    if (value_ == nullptr) return false;
    if (!value_->is_list()) {
        unexpected("a list of texts");
        return false;
    }
    std::vector<std::string> all;
    bool good = true;
    for (const setting& one : value_->items()) good &= take(one, one.as_text(), all.emplace_back());
    if (good) into = std::move(all);
    return good;
}

LLMX_DECL std::string settings_node::where() const {
    if (value_ != nullptr) return value_->where();
    return parent_ != nullptr ? parent_->where_below(key_) : std::string();
}

LLMX_DECL std::string settings_node::where_below(const std::string& path) const {
    if (value_ != nullptr) return value_->where(path);
    if (parent_ == nullptr) return path + ": ";
    return parent_->where_below(key_.empty() ? path : key_ + "." + path);
}

LLMX_INLINE void settings_node::fail(std::string_view what) { scope_.notes.fail(where() + line_of(what)); }

LLMX_DECL std::string settings_node::line_of(std::string_view what) const {
    std::string text(what);
    return settings_line(value_ != nullptr ? value_->without_values(std::move(text)) : text);
}

LLMX_INLINE void settings_node::unexpected(std::string_view expected) {
    if (value_ != nullptr) scope_.notes.fail(value_->unexpected(expected));
    else fail("expected " + std::string(expected));
}

LLMX_INLINE void settings_node::warn(std::string_view what) {
    scope_.notes.warnings.push_back(where() + line_of(what));
}

LLMX_INLINE void settings_node::lack(std::string_view what, std::string_view otherwise) {
    if (scope_.strict) fail(what);
    else warn(std::string(what) + "; " + std::string(otherwise));
}

LLMX_DECL void settings_node::report_variable(const setting& from, const error& e) {
    const std::string place = from.where(), text = e.message();
    const std::string why = text.substr(text.starts_with(place) ? place.size() : 0);
    scope_.lack(place, why, why);
}

LLMX_INLINE std::string settings_node::quoted(std::string_view name) const {
    return value_ != nullptr ? value_->quoted(name) : settings_quote(name);
}

LLMX_INLINE void settings_node::check_model(std::string_view name, bool must_exist) {
    const settings_names& all = scope_.names;
    std::vector<std::string_view> known;
    // A name with a "*" is for all names that it matches.
    for (const std::string& group : all.groups) {
        if (group == name || may_overlap(name, group)) return;
        if (!is_pattern(group)) known.push_back(group);
    }
    for (const std::string& alias : all.aliases) known.push_back(alias);
    const auto is = [name](std::string_view one) { return one == name; };
    if (std::any_of(known.begin(), known.end(), is) || std::any_of(all.ids.begin(), all.ids.end(), is)) return;
    std::string what = "no model of model_list is called " + quoted(name);
    if (const auto meant = closest_name(name, known); !meant.empty())
        what += "; did you mean '" + std::string(meant) + "'?";
    // A model whose name could not be read may be the one that is missing.
    if (!all.complete) return;
    if (must_exist) fail(what);
    else warn(what);
}

LLMX_DECL void settings_node::finish() {
    if (value_ != nullptr && value_->is_map() && read_as_map_) {
        std::vector<std::string_view> asked;
        for (const auto& child : children_) asked.push_back(child->key_);
        for (const auto& [key, value] : value_->entries()) {
            const auto is = [&unread = key](std::string_view name) { return name == unread; };
            if (std::any_of(asked.begin(), asked.end(), is)) continue;
            if (std::any_of(foreign_.begin(), foreign_.end(), is)) {
                scope_.notes.warn(value, "not supported, has no effect");
                continue;
            }
            std::string_view meant = closest_name(key, asked);
            if (meant.empty()) meant = closest_name(key, foreign_);
            scope_.notes.warn(value, meant.empty() ? std::string("unknown key, ignored")
                                                   : "unknown key, ignored; did you mean '" + std::string(meant) + "'?");
        }
    }
    for (const auto& child : children_) child->finish();
}

} // namespace llmx::inline LLMX_ABI::detail
