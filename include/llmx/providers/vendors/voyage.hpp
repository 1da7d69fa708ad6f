// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit voyage_embedding_edits[] = {
    rename_member("dimensions", "output_dimension"), allow_values("encoding_format", "\"base64\"")};
} // namespace detail

namespace rows {
/// Voyage AI's embeddings (docs.voyageai.com/reference/embeddings-api): numbers are what it answers without a format.
inline constexpr vendor_row voyage = {
    .name = "voyage",
    .base = "https://api.voyageai.com/v1",
    .key_env = {"VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"},
    .base_env = "VOYAGE_API_BASE",
    .operations = serves::embeddings | serves::voyage_rerank,
    .embedding_edits = detail::voyage_embedding_edits,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
