// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

/// Closes each object of the JSON Schema \p schema (`additionalProperties: false`), when vendors then enforce it exactly; otherwise
/// returns false and leaves it as it is.
///
/// They do so only where each property of each object is required (platform.openai.com/docs/guides/structured-outputs,
/// "supported schemas"), so that a schema with an optional property, with another value of `additionalProperties`, or with an
/// object of no declared properties cannot be enforced. An empty text is a function without parameters, of which there is nothing
/// to enforce.
LLMX_DECL [[nodiscard]] bool close_strict_schema(std::string& schema);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/strict_schema.ipp>
#endif
