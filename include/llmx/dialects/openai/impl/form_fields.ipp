// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/form_fields.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <charconv>
#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// The suffix of the name of an object's field: "" or "[member]"; nothing when \p given is not one of it.
LLMX_DECL [[nodiscard]] std::optional<std::string_view> form_member_of(std::string_view given, std::string_view name) {
    if (!given.starts_with(name)) return std::nullopt;
    const std::string_view rest = given.substr(name.size());
    if (rest.empty() || rest.front() == '[' || rest.front() == '.') return rest;
    return std::nullopt;
}

LLMX_DECL result<void> form_reader::take(const form_part& p, bool& known) {
    known = true;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const field_rule& r = rules_[i];
        if (r.how != field_rule::treatment::mapped) continue;
        if (r.type->kind == field_kind::texts) {
            if (!p.listed(r.name)) continue;
            value_of<std::vector<std::string>>(r).emplace_back(p.data);
            return success();
        }
        if (r.type->kind == field_kind::json && form_member_of(p.about->name, r.name)) return take_json(r, i, p);
        if (r.type->kind != field_kind::json && p.named(r.name)) return take_value(r, i, p);
    }
    known = false;
    return success();
}

LLMX_DECL result<void> form_reader::take_value(const field_rule& r, std::size_t index, const form_part& p) {
    if (seen_.test(index)) return form_field_twice(r.name);
    seen_.set(index);
    switch (r.type->kind) {
    case field_kind::text: value_of<std::string>(r) = p.data; break;
    case field_kind::number:
    case field_kind::optional_number: {
        const auto n = json_number(trim_ows(p.data));
        if (!n && !p.data.empty()) return member_expected(r.name, "a number");
        if (n && r.type->kind == field_kind::number) value_of<double>(r) = *n;
        else if (n) value_of<std::optional<double>>(r) = *n;
        break;
    }
    case field_kind::optional_whole: {
        const std::string_view text = trim_ows(p.data);
        std::int64_t n = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
        const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size() && !(r.is_count && n < 0);
        if (!whole && !text.empty()) return member_expected(r.name, "a whole number");
        if (whole) value_of<std::optional<std::int64_t>>(r) = n;
        break;
    }
    case field_kind::flag:
    case field_kind::optional_flag: {
        const auto b = form_bool(p.data);
        if (!b) return member_expected(r.name, "true or false");
        if (r.type->kind == field_kind::flag) value_of<bool>(r) = *b;
        else value_of<std::optional<bool>>(r) = *b;
        break;
    }
    case field_kind::texts:
    case field_kind::json:
    case field_kind::extra:
    case field_kind::other: break;
    }
    return success();
}

LLMX_DECL result<void> form_reader::take_json(const field_rule& r, std::size_t index, const form_part& p) {
    const std::string_view member = *form_member_of(p.about->name, r.name);
    if (member.size() > 2 && member.front() == '[' && member.back() == ']') {
        members_.push_back({&r, std::string(member.substr(1, member.size() - 2)), std::string(p.data)});
        return success();
    }
    if (!member.empty())
        return member_expected(form_field_name(p), std::string("a member in brackets: ").append(r.name).append("[type]"));
    if (seen_.test(index)) return form_field_twice(r.name);
    seen_.set(index);
    const std::string_view text = trim_ows(p.data);
    std::string& to = value_of<raw_json>(r).text;
    if (text.starts_with('{')) {
        const auto good = scan_json_members(text, [](const json_member&) {});
        if (good.has_error()) return member_expected(r.name, "a word or a JSON object");
        to = text;
    } else if (!text.empty()) {
        append_json_string(to, text);
    }
    return success();
}

LLMX_DECL void form_reader::finish() {
    if (members_.empty()) return;
    for (const field_rule& r : rules_) {
        std::string text;
        json_writer w(text);
        for (const object_member& m : members_) {
            if (m.of != &r) continue;
            if (text.empty()) w.object();
            if (json_number(m.value) || m.value == "true" || m.value == "false") w.raw_member(m.name, m.value);
            else w.member(m.name, m.value);
        }
        if (text.empty()) continue;
        w.end_object();
        value_of<raw_json>(r).text = std::move(text);
    }
}

LLMX_DECL void form_writer::text(std::string_view name, std::string_view value) {
    append_multipart_head(out_, boundary_, name);
    out_ += value;
    append_multipart_tail(out_);
}

LLMX_DECL void form_writer::json(std::string_view name, std::string_view value) {
    if (is_json_string(value)) text(name, unescape_json_string(value));
    else text(name, value);
}

LLMX_DECL void form_writer::number(std::string_view name, double value) {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text(name, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

LLMX_DECL void form_writer::object(std::string_view name, std::string_view value) {
    if (!value.starts_with('{')) return json(name, value);
    json_scanner scanner(value);
    for (json_member m; scanner.next(m);) {
        std::string field(name);
        json(field.append("[").append(unescape_json_string(m.key)).append("]"), m.value);
    }
}

LLMX_DECL void form_writer::file(std::string_view name, std::string_view filename, std::string_view content_type,
                                 std::string_view octets) {
    append_multipart_head(out_, boundary_, name, filename, content_type);
    out_ += octets;
    append_multipart_tail(out_);
}

LLMX_DECL void form_writer::member(const field_rule& r, const void* object, const request_place& at,
                                   drop_report& drops) {
    const void* const value = r.value(object);
    if (!r.type->is_set(value)) return;
    const double n = r.type->number(value);
    if (n < r.least || n > r.most) return drops.lost(at.of(*r.member));
    switch (r.type->kind) {
    case field_kind::text: return text(r.name, *static_cast<const std::string*>(value));
    case field_kind::texts:
        for (const std::string& one : *static_cast<const std::vector<std::string>*>(value))
            text(std::string(r.name).append("[]"), one);
        return;
    case field_kind::number:
    case field_kind::optional_number: return number(r.name, n);
    case field_kind::optional_whole: {
        const auto whole = *static_cast<const std::optional<std::int64_t>*>(value);
        return text(r.name, std::to_string(*whole));
    }
    case field_kind::flag:
    case field_kind::optional_flag: return text(r.name, n != 0 ? "true" : "false");
    case field_kind::json: return this->object(r.name, static_cast<const raw_json*>(value)->text);
    case field_kind::extra:
    case field_kind::other: break;
    }
}

LLMX_DECL std::string form_boundary_of(const void* object, std::span<const field_rule> rules,
                                       std::initializer_list<std::string_view> others) {
    std::vector<std::string_view> values(others);
    std::vector<std::string> unescaped;
    // An escape could hide a boundary: its prefix has no characters that are escaped.
    const auto add_json = [&values, &unescaped](const raw_json& json) {
        if (is_json_string(json.text)) unescaped.push_back(unescape_json_string(json.text));
        else values.push_back(json.text);
    };
    for (const field_rule& r : rules) {
        const void* const value = r.value(object);
        if (r.type->kind == field_kind::text) {
            values.push_back(*static_cast<const std::string*>(value));
        } else if (r.type->kind == field_kind::texts) {
            const auto& all = *static_cast<const std::vector<std::string>*>(value);
            values.insert(values.end(), all.begin(), all.end());
        } else if (r.type->kind == field_kind::json) {
            const raw_json& json = *static_cast<const raw_json*>(value);
            add_json(json);
            if (!json.text.starts_with('{')) continue;
            json_scanner scanner(json.text);
            for (json_member m; scanner.next(m);)
                if (is_json_string(m.value)) unescaped.push_back(unescape_json_string(m.value));
        } else if (r.type->kind == field_kind::extra) {
            for (const auto& m : static_cast<const extra_members*>(value)->members) add_json(m.value);
        }
    }
    values.insert(values.end(), unescaped.begin(), unescaped.end());
    return form_boundary(values);
}

} // namespace llmx::inline LLMX_ABI::detail
