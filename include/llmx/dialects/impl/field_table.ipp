// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void read_fields(const json_cursor& from, void* object, std::span<const field_rule> rules) {
    for (const field_rule& r : rules) {
        if (r.how != field_rule::treatment::mapped && !r.is_read) continue;
        const json_cursor member = from[r.name];
        if (!member) continue;
        // The object is not const: the rule's function is shared with those that write.
        void* const value = const_cast<void*>(r.value(object));
        if (r.is_count) member.read_count(*static_cast<std::optional<std::int64_t>*>(value));
        else r.type->read(member, value);
    }
}

/// Whether a member that has no equivalent has to be reported.
LLMX_DECL [[nodiscard]] bool must_report(const field_rule& r, const void* value) noexcept {
    if (!r.type->is_set(value) || r.type->number(value) == r.neutral) return false;
    // JSON text: an object without members.
    return r.type->kind != field_kind::json || static_cast<const raw_json*>(value)->text.find_first_not_of("{} \t\r\n") != std::string::npos;
}

LLMX_DECL void write_mapped_fields(json_writer& w, const void* object, std::span<const field_rule> rules,
                                   const request_place& at, drop_report& drops, std::uint64_t but) {
    for (const field_rule& r : rules) {
        if ((but >> r.member->index & 1u) != 0) continue;
        const void* const value = r.value(object);
        if (r.how != field_rule::treatment::mapped || !(r.is_always || r.type->is_set(value))) continue;
        const double number = r.type->number(value);
        if (number < r.least || number > r.most) {
            if (r.tunes) drops.hint(at.of(*r.member));
            else drops.lost(at.of(*r.member));
            continue;
        }
        w.key(r.name);
        r.type->write(w, value);
    }
}

LLMX_DECL void write_fields(json_writer& w, const void* object, std::span<const field_rule> rules,
                            const request_place& at, drop_report& drops, std::uint64_t but) {
    write_mapped_fields(w, object, rules, at, drops, but);
    report_fields(object, rules, at, drops, but);
}

LLMX_DECL void report_fields(const void* object, std::span<const field_rule> rules, const request_place& at,
                             drop_report& drops, std::uint64_t but) {
    for (const field_rule& r : rules) {
        if ((but >> r.member->index & 1u) != 0) continue;
        if (r.how == field_rule::treatment::lost && must_report(r, r.value(object))) drops.lost(at.of(*r.member));
        if (r.how == field_rule::treatment::hint && must_report(r, r.value(object))) drops.hint(at.of(*r.member));
    }
}

LLMX_DECL bool has_field(std::span<const field_rule> rules, std::string_view name) noexcept {
    const auto leads = [name](std::string_view path) {
        // Most paths differ in size and have no dot there: letters are compared last.
        return path.size() >= name.size() && (path.size() == name.size() || path[name.size()] == '.') && path.starts_with(name);
    };
    return !name.empty() && std::any_of(rules.begin(), rules.end(), [&leads](const field_rule& r) {
        return leads(r.name) || leads(r.object);
    });
}

LLMX_DECL const field_rule* find_field_rule(std::span<const field_rule> rules, const described_member* member) noexcept {
    for (const field_rule& r : rules)
        if (r.member == member) return &r;
    return nullptr;
}

/// `is_as_absent` with a limit, as JSON may be deep.
LLMX_DECL [[nodiscard]] bool is_as_absent_inside(const boost::json::value& value, absent_values which, int levels) noexcept {
    if (value.is_null()) return true;
    if (which == absent_values::null || levels == 0) return false;
    const auto as_absent = [which, levels](const boost::json::value& one) { return is_as_absent_inside(one, which, levels - 1); };
    const bool proto = which == absent_values::proto;
    if (const auto* const text = value.if_string())
        return text->empty() || (proto && std::string_view(*text).ends_with("UNSPECIFIED"));
    if (const auto* const list = value.if_array()) return list->empty();
    if (const auto* const members = value.if_object())
        return std::all_of(members->begin(), members->end(), [&as_absent](const auto& m) { return as_absent(m.value()); });
    if (const bool* const flag = value.if_bool()) return !*flag && (proto || which == absent_values::flags);
    return proto && (value.is_double() ? value.get_double() == 0 : value.is_int64() ? value.get_int64() == 0 : value.get_uint64() == 0);
}

LLMX_DECL bool is_as_absent(const boost::json::value& value, absent_values which) noexcept {
    constexpr int most_levels = 8;
    return is_as_absent_inside(value, which, most_levels);
}

/// Keeps the members of \p from whose names \p is_known does not have.
template <class IsKnown>
void keep_extra_unless(const json_cursor& from, IsKnown is_known, std::string_view codec, std::string_view prefix,
                       std::span<const std::string_view> hints, extra_members& to, absent_values absent) {
    const boost::json::object* const members = from.object();
    if (members == nullptr) return;
    const bool proto = from.document().naming() == json_naming::proto;
    if (absent == absent_values::usual) absent = proto ? absent_values::proto : absent_values::empty;
    for (const auto& m : *members) {
        if (m.value().is_null()) continue;
        std::string camel;
        if (proto) camel = camel_member_name(m.key());
        const std::string_view name = proto ? std::string_view(camel) : std::string_view(m.key());
        // Tables have dots in paths only: a member whose own name has one is in no table.
        if (name.find('.') == std::string_view::npos && is_known(name)) continue;
        const bool hint = std::find(hints.begin(), hints.end(), name) != hints.end();
        extra_members::member& kept =
            to.add(codec, std::string(prefix).append(extra_members::kept_name(std::string(name))), json_text(m.value()));
        kept.hint = hint;
        kept.is_absent = is_as_absent(m.value(), absent);
    }
}

LLMX_DECL void keep_extra(const json_cursor& from, std::span<const field_rule> rules,
                          std::span<const std::string_view> known, std::string_view codec, std::string_view prefix,
                          std::span<const std::string_view> hints, extra_members& to, absent_values absent) {
    const auto is_known = [rules, known](std::string_view name) {
        return has_field(rules, name) || std::find(known.begin(), known.end(), name) != known.end();
    };
    keep_extra_unless(from, is_known, codec, prefix, hints, to, absent);
}

LLMX_DECL void keep_extra_inside(const json_cursor& from, std::span<const field_rule> rules,
                                 std::span<const std::string_view> known, std::string_view codec,
                                 std::string_view prefix, std::span<const std::string_view> hints, extra_members& to,
                                 absent_values absent) {
    // Takes the names that lead to a member off the front of its path.
    const auto take = [](std::string_view& path, std::string_view name) {
        const bool leads = path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '.');
        if (leads) path.remove_prefix(std::min(path.size(), name.size() + 1));
        return leads;
    };
    const auto is_known = [&](std::string_view name) {
        if (std::find(known.begin(), known.end(), name) != known.end()) return true;
        std::string path(prefix);
        path += name;
        return std::any_of(rules.begin(), rules.end(), [&](const field_rule& r) {
            std::string_view left = path;
            if (r.object.empty() || take(left, r.object)) {
                if (left.empty()) return true;
                return r.name.starts_with(left) && (r.name.size() == left.size() || r.name[left.size()] == '.');
            }
            return r.object.starts_with(path) && r.object[path.size()] == '.';
        });
    };
    keep_extra_unless(from, is_known, codec, prefix, hints, to, absent);
}

} // namespace llmx::inline LLMX_ABI::detail
