// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Bytes of one schema as Google's message.
inline constexpr std::size_t max_gemini_schema = std::size_t{2} * 1024 * 1024;

/// Appends \p json_schema as Google's Schema message, the subset of OpenAPI 3.0 that
/// function declarations and `responseSchema` take.
///
/// Types become upper case; null in a type list, an enum or an `anyOf` becomes `nullable`;
/// `$ref` is written out, and where it leads back into itself it ends as a bare object;
/// `allOf` is merged; `const` is an enum of one; enums hold strings only (other values go
/// into the description); `oneOf` becomes `anyOf`, which is alone in its node, as the
/// server demands, with the description moved into the branches; formats other than the
/// known ones and keywords that the message lacks are left out. Each node gets a type and
/// each array its items, which the server insists on. Required names without a property
/// are removed.
///
/// \returns true when a restriction of the value could not be expressed. Fails with
/// `errc::invalid_request` when the text is not a JSON object or grows beyond \p most bytes once its
/// references are written out, or the work of writing it beyond the limit for a schema of its size.
/// A description of alternatives goes into each of them, and when that would repeat more than
/// 64 KiB and the schema's size into the first.
/// Source: google.ai.generativelanguage.v1beta.Schema; https://ai.google.dev/api/caching#Schema.
LLMX_DECL [[nodiscard]] result<bool> append_gemini_schema(std::string& out, std::string_view json_schema,
                                                        std::size_t most = max_gemini_schema);

/// Appends Google's Schema message as JSON Schema: lower-case types, `nullable` as a type
/// list or as a null branch. A text that is JSON Schema already comes out as it was.
LLMX_DECL void append_json_schema(std::string& out, const boost::json::object& gemini_schema);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/schema.ipp>
#include <llmx/dialects/gemini/impl/schema_decode.ipp>
#include <llmx/dialects/gemini/impl/schema_node.ipp>
#endif
