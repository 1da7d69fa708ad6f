// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/dialects/gemini/detail/schema_writer.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace llmx::inline LLMX_ABI::detail {

/// Keywords whose loss does not change a model's answer.
LLMX_DECL [[nodiscard]] bool schema_keyword_is_harmless(std::string_view key, const boost::json::value& v) {
    static constexpr std::array<std::string_view, 17> names = {
        "$schema", "$id",         "$comment",         "$defs",         "definitions", "$anchor",
        "strict",  "deprecated",  "readOnly",         "writeOnly",     "examples",    "nullable",
        "title",   "description", "propertyOrdering", "discriminator", "default"};
    if (std::find(names.begin(), names.end(), key) != names.end()) return true;
    return key == "additionalProperties" && v.is_bool();
}

/// Whether a keyword restricts values of \p type.
LLMX_DECL [[nodiscard]] bool schema_keyword_fits(std::string_view key, std::string_view type) noexcept {
    if (key == "properties" || key == "required" || key == "minProperties" || key == "maxProperties" ||
        key == "propertyOrdering")
        return type == "OBJECT";
    if (key == "minItems" || key == "maxItems") return type == "ARRAY";
    if (key == "minLength" || key == "maxLength" || key == "pattern") return type == "STRING";
    if (key == "minimum" || key == "maximum") return type == "INTEGER" || type == "NUMBER";
    return true;
}

LLMX_DECL [[nodiscard]] bool schema_format_known(std::string_view format, std::string_view type) noexcept {
    if (type == "STRING") return format == "date-time" || format == "enum";
    if (type == "INTEGER") return format == "int32" || format == "int64";
    return type == "NUMBER" && (format == "float" || format == "double");
}

LLMX_DECL void gemini_schema_writer::head(std::string_view type, const annotations& around) {
    w_.member("type", type);
    if (around.nullable) w_.member("nullable", true);
    if (!around.description.empty()) w_.member("description", around.description);
}

LLMX_DECL void gemini_schema_writer::anything(const annotations& around) {
    // The server refuses a node without a type, and describes only allowed values.
    lossy_ = true;
    w_.object().key("anyOf").array();
    for (const std::string_view type : {"STRING", "NUMBER", "BOOLEAN"}) {
        w_.object();
        head(type, around);
        w_.end_object();
    }
    w_.end_array().end_object();
}

LLMX_DECL void gemini_schema_writer::several_types(const view& s, const std::vector<std::string_view>& types,
                                                   const annotations& around) {
    w_.object().key("anyOf").array();
    for (const std::string_view type : types) typed(s, type, around, true);
    w_.end_array().end_object();
}

LLMX_DECL std::string gemini_schema_writer::description_of(const view& s, std::string_view type,
                                                           const annotations& around) const {
    std::string text(around.description);
    if (text.empty())
        if (const auto* d = s.if_contains("description"); d != nullptr && d->is_string())
            text.assign(d->get_string().data(), d->get_string().size());
    if (type == "STRING") return text;
    // Enums hold strings only: other values are written into the description.
    std::string values;
    const auto add = [&values](const value& v) {
        if (v.is_null()) return;
        if (!values.empty()) values += ", ";
        append_json(values, v);
    };
    if (const auto* c = s.if_contains("const")) add(*c);
    if (const auto* e = s.if_contains("enum"); e != nullptr && e->is_array())
        for (const auto& v : e->get_array()) add(v);
    if (values.empty()) return text;
    if (!text.empty()) text += ' ';
    text += "(one of ";
    text += values;
    text += ')';
    return text;
}

LLMX_DECL void gemini_schema_writer::typed(const view& s, std::string_view type, const annotations& around,
                                           bool only_type) {
    annotations own = around;
    const std::string description = description_of(s, type, around);
    own.description = description;
    w_.object();
    bool described = false;
    if (!s.contains("type")) {
        head(type, own);
        described = true;
    }
    s.each([&](std::string_view key, const value& v) {
        if (key == "type") {
            // The description keeps its place when the schema has one of its own.
            annotations first = own;
            if (s.contains("description"))
                first.description = {};
            else
                described = true;
            head(type, first);
        } else if (key == "description") {
            if (!described && !description.empty()) w_.member("description", description);
            described = true;
        } else if (!only_type || schema_keyword_fits(key, type)) {
            member(s, key, v, type);
        }
    });
    if (type == "ARRAY" && !s.contains("items") && !s.contains("prefixItems")) items(s);
    w_.end_object();
}

LLMX_DECL void gemini_schema_writer::member(const view& s, std::string_view key, const value& v,
                                            std::string_view type) {
    if (key == "enum" || key == "const") {
        if (key == "enum" || !s.contains("enum")) enumeration(s, type);
    } else if (key == "items" || key == "prefixItems") {
        if (type != "ARRAY")
            lossy_ = true;
        else if (key == "items" || !s.contains("items"))
            items(s);
    } else if (!schema_keyword_fits(key, type)) {
        lossy_ = true;
    } else if (key == "properties" && v.is_object()) {
        w_.key("properties").object();
        s.each_property(v.get_object(), [this](std::string_view name, const value& schema) {
            w_.key(name);
            node(schema, annotations());
        });
        w_.end_object();
    } else if (key == "required" && v.is_array()) {
        bool open = false;
        spend(v.get_array().size());
        s.each_required(v.get_array(), [&](const value& r) {
            const auto* name = r.if_string();
            if (name == nullptr || !s.has_property(*name)) return;
            if (!open) w_.key("required").array();
            open = true;
            w_.value(std::string_view(*name));
        });
        if (open) w_.end_array();
    } else if (key == "format") {
        if (v.is_string() && schema_format_known(v.get_string(), type))
            w_.member(key, std::string_view(v.get_string()));
        else
            lossy_ = true;
    } else if (key == "title" || key == "pattern") {
        if (v.is_string()) w_.member(key, std::string_view(v.get_string()));
    } else if (key == "minimum" || key == "maximum" || key == "minItems" || key == "maxItems" || key == "minLength" ||
               key == "maxLength" || key == "minProperties" || key == "maxProperties") {
        if (v.is_number() || v.is_string()) w_.raw_member(key, json_text(v));
    } else if ((key == "exclusiveMinimum" || key == "exclusiveMaximum") && type == "INTEGER" && v.is_int64()) {
        const bool low = key == "exclusiveMinimum";
        using limits = std::numeric_limits<std::int64_t>;
        if (v.get_int64() == (low ? limits::max() : limits::min()))
            lossy_ = true; // no number is beyond it
        else if (!s.contains(low ? "minimum" : "maximum"))
            w_.member(low ? "minimum" : "maximum", low ? v.get_int64() + 1 : v.get_int64() - 1);
    } else if (key == "default" || key == "example" || key == "propertyOrdering") {
        w_.raw_member(key, json_text(v));
    } else if (!schema_keyword_is_harmless(key, v)) {
        lossy_ = true;
    }
}

LLMX_DECL void gemini_schema_writer::enumeration(const view& s, std::string_view type) {
    if (type != "STRING") {
        lossy_ = true;
        return;
    }
    bool open = false;
    const auto add = [&](const value& v) {
        if (v.is_null()) return;
        std::string text = v.is_string() ? std::string(std::string_view(v.get_string())) : json_text(v);
        if (text.empty()) { // refused by the server
            lossy_ = true;
            return;
        }
        if (!open) w_.key("enum").array();
        open = true;
        w_.value(text);
    };
    if (const auto* e = s.if_contains("enum"); e != nullptr && e->is_array()) {
        for (const auto& v : e->get_array()) add(v);
    } else if (const auto* c = s.if_contains("const")) {
        add(*c);
    }
    if (open) w_.end_array();
}

LLMX_DECL void gemini_schema_writer::items(const view& s) {
    const auto* one = s.if_contains("items");
    const auto* tuple = s.if_contains("prefixItems");
    if (tuple == nullptr && one != nullptr && one->is_array()) tuple = one;
    if (tuple != nullptr && tuple->is_array() && !tuple->get_array().empty()) {
        // The message has no tuples: any of the places' schemas at any place.
        lossy_ = true;
        const auto& places = tuple->get_array();
        w_.key("items");
        if (places.size() == 1) return node(places.front(), annotations());
        w_.object().key("anyOf").array();
        for (const auto& p : places) node(p, annotations());
        w_.end_array().end_object();
        return;
    }
    w_.key("items");
    if (one != nullptr && one->is_object()) return node(*one, annotations());
    lossy_ = true;
    w_.object().member("type", "STRING").end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
