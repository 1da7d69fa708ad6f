// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/detail/chat_fields.hpp>
#include <llmx/dialects/detail/wire_names.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::string cohere_chat::caller_path(const request_place& at, const chat_request& request) {
    static constexpr std::string_view message_lists[] = {"messages", "documents"},
                                      part_lists[] = {"content", "tool_calls", "tool_plan", "", "[]"}, tool_lists[] = {"tools"};
    detail::wire_names names;
    names.message_lists = message_lists;
    names.part_lists = part_lists;
    names.tool_lists = tool_lists;
    names.tables = detail::cohere_tables;
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
