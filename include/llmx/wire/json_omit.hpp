// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_scan.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Whether \p path is the place of members of a JSON object: names with dots between them, each followed by any number of "[*]" (all
/// items of a list) or "[2]" (one item): "temperature", "metadata.trace", "tools[*].input_examples".
///
/// The form is that of LiteLLM's `additional_drop_params` (docs.litellm.ai/docs/completion/drop_params). A name that holds a dot or a
/// bracket has no place.
LLMX_DECL [[nodiscard]] bool is_member_path(std::string_view path) noexcept;

/// Removes what \p path names from the JSON object \p text, each with one comma; every other byte stays. True when something was
/// there. A text that is no object stays as it is, and so does what is behind a fault of its syntax.
LLMX_DECL [[nodiscard]] bool omit_member(std::string& text, std::string_view path);

/// The value of the last member called \p name in the top level of the object \p text; nothing when there is none.
LLMX_DECL [[nodiscard]] std::optional<std::string_view> json_member_value(std::string_view text, std::string_view name);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_omit.ipp>
#endif
