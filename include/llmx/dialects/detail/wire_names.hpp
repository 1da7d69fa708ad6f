// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/request_place.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// How a language names the places of a chat request: the input of `wire_path`.
struct wire_names {
    /// Lists of messages, of a message's parts and of tools, by `wire_origin::list`. An empty name of a list
    /// of parts means that the part is the message's whole content, "[]" that the message itself is the list.
    std::span<const std::string_view> message_lists, part_lists, tool_lists;
    /// The list that a tool itself holds (Gemini's functionDeclarations); may be empty.
    std::string_view tool_inner;
    /// The tables of all structs, in any order.
    std::span<const std::span<const field_rule>> tables;
};

/// The path of \p at in the request of a caller from which \p request was decoded; in the vocabulary's
/// names where that request has no such place.
LLMX_DECL [[nodiscard]] std::string wire_path(const request_place& at, const chat_request& request,
                                              const wire_names& names);
/// The same for an operation whose requests are flat: members and elements of lists.
LLMX_DECL [[nodiscard]] std::string wire_path(const request_place& at, std::span<const std::span<const field_rule>> tables);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/wire_names.ipp>
#endif
