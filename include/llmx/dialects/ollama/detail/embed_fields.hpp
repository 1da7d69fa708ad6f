// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>

// How Ollama's embeddings handle each member of the vocabulary (docs/api.md of github.com/ollama/ollama).

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto ollama_embed_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"), by_hand<&embedding_request::inputs>("input"),
    mapped<&embedding_request::dimensions>("dimensions").count(),
    by_hand<&embedding_request::encoding>(""), // the façade writes the reply in that form
    hint<&embedding_request::user>(), lost<&embedding_request::task_type>(), lost<&embedding_request::title>(),
    by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(ollama_embed_fields));

/// The older form has no length of vectors.
inline constexpr auto ollama_embeddings_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"), by_hand<&embedding_request::inputs>("prompt"), lost<&embedding_request::dimensions>(),
    by_hand<&embedding_request::encoding>(""), hint<&embedding_request::user>(), lost<&embedding_request::task_type>(),
    lost<&embedding_request::title>(), by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(ollama_embeddings_fields));

inline constexpr auto ollama_embed_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>(""), by_hand<&embedding_input::tokens>(""), lost<&embedding_input::task_type>(),
    lost<&embedding_input::title>(), by_hand<&embedding_input::dimensions>(""), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(ollama_embed_input_fields));

inline constexpr std::span<const field_rule> ollama_embed_tables[] = {ollama_embed_fields.view(), ollama_embed_input_fields.view()};
inline constexpr std::span<const field_rule> ollama_embeddings_tables[] = {ollama_embeddings_fields.view(),
    ollama_embed_input_fields.view()};

} // namespace llmx::inline LLMX_ABI::detail
