// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/operation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/providers/request_edit.hpp>
#include <llmx/providers/vendor_row.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Edits the request \p body of the operation \p op as \p row demands: collects the splices in \p edits, and in
/// \p drops the members left out: at the place in the vocabulary of a request that an encoder wrote, and under the name that
/// the caller gave it otherwise.
///
/// The members are where \p known has them when it is complete; otherwise the body is scanned, and what is no
/// JSON object fails with `errc::invalid_request`. `stream_options` of an encoder's are left out without
/// report: the gateway added it, not the caller. Operations but chat and embeddings have no edits. Does no I/O;
/// thread-safe.
LLMX_DECL [[nodiscard]] result<void> apply_row(const vendor_row& row, const operation_info& op, written_by author,
                                               std::string_view body, const member_spans& known, splice_list& edits,
                                               drop_report& drops);

/// The same for the request \p e: the function `edit` of a vendor.
LLMX_DECL [[nodiscard]] inline result<void> apply_row(const vendor_row& row, const request_edit& e) {
    // Chat has other forms, whose members are not those of the edits. Mistral's is written out of OpenAI's.
    const std::string_view form = e.what->codec->name;
    const bool mistral = form == "mistral_chat" && e.author == written_by::encoder;
    if (form != "openai_chat" && form != "openai_embeddings" && !mistral) return success();
    return apply_row(row, *e.what->codec->operation, e.author, e.body, *e.members, *e.edits, *e.drops);
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/row_edits.ipp>
#endif
