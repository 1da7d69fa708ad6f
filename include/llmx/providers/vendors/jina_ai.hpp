// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit jina_ai_embedding_edits[] = {
    rename_member("encoding_format", "embedding_type")};
} // namespace detail

namespace rows {
/// Jina's embeddings (jina.ai/embeddings).
inline constexpr vendor_row jina_ai = {
    .name = "jina_ai",
    .aliases = "jina",
    .base = "https://api.jina.ai/v1",
    .key_env = {"JINA_AI_API_KEY", "JINA_API_KEY", "JINA_AI_TOKEN"},
    .base_env = "JINA_AI_API_BASE",
    .operations = serves::embeddings | serves::rerank,
    .embedding_edits = detail::jina_ai_embedding_edits,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
