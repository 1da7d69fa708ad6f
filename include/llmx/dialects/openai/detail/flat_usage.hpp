// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/usage.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The tokens in the usage object that \p object is, which has passed a scan, under the names of OpenAI's operations without events and of
/// those that compatible servers use. A server that counts the total alone has counted the input.
LLMX_DECL [[nodiscard]] usage openai_flat_usage(std::string_view object);
/// The same of the member `usage` of a whole reply; none unless all of the text is one JSON object.
LLMX_DECL [[nodiscard]] usage openai_flat_usage_in(std::string_view body);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/flat_usage.ipp>
#endif
