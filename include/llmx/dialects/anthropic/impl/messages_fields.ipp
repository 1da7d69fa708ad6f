// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/detail/messages_fields.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/wire_names.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::string anthropic_messages::caller_path(const request_place& at, const chat_request& request) {
    static constexpr std::string_view message_lists[] = {"messages", "system"}, part_lists[] = {"content", "[]", ""},
                                      tool_lists[] = {"tools"};
    // The written form of all of the reasoning: an effort is beside the output's format.
    if (at.is<&chat_request::reasoning>() && at.inner() == nullptr) {
        const auto& r = request.reasoning;
        return r && r->effort && !r->budget_tokens && !r->adaptive ? "output_config.effort" : "thinking";
    }
    detail::wire_names names;
    names.message_lists = message_lists;
    names.part_lists = part_lists;
    names.tool_lists = tool_lists;
    names.tables = detail::messages_tables;
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
