// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Reads one value; false when it is missing or wrong.
LLMX_DECL [[nodiscard]] bool read_key_value(settings_reader& at, const settings_key& k, settings_key::value& v) {
    switch (k.what) {
    case settings_key::kind::flag: return at.flag(v.flag);
    case settings_key::kind::whole: return at.whole(v.whole, k.least, k.most);
    case settings_key::kind::number: return at.number(v.number, k.least_number, k.most_number);
    case settings_key::kind::seconds: return at.seconds(v.time, k.zero);
    case settings_key::kind::texts: return at.texts(v.texts);
    case settings_key::kind::text:
    case settings_key::kind::hidden: break;
    }
    if (!at.text(v.text)) return false;
    // Many of them become header values, and none has a use for a second line.
    if (v.text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        at.fail("the value holds a line break");
        return false;
    }
    if (k.choices.empty() || k.choices.contains(v.text)) return true;
    std::string allowed;
    for (const std::string_view& one : k.choices) {
        if (!allowed.empty()) allowed += &one == k.choices.end() - 1 ? " or " : ", ";
        allowed += one;
    }
    at.unexpected(allowed);
    return false;
}

/// Reads \p k from the map \p from; true when the key is there, right or wrong.
LLMX_DECL bool read_key_in(settings_reader& from, void* owner, const settings_key& k, settings_alternatives* lists) {
    settings_reader* found = &from.at(k.name);
    for (const std::string_view other : k.aliases)
        if (settings_reader& more = from.at(other); !found->given()) found = &more;
    if (!found->given()) return false;
    settings_key::value v;
    if (k.each && lists != nullptr && found->is_list()) {
        // Each must be good in the place of the one.
        for (std::size_t i = 0; i < found->size(); ++i)
            if (read_key_value(found->item(i), k, v)) lists->texts.push_back(v.text);
        lists->of = &k;
        return true;
    }
    if (read_key_value(*found, k, v)) k.store(k, owner, v);
    return true;
}

/// Reads \p k from the first of its environment variables that is set.
LLMX_DECL void read_key_variable(settings_reader& place, void* owner, const settings_key& k) {
    for (const std::string_view name : k.variables) {
        settings_reader& given = place.variable(name);
        if (!given.given()) continue;
        settings_key::value v;
        if (read_key_value(given, k, v)) k.store(k, owner, v);
        return;
    }
}

LLMX_DECL void read_sectioned_keys(settings_reader& top, void* owner, std::span<const settings_key* const> keys) {
    for (const settings_key* const k : keys) {
        bool found = false;
        for (const std::string_view section : k->sections) found |= read_key_in(top.at(section), owner, *k, nullptr);
        if (!found) read_key_variable(top.at(k->sections.front()).at(k->name), owner, *k);
    }
}

LLMX_DECL void read_flat_keys(settings_reader& from, void* owner, std::span<const settings_key* const> keys,
                              settings_alternatives& lists) {
    for (const settings_key* const k : keys)
        if (!read_key_in(from, owner, *k, &lists)) read_key_variable(from.at(k->name), owner, *k);
}

LLMX_DECL std::string describe_keys(const void* owner, std::span<const settings_key* const> keys) {
    std::string all;
    for (const settings_key* const k : keys) {
        settings_key::value v;
        if (!k->load(*k, owner, v)) continue;
        switch (k->what) {
        case settings_key::kind::hidden: continue;
        case settings_key::kind::flag: v.text = v.flag ? "true" : "false"; break;
        case settings_key::kind::whole: v.text = std::to_string(v.whole); break;
        case settings_key::kind::number: v.text = std::to_string(v.number); break;
        case settings_key::kind::seconds: v.text = std::to_string(v.time.count()); break;
        case settings_key::kind::texts:
            for (const std::string& one : v.texts) (v.text += one) += '\xff';
            break;
        case settings_key::kind::text: break;
        }
        if (v.text.empty()) continue;
        all += k->name;
        all += '=';
        all += v.text;
        // No text holds the byte between them.
        all += '\xff';
    }
    return all;
}

} // namespace llmx::inline LLMX_ABI::detail
