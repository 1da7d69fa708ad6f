// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// \p text without white space around it.
LLMX_DECL [[nodiscard]] std::string_view trim_json(std::string_view text) noexcept;
/// Whether \p text is one JSON object, nested values checked too.
LLMX_DECL [[nodiscard]] bool is_json_object_text(std::string_view text);
/// The arguments of a call in a request's history, for a language that takes objects only: \p arguments without white
/// space around them, `{}` when there are none.
///
/// OpenAI's language has them as text, and a model whose answer was cut at its limit leaves half of an object there.
/// Such a conversation has to go on: the text becomes the member `arguments` of an object, which is made in \p space.
LLMX_DECL [[nodiscard]] std::string_view call_arguments_object(std::string_view arguments, std::string& space);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/json_object_text.ipp>
#endif
