// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/schema.hpp>

#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <charconv>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void write_json_schema(json_writer& w, const boost::json::value& v);

LLMX_DECL void write_json_schema(json_writer& w, const boost::json::object& s) {
    const auto* n = find_json_member(s, "nullable", json_naming::proto);
    const bool nullable = n != nullptr && n->is_bool() && n->get_bool();
    const auto* type = find_json_member(s, "type", json_naming::proto);
    const bool has_type = type != nullptr && type->is_string();
    w.object();
    for (const auto& m : s) {
        const std::string key = camel_member_name(m.key());
        const auto& v = m.value();
        if (key == "nullable" && v.is_bool()) continue;
        if (key == "type" && v.is_string()) {
            std::string name;
            for (const char c : std::string_view(v.get_string()))
                name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            if (name == "type_unspecified") continue;
            w.key("type");
            if (nullable && name != "null")
                w.array().value(name).value("null").end_array();
            else
                w.value(name);
        } else if (key == "format" && v.is_string() && v.get_string() == "enum") {
            continue; // redundant beside the enum
        } else if (key == "enum" && v.is_array()) {
            w.key("enum").array();
            for (const auto& e : v.get_array()) w.raw(json_text(e));
            if (nullable) w.null();
            w.end_array();
        } else if (key == "anyOf" && v.is_array()) {
            w.key("anyOf").array();
            for (const auto& b : v.get_array()) write_json_schema(w, b);
            if (nullable && !has_type) w.object().member("type", "null").end_object();
            w.end_array();
        } else if (key == "properties" && v.is_object()) {
            w.key("properties").object();
            for (const auto& p : v.get_object()) {
                w.key(p.key());
                write_json_schema(w, p.value());
            }
            w.end_object();
        } else if (key == "items") {
            w.key("items");
            write_json_schema(w, v);
        } else if ((key == "minItems" || key == "maxItems" || key == "minLength" || key == "maxLength" ||
                    key == "minProperties" || key == "maxProperties") &&
                   v.is_string()) {
            // proto3 writes 64-bit numbers as strings.
            const std::string_view digits = v.get_string();
            std::int64_t count = 0;
            const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), count).ptr;
            if (end == digits.data() + digits.size()) w.member(key, count);
        } else {
            w.raw_member(key, json_text(v));
        }
    }
    w.end_object();
}

LLMX_DECL void write_json_schema(json_writer& w, const boost::json::value& v) {
    if (const auto* o = v.if_object())
        write_json_schema(w, *o);
    else
        w.raw(json_text(v));
}

} // namespace detail

LLMX_DECL void append_json_schema(std::string& out, const boost::json::object& gemini_schema) {
    json_writer w(out);
    detail::write_json_schema(w, gemini_schema);
}

} // namespace llmx::inline LLMX_ABI
