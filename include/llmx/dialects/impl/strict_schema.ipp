// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/strict_schema.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Closes the objects of \p schema that are at most \p levels deep; false when one of them cannot be closed.
LLMX_DECL [[nodiscard]] bool close_strict_objects(boost::json::value& schema, int levels) {
    boost::json::object* const o = schema.if_object();
    if (o == nullptr || levels == 0) return false;
    const auto closes = [levels](boost::json::value& one) { return close_strict_objects(one, levels - 1); };
    // Of a member that has schemas in it, all have to be closed.
    for (const std::string_view lists : {"anyOf", "oneOf", "allOf", "prefixItems"})
        if (boost::json::value* const list = o->if_contains(lists)) {
            if (!list->is_array() || !std::all_of(list->get_array().begin(), list->get_array().end(), closes)) return false;
        }
    for (const std::string_view maps : {"properties", "$defs", "definitions"})
        if (boost::json::value* const map = o->if_contains(maps)) {
            if (!map->is_object()) return false;
            for (auto& m : map->get_object())
                if (!closes(m.value())) return false;
        }
    if (boost::json::value* const items = o->if_contains("items"); items != nullptr && !closes(*items)) return false;
    const boost::json::value* const type = o->if_contains("type");
    const bool is_object = type != nullptr && type->is_string() && type->get_string() == "object";
    if (!is_object && !o->contains("properties")) return true;
    const boost::json::value* const properties = o->if_contains("properties");
    const boost::json::value* const required = o->if_contains("required");
    if (properties == nullptr || properties->get_object().empty() || required == nullptr || !required->is_array()) return false;
    std::set<std::string_view> named;
    for (const boost::json::value& one : required->get_array())
        if (one.is_string()) named.emplace(one.get_string());
    for (const auto& m : properties->get_object())
        if (!named.contains(m.key())) return false;
    boost::json::value& more = (*o)["additionalProperties"];
    if (!more.is_null() && more != boost::json::value(false)) return false;
    more = false;
    return true;
}

LLMX_DECL bool close_strict_schema(std::string& schema) {
    constexpr int most_levels = 32;
    result<boost::json::value> read = parse_json(schema);
    if (!read || !close_strict_objects(*read, most_levels)) return false;
    schema = json_text(*read);
    return true;
}

} // namespace llmx::inline LLMX_ABI::detail
