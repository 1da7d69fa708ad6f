// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/drop_report.hpp>
#include <llmx/providers/message_rules.hpp>
#include <llmx/providers/request_edit.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Collects in \p edits what makes the bytes \p body, a chat request in OpenAI's form, one that a vendor with \p rules takes, and names
/// in \p drops each member that is left out and is not null: as hints, since the text of a conversation stays. What an encoder has written is
/// not named: it stands elsewhere in the caller's request.
///
/// A request without any of these words is not looked at further. What is malformed inside stays as it is, for the vendor to refuse.
/// \p known as in `apply_row`. Does no I/O; thread-safe.
LLMX_DECL [[nodiscard]] result<void> edit_messages(const message_rules& rules, written_by author, std::string_view body,
                                                   const member_spans& known, splice_list& edits, drop_report& drops);

/// The rules of OpenAI and of Azure OpenAI for the request \p e: their function `edit`.
LLMX_DECL [[nodiscard]] result<void> edit_openai_messages(const request_edit& e);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/message_edits.ipp>
#endif
