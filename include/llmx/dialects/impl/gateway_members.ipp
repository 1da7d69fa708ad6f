// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

static_assert(std::is_sorted(gateway_member_names.begin(), gateway_member_names.end()));

LLMX_DECL bool find_gateway_member(std::string_view name) noexcept {
    return std::binary_search(gateway_member_names.begin(), gateway_member_names.end(), name);
}

LLMX_DECL void drop_gateway_members(extra_members& extra, bool camel) {
    const auto known = [camel](const extra_members::member& m) {
        if (!camel) return is_gateway_member(std::string_view(m.name));
        std::string name;
        for (const char c : m.name) {
            const bool capital = c >= 'A' && c <= 'Z';
            if (capital) name += '_';
            name += capital ? static_cast<char>(c - 'A' + 'a') : c;
        }
        return is_gateway_member(std::string_view(name));
    };
    std::erase_if(extra.members, known);
    if (extra.members.empty()) extra.origin = std::string_view();
}

/// Calls \p f with each pair that OpenAI takes; false when there are others, or \p json is no object.
template <class F> bool each_metadata_pair(std::string_view json, F f) {
    bool all = json.starts_with('{');
    std::size_t n = 0;
    // OpenAI counts characters; a text of as many bytes is short enough without a count.
    const auto within = [](std::string_view raw, std::size_t most) {
        if (raw.size() <= most) return true;
        // An escape has six bytes, and a character outside of the basic plane two of them.
        if (raw.size() > 12 * most) return false;
        const std::string text = unescape_json_string(raw);
        const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };
        return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins)) <= most;
    };
    const auto read = all ? scan_json_members(json, [&](const json_member& m) {
        const bool fits = n < most_metadata && within(m.key, longest_metadata_key) && m.value.starts_with('"') &&
                          within(m.value.substr(1, m.value.size() - 2), longest_metadata_value);
        all = all && fits;
        if (fits) ++n, f(m);
    }) : success();
    return all && read.has_value();
}

LLMX_DECL bool fits_metadata(std::string_view json) {
    return is_json_null(json) || each_metadata_pair(json, [](const json_member&) {});
}

LLMX_DECL std::string fit_metadata(std::string_view json) {
    std::string out;
    each_metadata_pair(json, [&out](const json_member& m) {
        out += out.empty() ? '{' : ',';
        ((out += '"') += m.key) += "\":";
        out += m.value;
    });
    if (!out.empty()) out += '}';
    return out;
}

} // namespace llmx::inline LLMX_ABI::detail
