// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/wire_names.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Appends the list \p name and the position in it.
LLMX_DECL void append_wire_list(std::string& path, std::string_view name, std::uint32_t index) {
    if (name.empty()) return;
    if (name != "[]") append_place_member(path, name);
    append_place_index(path, index);
}

/// The name of the list number \p which, or \p otherwise.
LLMX_DECL [[nodiscard]] std::string_view list_name(std::span<const std::string_view> lists, std::uint32_t which,
                                                   std::string_view otherwise) noexcept {
    return which < lists.size() ? lists[which] : otherwise;
}

/// Appends the members of \p at, its foreign member, and the position after that one of them which it is in.
LLMX_DECL void append_wire_members(std::string& path, const request_place& at,
                                   std::span<const std::span<const field_rule>> tables, std::uint32_t item) {
    for (const described_member* const m : {at.member(), at.inner()}) {
        if (m == nullptr) continue;
        const field_rule* rule = nullptr;
        for (const auto& table : tables)
            if (rule == nullptr) rule = find_field_rule(table, m);
        const std::string_view name = rule != nullptr ? rule->name : m->name;
        // A member without a name of its own represents those inside of it, and an element's represents the element.
        const bool stands_alone = at.inner() == nullptr && !(at.indexes_member() && !at.other_name().empty());
        if (rule != nullptr && !rule->object.empty()) append_place_member(path, rule->object);
        if (!name.empty()) append_place_member(path, name);
        else if (stands_alone) append_place_member(path, m->name);
        if (at.indexes_member() && m == at.member()) append_place_index(path, item);
    }
    if (!at.other_name().empty()) append_place_member(path, at.other_name());
    if (!at.indexes_member()) append_place_index(path, item);
}

LLMX_DECL std::string wire_path(const request_place& at, const chat_request& request, const wire_names& names) {
    std::string path;
    constexpr std::uint32_t none = request_place::no_index;
    if (at.message_index() != none) {
        const wire_origin* const from = request.origins.find_message(at.message_index());
        if (from != nullptr) append_wire_list(path, list_name(names.message_lists, from->list, "messages"), from->index);
        else append_wire_list(path, "messages", at.message_index());
    }
    if (at.part_index() != none) {
        const wire_origin* const from = request.origins.find_part(at.message_index(), at.part_index());
        if (from != nullptr && from->inner != wire_origin::no_index) {
            const wire_origin* const joined = request.origins.find_message(at.message_index());
            path.clear();
            append_wire_list(path, list_name(names.message_lists, joined->list, "messages"), from->index);
            append_wire_list(path, list_name(names.part_lists, from->list, "content"), from->inner);
        } else if (from != nullptr) append_wire_list(path, list_name(names.part_lists, from->list, "content"), from->index);
        else append_wire_list(path, "content", at.part_index());
        // A part of a tool's result.
        if (at.item_index() != none) append_wire_list(path, "content", at.item_index());
    }
    if (at.tool_index() != none) {
        const wire_origin* const from = request.origins.find_tool(at.tool_index());
        if (from != nullptr) {
            append_wire_list(path, list_name(names.tool_lists, from->list, "tools"), from->index);
            if (from->inner != wire_origin::no_index) append_wire_list(path, names.tool_inner, from->inner);
        } else {
            append_wire_list(path, "tools", at.tool_index());
        }
    }
    append_wire_members(path, at, names.tables, at.part_index() != none ? none : at.item_index());
    if (path.empty()) path = at.text();
    return path;
}

LLMX_DECL std::string wire_path(const request_place& at, std::span<const std::span<const field_rule>> tables) {
    std::string path;
    append_wire_members(path, at, tables, at.item_index());
    if (path.empty()) path = at.text();
    return path;
}

} // namespace llmx::inline LLMX_ABI::detail
