// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>
#include <string_view>

/// \file
/// How `gemini_batch_embed` and `gemini_embed` handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// One EmbedContentRequest (ai.google.dev/api/embeddings).
inline constexpr auto gemini_embed_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>("content"), lost<&embedding_input::tokens>(), // which is refused
    mapped<&embedding_input::task_type>("taskType"), mapped<&embedding_input::title>("title"),
    mapped<&embedding_input::dimensions>("outputDimensionality").count(), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(gemini_embed_input_fields));

/// Settings of all inputs are in each of them, which reads and writes them; here they have their names.
inline constexpr auto gemini_embed_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"), by_hand<&embedding_request::inputs>(""),
    mapped<&embedding_request::task_type>("taskType"), mapped<&embedding_request::title>("title"),
    mapped<&embedding_request::dimensions>("outputDimensionality"),
    by_hand<&embedding_request::encoding>(""), // the façade writes the reply in that form
    hint<&embedding_request::user>(), by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(gemini_embed_fields));

/// The names in a batch: the first request represents the members that all requests share.
inline constexpr auto gemini_batch_embed_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"), by_hand<&embedding_request::inputs>("requests"),
    mapped<&embedding_request::task_type>("taskType").inside("requests[0]"),
    mapped<&embedding_request::title>("title").inside("requests[0]"),
    mapped<&embedding_request::dimensions>("outputDimensionality").inside("requests[0]"),
    by_hand<&embedding_request::encoding>(""), hint<&embedding_request::user>(),
    by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(gemini_batch_embed_fields));

/// The places of members that the vocabulary does not have.
inline constexpr std::string_view gemini_embed_nested[] = {"content.", "embedContentConfig."};

inline constexpr auto gemini_embed_reply_fields = fields_of<embedding_reply>(
    lost<&embedding_reply::model>(), by_hand<&embedding_reply::vectors>("embeddings"), // "embedding" of one alone
    by_hand<&embedding_reply::usage>("usageMetadata"), by_hand<&embedding_reply::extra>(""));
static_assert(accounts_for_all<embedding_reply>(gemini_embed_reply_fields));

inline constexpr auto gemini_embed_vector_fields = fields_of<embedding_vector>(
    by_hand<&embedding_vector::index>(""), // the position in the list
    by_hand<&embedding_vector::values>("values"), by_hand<&embedding_vector::extra>(""));
static_assert(accounts_for_all<embedding_vector>(gemini_embed_vector_fields));

} // namespace llmx::inline LLMX_ABI::detail
