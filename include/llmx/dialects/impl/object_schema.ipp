// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/object_schema.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::array<std::string_view, 3> object_schema_alternatives = {"allOf", "anyOf", "oneOf"};

/// The schema that \p v is, or refers to within \p root; null when it is none.
LLMX_DECL [[nodiscard]] const boost::json::object* object_schema_target(const boost::json::value& v, const boost::json::object& root) {
    const boost::json::object* const o = v.if_object();
    if (o == nullptr) return nullptr;
    const boost::json::value* const ref = o->if_contains("$ref");
    if (ref == nullptr || !ref->is_string()) return o;
    std::string_view name(ref->get_string());
    for (const std::string_view place : {"#/$defs/", "#/definitions/"}) {
        if (!name.starts_with(place)) continue;
        const boost::json::value* const all = root.if_contains(place.substr(2, place.size() - 3));
        const boost::json::value* const one = all != nullptr && all->is_object() ? all->get_object().if_contains(name.substr(place.size())) : nullptr;
        return one != nullptr ? one->if_object() : nullptr;
    }
    return nullptr;
}

/// The names in `required` of \p schema.
LLMX_DECL [[nodiscard]] std::set<std::string, std::less<>> object_schema_required(const boost::json::object& schema) {
    std::set<std::string, std::less<>> names;
    if (const boost::json::value* const list = schema.if_contains("required"); list != nullptr && list->is_array())
        for (const boost::json::value& one : list->get_array())
            if (one.is_string()) names.emplace(one.get_string());
    return names;
}

/// Moves the properties of the alternatives \p list to \p root; \p all: all of them hold at once.
LLMX_DECL void object_schema_merge(const boost::json::array& list, bool all, const boost::json::object& original, boost::json::object& root) {
    std::set<std::string, std::less<>> required = object_schema_required(root), common;
    bool first = true;
    boost::json::value& properties = root["properties"];
    if (!properties.is_object()) properties = boost::json::object();
    for (const boost::json::value& one : list) {
        const boost::json::object* const branch = object_schema_target(one, original);
        if (branch == nullptr) {
            common.clear();
            first = false;
            continue;
        }
        if (const boost::json::value* const more = branch->if_contains("properties"); more != nullptr && more->is_object())
            for (const auto& p : more->get_object()) properties.get_object().emplace(p.key(), p.value());
        std::set<std::string, std::less<>> needed = object_schema_required(*branch);
        if (all) {
            required.merge(needed);
        } else if (std::exchange(first, false)) {
            common = std::move(needed);
        } else {
            std::erase_if(common, [&needed](const std::string& name) { return !needed.contains(name); });
        }
    }
    required.merge(common);
    std::erase_if(required, [&properties](const std::string& name) { return !properties.get_object().contains(name); });
    root.erase("required");
    if (required.empty()) return;
    boost::json::array names;
    for (const std::string& name : required) names.emplace_back(name);
    root["required"] = std::move(names);
}

LLMX_DECL std::optional<std::string> as_object_schema(std::string_view schema) {
    bool concerned = false, object = true;
    const result<void> read = scan_json_members(schema, [&](const json_member& m) {
        if (m.named("type")) {
            object = m.value == "\"object\"" || is_json_null(m.value) || (m.value.starts_with('[') && m.value.find("\"object\"") != std::string_view::npos);
            concerned = concerned || m.value != "\"object\"";
        }
        for (const std::string_view key : object_schema_alternatives) concerned = concerned || m.named(key);
    });
    if (read.has_error() || !concerned || !object) return std::nullopt;
    auto parsed = parse_json_object(schema);
    if (parsed.has_error()) return std::nullopt;
    const boost::json::object original = *parsed;
    boost::json::object& root = *parsed;
    root["type"] = "object";
    for (const std::string_view key : object_schema_alternatives) {
        const boost::json::value* const list = original.if_contains(key);
        if (list == nullptr) continue;
        root.erase(key);
        if (list->is_array()) object_schema_merge(list->get_array(), key == "allOf", original, root);
    }
    return json_text(root);
}

} // namespace llmx::inline LLMX_ABI::detail
