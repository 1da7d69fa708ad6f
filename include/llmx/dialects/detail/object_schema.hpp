// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The JSON Schema \p schema of a function's arguments for APIs that demand an object at its root, without alternatives: the properties of
/// all of them, of which those are required that each alternative requires. Nothing when the schema has that form already, or
/// is no schema of an object.
///
/// Source: the errors of Anthropic's API ("input_schema does not support oneOf, allOf, or anyOf at the top level") and of OpenAI's ("schema must
/// have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level"). Linear in \p schema.
LLMX_DECL [[nodiscard]] std::optional<std::string> as_object_schema(std::string_view schema);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/object_schema.ipp>
#endif
