// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count_tokens.hpp>
#include <llmx/core/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The count in the member \p name of \p body; `errc::bad_response` when there is none.
LLMX_DECL [[nodiscard]] result<token_count> read_token_count(std::string_view body, std::string_view name,
                                                             std::string_view cached = std::string_view());

/// Appends the members of the JSON object \p text to \p out as members of an object that is open in it: with \p only those that
/// \p names has, otherwise those that it has not. \p first: the object in \p out has no member yet.
LLMX_DECL void append_count_members(std::string_view text, std::span<const std::string_view> names, bool only, bool first, std::string& out);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/token_count_body.ipp>
#endif
