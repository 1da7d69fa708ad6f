// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/tree.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reads one YAML document into a tree; \p file is for messages.
///
/// Anchors, aliases and merge keys ("<<") are followed. Fails with
/// `errc::bad_configuration` at the line of a syntax error, of a key that a map has twice,
/// of a second document, or when aliases expand to more than 100,000 values. Without
/// `LLMX_WITH_YAML` it always fails with a message that names the macro.
LLMX_DECL [[nodiscard]] result<setting> parse_yaml_settings(std::string_view text, std::string file);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/yaml.ipp>
#endif
