// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/tree.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reads one JSON document (RFC 8259) into a tree; \p file is for messages.
///
/// Fails with `errc::bad_configuration` at the line of a syntax error, of a key that a map
/// has twice, or of nesting deeper than 100.
LLMX_DECL [[nodiscard]] result<setting> parse_json_settings(std::string_view text, std::string file);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/json.ipp>
#endif
