// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/wire/json_read.hpp>

#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Whether the value \p text is of the kind \p type; it is then in \p value.
LLMX_DECL [[nodiscard]] bool read_scanned_value(std::string_view text, const field_type& type, void* value) {
    const auto number = [&text](auto& to) {
        const auto n = json_number(text);
        if (n) to = *n;
        return n.has_value();
    };
    const auto flag = [&text](auto& to) {
        const bool is_flag = text == "true" || text == "false";
        if (is_flag) to = text == "true";
        return is_flag;
    };
    switch (type.kind) {
    case field_kind::text:
        if (!is_json_string(text)) return false;
        *static_cast<std::string*>(value) = unescape_json_string(text);
        return true;
    case field_kind::number: return number(*static_cast<double*>(value));
    case field_kind::optional_number: return number(*static_cast<std::optional<double>*>(value));
    case field_kind::optional_whole:
        if (const auto n = json_count(text)) {
            *static_cast<std::optional<std::int64_t>*>(value) = *n;
            return true;
        }
        return false;
    case field_kind::flag: return flag(*static_cast<bool*>(value));
    case field_kind::optional_flag: return flag(*static_cast<std::optional<bool>*>(value));
    case field_kind::texts:
    case field_kind::json:
    case field_kind::extra:
    case field_kind::other: break;
    }
    return false;
}

LLMX_DECL bool take_scanned_field(const json_member& m, void* object, std::span<const field_rule> rules) {
    for (const field_rule& r : rules) {
        if (r.how != field_rule::treatment::mapped || !m.named(r.name)) continue;
        return read_scanned_value(m.value, *r.type, const_cast<void*>(r.value(object))) || r.is_always;
    }
    return false;
}

LLMX_DECL result<void> add_scanned_extra(const json_member& m, std::string_view codec, extra_members& to) {
    if (is_json_null(m.value)) return success();
    if (to.members.size() >= max_json_members)
        return error(errc::invalid_request, "not acceptable JSON: an object has more than " +
                                                std::to_string(max_json_members) + " members");
    // An exponent beyond all bounds is JSON by its grammar, but no parser of the member's later readers accepts it.
    const bool maybe_extreme = m.value.front() != '"' && m.value.size() > 8;
    if (m.value.front() == '{' || m.value.front() == '[' || maybe_extreme)
        if (auto parsed = parse_json(m.value); parsed.has_error()) return parsed.error();
    to.add(codec, extra_members::kept_name(unescape_json_string(m.key)), std::string(m.value));
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
