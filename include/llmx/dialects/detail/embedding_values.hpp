// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// Vectors on the wire, and other parts that the codecs of embeddings share. A reply may hold millions of
/// numbers: they are read from its text and never stored in a tree.

namespace llmx::inline LLMX_ABI::detail {

/// Appends the numbers of the JSON array \p text to \p to, each rounded once to the nearest float;
/// one that is too small for a float is 0 with its sign. False when it is not an array of numbers or one
/// of them is too large; \p to is then unspecified.
LLMX_DECL [[nodiscard]] bool read_float_array(std::string_view text, std::vector<float>& to);
/// Appends the float32 values that \p text, base64 of their little-endian bytes, holds. False when it
/// is anything else or a value is not finite.
LLMX_DECL [[nodiscard]] bool read_float_base64(std::string_view text, std::vector<float>& to);
/// Either of them, by the type of the JSON value \p value.
LLMX_DECL [[nodiscard]] bool read_float_value(std::string_view value, std::vector<float>& to);

/// Appends a JSON array with the shortest digits that read back equal; null for a value that is not finite.
LLMX_DECL void append_float_array(std::string& out, const std::vector<float>& values);
/// Appends a JSON string: base64 of the values as little-endian float32.
LLMX_DECL void append_float_base64(std::string& out, const std::vector<float>& values);

/// Orders a reply's vectors by index. False when the indexes are not those of that many inputs; all
/// of them 0 counts as unset, since some servers write nothing else.
LLMX_DECL [[nodiscard]] bool sort_embedding_vectors(std::vector<embedding_vector>& vectors);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/embedding_values.ipp>
#endif
