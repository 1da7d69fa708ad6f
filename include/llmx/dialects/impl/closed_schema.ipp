// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/closed_schema.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

template <std::size_t N> [[nodiscard]] bool schema_key_among(const std::array<std::string_view, N>& keys, std::string_view key) noexcept {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The values of keywords that are schemas: one, a list or a map of them.
template <class F> void for_each_subschema(boost::json::object& schema, F f) {
    for (const std::string_view key : {"items", "additionalProperties"})
        if (auto* const one = schema.if_contains(key); one != nullptr && one->is_object()) f(*one);
    for (const std::string_view key : {"anyOf", "oneOf", "allOf"})
        if (auto* const list = schema.if_contains(key); list != nullptr && list->is_array())
            for (boost::json::value& one : list->get_array()) f(one);
    for (const std::string_view key : {"properties", "$defs", "definitions"})
        if (auto* const map = schema.if_contains(key); map != nullptr && map->is_object())
            for (auto& one : map->get_object()) f(one.value());
}

/// Makes one document's schemas closed.
class schema_closer {
public:
    /// \p arguments: an object without members at the root has none.
    schema_closer(boost::json::value& root, bool arguments) noexcept : root_(root), arguments_(arguments) {}

    LLMX_DECL void run() {
        close(root_);
        if (possible_) find_recursion(root_);
    }
    [[nodiscard]] bool possible() const noexcept { return possible_; }
    [[nodiscard]] bool relaxed() const noexcept { return relaxed_; }
    [[nodiscard]] bool changed() const noexcept { return changed_; }

private:
    LLMX_DECL void close(boost::json::value& v) {
        if (!possible_) return;
        boost::json::object* const o = v.if_object();
        if (o == nullptr) {
            possible_ = false; // `true` and `false`
            return;
        }
        unfold(*o);
        take_out_bounds(*o);
        if (!possible_) return;
        close_object(*o);
        for_each_subschema(*o, [this](boost::json::value& one) { close(one); });
    }

    /// `oneOf` is `anyOf`, and a list of one is its only schema.
    LLMX_DECL void unfold(boost::json::object& o) {
        if (auto* const one_of = o.if_contains("oneOf"); one_of != nullptr) {
            if (o.contains("anyOf")) return give_up();
            boost::json::value list = std::move(*one_of);
            o.erase("oneOf");
            o.emplace("anyOf", std::move(list));
            changed_ = true;
        }
        auto* const all_of = o.if_contains("allOf");
        if (all_of == nullptr) return;
        // Closed objects exclude each other's members.
        if (!all_of->is_array() || all_of->get_array().size() != 1 || !all_of->get_array()[0].is_object()) return give_up();
        boost::json::value only = std::move(all_of->get_array()[0]);
        o.erase("allOf");
        for (auto& m : only.get_object()) {
            if (!o.contains(m.key())) o.emplace(m.key(), std::move(m.value()));
            else if (m.key() != "description" && m.key() != "title") return give_up();
        }
        changed_ = true;
        if (o.contains("oneOf") || o.contains("allOf")) unfold(o);
    }

    LLMX_DECL void take_out_bounds(boost::json::object& o) {
        static constexpr std::array<std::string_view, 15> known = {
            "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const", "default",
            "description", "title", "$ref", "$defs", "definitions", "format"};
        // They describe the schema and restrict nothing.
        static constexpr std::array<std::string_view, 11> idle = {"$schema", "$id", "$comment", "$anchor", "examples", "example",
                                                                  "deprecated", "readOnly", "writeOnly", "strict", "propertyOrdering"};
        static constexpr std::array<std::string_view, 7> shapes = {"patternProperties", "prefixItems", "dependentSchemas", "if",
                                                                   "not", "$dynamicRef", "unevaluatedProperties"};
        std::string bounds;
        std::vector<std::string> out;
        for (const auto& m : o) {
            const std::string_view key = m.key();
            if (schema_key_among(shapes, key)) return give_up();
            if (stays(key, m.value()) && (schema_key_among(known, key) || key == "pattern" || key == "minItems")) continue;
            out.emplace_back(key);
            if (schema_key_among(idle, key)) continue;
            bounds += bounds.empty() ? "Must be: " : ", ";
            bounds += bound_in_words(key, m.value());
        }
        for (const std::string& key : out) o.erase(key);
        changed_ = changed_ || !out.empty();
        if (bounds.empty()) return;
        relaxed_ = true;
        bounds += '.';
        auto* const text = o.if_contains("description");
        if (text != nullptr && text->is_string()) bounds.insert(0, std::string(std::string_view(text->get_string())) + "\n");
        o["description"] = bounds;
    }

    /// A restriction for a description, which the API must not take for the keyword.
    LLMX_DECL [[nodiscard]] static std::string bound_in_words(std::string_view key, const boost::json::value& v) {
        struct words {
            std::string_view key, before, behind;
        };
        static constexpr words all[] = {{"minimum", "at least ", ""}, {"maximum", "at most ", ""},
                                        {"exclusiveMinimum", "more than ", ""}, {"exclusiveMaximum", "less than ", ""},
                                        {"multipleOf", "a multiple of ", ""}, {"minLength", "at least ", " characters"},
                                        {"maxLength", "at most ", " characters"}, {"minItems", "at least ", " elements"},
                                        {"maxItems", "at most ", " elements"}, {"minProperties", "at least ", " members"},
                                        {"maxProperties", "at most ", " members"}, {"pattern", "a match of ", ""},
                                        {"format", "of the format ", ""}};
        if (key == "uniqueItems") return v.is_bool() && v.get_bool() ? "without equal elements" : "of any elements";
        for (const words& w : all)
            if (w.key == key) return std::string(w.before).append(json_text(v)).append(w.behind);
        return std::string(key).append(1, ' ').append(json_text(v));
    }

    /// Whether the value of a keyword that the subset has is one of those that it has.
    LLMX_DECL [[nodiscard]] bool stays(std::string_view key, const boost::json::value& v) {
        static constexpr std::array<std::string_view, 10> formats = {"date-time", "time", "date", "duration", "email",
                                                                     "hostname",  "uri",  "ipv4", "ipv6",     "uuid"};
        if (key == "format") return v.is_string() && schema_key_among(formats, std::string_view(v.get_string()));
        if (key == "minItems") return json_count(v).value_or(2) <= 1;
        if (key == "pattern") {
            if (!v.is_string()) return false;
            const std::string_view p = v.get_string();
            // Groups that look around or are named, words' ends, and what a group has matched before.
            for (const std::string_view group : {"(?=", "(?!", "(?<", "(?P"})
                if (p.find(group) != std::string_view::npos) return false;
            for (std::size_t i = p.find('\\'); i != std::string_view::npos && i + 1 < p.size(); i = p.find('\\', i + 2))
                if (const char c = p[i + 1]; c == 'b' || c == 'B' || (c >= '1' && c <= '9')) return false;
            return true;
        }
        if (key == "enum" && v.is_array())
            for (const boost::json::value& one : v.get_array())
                if (one.is_object() || one.is_array()) give_up();
        if (key == "$ref" && !(v.is_string() && v.get_string().starts_with('#'))) give_up();
        if (key == "items" && !v.is_object()) give_up();
        return true;
    }

    LLMX_DECL void close_object(boost::json::object& o) {
        const auto* const type = o.if_contains("type");
        bool is_object = o.contains("properties");
        if (type != nullptr && type->is_string()) is_object = is_object || type->get_string() == "object";
        if (type != nullptr && type->is_array())
            for (const boost::json::value& one : type->get_array()) is_object = is_object || (one.is_string() && one.get_string() == "object");
        if (!is_object) {
            // A value of any kind.
            static constexpr std::array<std::string_view, 5> kinds = {"type", "anyOf", "enum", "const", "$ref"};
            if (std::none_of(kinds.begin(), kinds.end(), [&o](std::string_view k) { return o.contains(k); })) give_up();
            return;
        }
        auto* const more = o.if_contains("additionalProperties");
        const bool closed = more != nullptr && more->is_bool() && !more->get_bool();
        if (closed) return;
        const bool typed = more != nullptr && more->is_object() && !more->get_object().empty();
        const auto* const properties = o.if_contains("properties");
        const bool named = properties != nullptr && properties->is_object() && !properties->get_object().empty();
        // The members of a map have no names that could be listed.
        const bool empty = arguments_ && &o == root_.if_object() && more == nullptr;
        if (typed || !(named || empty)) return give_up();
        if (more != nullptr) relaxed_ = true;
        o["additionalProperties"] = false;
        changed_ = true;
    }

    /// Gives up when a reference leads back to a schema that it is in.
    LLMX_DECL void find_recursion(boost::json::value& v) {
        boost::json::object* const o = v.if_object();
        if (o == nullptr || !possible_) return;
        // A chain of references is as long as the request, and each takes a part of the stack.
        constexpr int most = 300;
        if (++depth_ > most) return give_up();
        if (auto* const ref = o->if_contains("$ref"); ref != nullptr && ref->is_string()) {
            const std::string name(std::string_view(ref->get_string()));
            const auto [at, first] = inside_.try_emplace(name, true);
            if (at->second || name == "#") {
                if (!first || name == "#") return give_up();
                boost::system::error_code ec;
                boost::json::value* const target = root_.find_pointer(name.substr(1), ec);
                if (target == nullptr) return give_up();
                find_recursion(*target);
                at->second = false;
            }
        }
        for_each_subschema(*o, [this](boost::json::value& one) { find_recursion(one); });
        --depth_;
    }

    void give_up() noexcept { possible_ = false; }

    boost::json::value& root_;
    /// The references that were looked at, and whether the search is inside of their schemas.
    std::map<std::string, bool> inside_;
    int depth_ = 0;
    bool arguments_, possible_ = true, relaxed_ = false, changed_ = false;
};

LLMX_DECL [[nodiscard]] closed_schema close_document(std::string_view schema, bool arguments) {
    closed_schema out;
    auto parsed = parse_json_object(schema);
    if (parsed.has_error()) {
        out.how = closed_schema::outcome::malformed;
        return out;
    }
    const bool typed = !arguments || parsed->contains("type");
    if (!typed) parsed->emplace("type", "object");
    boost::json::value root = std::move(*parsed);
    schema_closer closer(root, arguments);
    closer.run();
    if (!closer.possible()) return out;
    out.how = closer.relaxed() ? closed_schema::outcome::relaxed : closed_schema::outcome::exact;
    out.text = closer.changed() || !typed ? json_text(root) : std::string(schema);
    return out;
}

LLMX_DECL closed_schema close_schema(std::string_view schema) { return close_document(schema, false); }

LLMX_DECL closed_schema close_arguments(std::string_view schema) { return close_document(schema.empty() ? "{}" : schema, true); }

} // namespace llmx::inline LLMX_ABI::detail
