// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_cursor.hpp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

/// The sentences of the error body \p from, in whichever of the usual members a server has them; empty for none.
///
/// Texts of `message`, `msg`, `error_msg`, `detail`, `error` and `errors`, also where they are objects or lists (FastAPI's
/// `{"detail":[{"loc":["body","model"],"msg":"Field required"}]}` is "body.model: Field required"). At most four levels deep, eight
/// elements of a list, and 4 KiB.
LLMX_DECL [[nodiscard]] std::string reason_text(const json_cursor& from);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/reason_text.ipp>
#endif
