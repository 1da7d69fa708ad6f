// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/chat_fields.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string ollama_caller_path(const ollama_form& form, const request_place& at, const chat_request& request) {
    static constexpr std::string_view message_lists[] = {"messages", ""},
                                      part_lists[] = {"content", "thinking", "prompt", "system", "", "images", "tool_calls"},
                                      tool_lists[] = {"tools"};
    if (form.generates && at.is<&chat_request::messages>()) return "prompt";
    wire_names names;
    names.message_lists = message_lists;
    names.part_lists = part_lists;
    names.tool_lists = tool_lists;
    names.tables = ollama_tables;
    return wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI::detail
