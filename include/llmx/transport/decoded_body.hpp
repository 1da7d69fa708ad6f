// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/content_coding.hpp>
#include <llmx/wire/http_message.hpp>

namespace llmx::inline LLMX_ABI {

/// Replaces the body of \p response, when its `content-encoding` names a coding, by one that decodes it as it is read.
///
/// What is decoded is bounded like the answer itself: \p limits' `max_body` and `memory` apply to the bytes after
/// decoding, and at most 64 KiB are decoded ahead of the reader. The fields of \p response stay as they are. Fails with
/// `bad_response`, the body untouched, when this program cannot decode the coding; the text names it and what to do.
/// \p limits is needed during the call alone; `limits.memory` must outlive the body.
LLMX_DECL [[nodiscard]] result<void> decode_content(http_response& response, const http_limits& limits);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/decoded_body.ipp>
#endif
