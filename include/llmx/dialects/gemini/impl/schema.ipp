// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/schema.hpp>

#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/dialects/gemini/detail/schema_writer.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool schema_is_null(const boost::json::value& v) {
    const auto* o = v.if_object();
    if (o == nullptr) return false;
    if (const auto* t = o->if_contains("type"))
        return t->is_string() && (t->get_string() == "null" || t->get_string() == "NULL");
    const auto* c = o->if_contains("const");
    return c != nullptr && c->is_null();
}

LLMX_DECL [[nodiscard]] std::string_view schema_type_name(std::string_view type) noexcept {
    struct pair {
        std::string_view json, google;
    };
    static constexpr pair types[] = {{"string", "STRING"},   {"number", "NUMBER"}, {"integer", "INTEGER"},
                                     {"boolean", "BOOLEAN"}, {"array", "ARRAY"},   {"object", "OBJECT"},
                                     {"null", "NULL"}};
    for (const auto& t : types)
        if (type == t.json || type == t.google) return t.google;
    return {};
}

LLMX_DECL [[nodiscard]] std::string_view schema_type_of_value(const boost::json::value& v) noexcept {
    if (v.is_string()) return "STRING";
    if (v.is_bool()) return "BOOLEAN";
    if (v.is_int64() || v.is_uint64()) return "INTEGER";
    if (v.is_double()) return "NUMBER";
    if (v.is_array()) return "ARRAY";
    return v.is_object() ? std::string_view("OBJECT") : std::string_view("NULL");
}

/// The only type that a schema without one can mean; empty when nothing determines it.
LLMX_DECL [[nodiscard]] std::string_view schema_inferred_type(const gemini_schema_view& s) {
    if (const auto* c = s.if_contains("const")) return schema_type_of_value(*c);
    if (const auto* e = s.if_contains("enum"); e != nullptr && e->is_array()) {
        std::string_view type;
        for (const auto& v : e->get_array()) {
            if (v.is_null()) continue;
            const std::string_view t = schema_type_of_value(v);
            if (type.empty())
                type = t;
            else if (type != t)
                return "STRING";
        }
        if (!type.empty()) return type;
    }
    for (const std::string_view k : {"properties", "required", "additionalProperties", "minProperties"})
        if (s.contains(k)) return "OBJECT";
    for (const std::string_view k : {"items", "prefixItems", "minItems", "maxItems"})
        if (s.contains(k)) return "ARRAY";
    for (const std::string_view k : {"pattern", "minLength", "maxLength", "format"})
        if (s.contains(k)) return "STRING";
    for (const std::string_view k : {"minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"})
        if (s.contains(k)) return "NUMBER";
    return {};
}

/// Whether every branch is a set of strings, as zod and pydantic write unions of literals.
LLMX_DECL [[nodiscard]] bool schema_branches_are_literals(const boost::json::array& branches) {
    bool any = false;
    for (const auto& b : branches) {
        if (schema_is_null(b)) continue;
        const auto* o = b.if_object();
        if (o == nullptr || o->contains("$ref")) return false;
        const auto* c = o->if_contains("const");
        if (c == nullptr || !c->is_string()) return false;
        any = true;
    }
    return any;
}

LLMX_DECL bool gemini_schema_writer::active(const object* target) const noexcept {
    return open_.size() >= max_open || std::find(open_.begin(), open_.end(), target) != open_.end();
}

LLMX_DECL const boost::json::object* gemini_schema_writer::resolve(const value& ref) const {
    const auto* s = ref.if_string();
    if (s == nullptr || s->empty() || s->front() != '#') return nullptr;
    // RFC 6901 in a URI fragment; percent escapes do not occur in names worth having.
    std::string_view pointer(s->data() + 1, s->size() - 1);
    const object* at = &root_;
    while (!pointer.empty()) {
        if (pointer.front() != '/') return nullptr;
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        std::string token;
        for (std::size_t i = 0; i < end; ++i) {
            if (pointer[i] == '~' && i + 1 < end)
                token += pointer[++i] == '1' ? '/' : '~';
            else
                token += pointer[i];
        }
        const auto* next = at->if_contains(token);
        if (next == nullptr || !next->is_object()) return nullptr;
        at = &next->get_object();
        pointer.remove_prefix(end);
    }
    return at;
}

LLMX_DECL void gemini_schema_writer::node(const value& v, const annotations& around) {
    if (const auto* o = v.if_object()) return node(view(*o), around);
    anything(around); // true, false or no schema at all
}

LLMX_DECL void gemini_schema_writer::node(const view& s, annotations around) {
    spend(1 + s.size());
    if (too_large_ || out_.size() - start_ > most_) {
        too_large_ = true;
        w_.object().end_object();
        return;
    }
    if (const auto* n = s.if_contains("nullable"); n != nullptr && n->is_bool() && n->get_bool())
        around.nullable = true;
    if (const auto* ref = s.if_contains("$ref")) return reference(s, *ref, around);
    if (const auto* all = s.if_contains("allOf"); all != nullptr && all->is_array()) return merged(s, around);
    if (alternatives(s, around)) return;

    std::vector<std::string_view> types;
    if (const auto* t = s.if_contains("type")) {
        if (const auto* one = t->if_string()) types.push_back(schema_type_name(*one));
        if (const auto* several = t->if_array()) {
            spend(several->size());
            for (const auto& e : *several)
                if (const auto* name = e.if_string())
                    if (const auto one = schema_type_name(*name); std::find(types.begin(), types.end(), one) == types.end())
                        types.push_back(one);
        }
        std::erase(types, std::string_view());
        if (types.size() > 1) {
            const auto kept = std::remove(types.begin(), types.end(), std::string_view("NULL"));
            if (kept != types.end()) {
                around.nullable = true;
                types.erase(kept, types.end());
            }
        }
    }
    if (types.empty()) {
        const std::string_view guess = schema_inferred_type(s);
        if (guess.empty()) {
            if (const auto* d = s.if_contains("description"); d != nullptr && around.description.empty())
                if (const auto* text = d->if_string()) around.description = *text;
            return anything(around);
        }
        types.push_back(guess);
    }
    if (const auto* e = s.if_contains("enum"); e != nullptr && e->is_array()) {
        spend(e->get_array().size());
        for (const auto& v : e->get_array())
            if (v.is_null() && types.front() != "NULL") around.nullable = true;
    }
    if (types.size() == 1)
        typed(s, types.front(), around, false);
    else
        several_types(s, types, around);
}

LLMX_DECL void gemini_schema_writer::reference(const view& s, const value& ref, const annotations& around) {
    annotations inner = around;
    if (const auto* d = s.if_contains("description"); d != nullptr && inner.description.empty())
        if (const auto* text = d->if_string()) inner.description = *text;
    if (const auto* pointer = ref.if_string()) spend(pointer->size());
    const object* target = resolve(ref);
    if (target == nullptr) return anything(inner);
    if (active(target)) {
        lossy_ = true;
        w_.object();
        head("OBJECT", inner);
        w_.end_object();
        return;
    }
    open_.push_back(target);
    node(view(*target), inner);
    open_.pop_back();
}

LLMX_DECL void gemini_schema_writer::merge_into(gemini_schema_parts& whole, const view& from) {
    spend(1 + from.size());
    // The active targets keep lists that lead back into themselves finite.
    if (const auto* ref = from.if_contains("$ref")) {
        if (const auto* pointer = ref->if_string()) spend(pointer->size());
        const object* target = resolve(*ref);
        if (target == nullptr || active(target)) {
            lossy_ = true;
        } else {
            open_.push_back(target);
            merge_into(whole, view(*target));
        }
    }
    from.each([&](std::string_view key, const value& v) {
        if (key == "allOf" || key == "$ref" || key == "$defs" || key == "definitions") return;
        if (const auto* o = v.if_object(); o != nullptr && key == "properties") spend(o->size());
        if (const auto* a = v.if_array(); a != nullptr && key == "required") spend(a->size());
        if (!too_large_) whole.add(key, v);
    });
    if (const auto* parts = from.if_contains("allOf"); parts != nullptr && parts->is_array())
        for (const auto& part : parts->get_array())
            if (const auto* o = part.if_object(); o != nullptr && !too_large_) merge_into(whole, view(*o));
}

LLMX_DECL void gemini_schema_writer::merged(const view& s, const annotations& around) {
    gemini_schema_parts whole;
    const std::size_t opened = open_.size();
    merge_into(whole, s);
    node(view(whole), around);
    open_.resize(opened);
}

LLMX_DECL bool gemini_schema_writer::alternatives(const view& s, annotations around) {
    const value* list = s.if_contains("anyOf");
    if (list == nullptr) list = s.if_contains("oneOf");
    if (list == nullptr || !list->is_array()) return false;
    if (s.contains("type") || s.contains("properties")) {
        // A restriction on top of a type, which the message cannot express: keep the type.
        lossy_ = true;
        return false;
    }
    if (const auto* d = s.if_contains("description"); d != nullptr && around.description.empty())
        if (const auto* text = d->if_string()) around.description = *text;
    const auto& branches = list->get_array();
    spend(branches.size());
    if (schema_branches_are_literals(branches)) {
        for (const auto& b : branches) around.nullable = around.nullable || schema_is_null(b);
        w_.object();
        head("STRING", around);
        w_.key("enum").array();
        for (const auto& b : branches)
            if (!schema_is_null(b)) w_.value(std::string_view(b.get_object().at("const").get_string()));
        w_.end_array().end_object();
        return true;
    }
    std::vector<const value*> kept;
    for (const auto& b : branches) {
        if (schema_is_null(b))
            around.nullable = true;
        else
            kept.push_back(&b);
    }
    if (kept.empty()) {
        w_.object();
        head("NULL", around);
        w_.end_object();
    } else if (kept.size() == 1) {
        node(*kept.front(), around);
    } else {
        w_.object().key("anyOf").array();
        for (const auto* b : kept) {
            annotations inner = around;
            // A branch's own description takes precedence over the whole's.
            if (const auto* o = b->if_object(); o != nullptr && o->contains("description")) inner.description = {};
            if (b != kept.front() && !repeat_words(inner.description.size())) inner.description = {};
            node(*b, inner);
        }
        w_.end_array().end_object();
    }
    return true;
}

} // namespace detail

LLMX_DECL result<bool> append_gemini_schema(std::string& out, std::string_view json_schema, std::size_t most) {
    unsigned char space[8192];
    boost::json::monotonic_resource memory(space, sizeof space);
    auto parsed = parse_json_object(json_schema, &memory);
    if (parsed.has_error()) return parsed.error();
    const std::size_t start = out.size();
    detail::gemini_schema_writer writer(*parsed, json_schema.size(), out, most);
    if (!writer.run()) {
        out.resize(start);
        return error(errc::invalid_request, "the schema is too large once its references are written out");
    }
    return writer.lossy();
}

} // namespace llmx::inline LLMX_ABI
