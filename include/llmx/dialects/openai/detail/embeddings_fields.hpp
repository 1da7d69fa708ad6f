// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/field_table.hpp>

#include <array>
#include <span>
#include <string_view>

/// \file
/// How `openai_embeddings` handles each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::array<enum_word<embedding_encoding>, 2> openai_embeddings_encodings = {
    {{embedding_encoding::floats, "float"}, {embedding_encoding::base64, "base64"}}};

/// Google's task types under the words that compatible servers take as `input_type`: Cohere's and NVIDIA's and Voyage's
/// (docs.cohere.com/reference/embed, docs.voyageai.com/reference/embeddings-api, docs.api.nvidia.com/nim).
struct openai_embeddings_task {
    std::string_view input_type, task;
};
inline constexpr std::array<openai_embeddings_task, 7> openai_embeddings_tasks = {{{"search_document", "RETRIEVAL_DOCUMENT"},
                                                                                  {"search_query", "RETRIEVAL_QUERY"},
                                                                                  {"classification", "CLASSIFICATION"},
                                                                                  {"clustering", "CLUSTERING"},
                                                                                  {"document", "RETRIEVAL_DOCUMENT"},
                                                                                  {"passage", "RETRIEVAL_DOCUMENT"},
                                                                                  {"query", "RETRIEVAL_QUERY"}}};

inline constexpr auto openai_embeddings_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"),              // that of the options wins
    by_hand<&embedding_request::inputs>("input"),             // one alone without a list
    by_hand<&embedding_request::encoding>("encoding_format"), // openai_embeddings_encodings
    mapped<&embedding_request::dimensions>("dimensions").count(),
    by_hand<&embedding_request::user>("user"),                // a long one is refused
    by_hand<&embedding_request::task_type>(""), lost<&embedding_request::title>(), by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(openai_embeddings_fields));

inline constexpr auto openai_embeddings_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>(""), by_hand<&embedding_input::tokens>(""), hint<&embedding_input::task_type>(),
    lost<&embedding_input::title>(), by_hand<&embedding_input::dimensions>(""), // the request's, or lost
    by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(openai_embeddings_input_fields));

inline constexpr std::array<std::span<const field_rule>, 2> openai_embeddings_tables = {
    openai_embeddings_fields.view(), openai_embeddings_input_fields.view()};

inline constexpr auto openai_embeddings_reply_fields = fields_of<embedding_reply>(
    by_hand<&embedding_reply::vectors>("data"), by_hand<&embedding_reply::model>("model"), // may be the routed one
    by_hand<&embedding_reply::usage>("usage"), by_hand<&embedding_reply::extra>(""));
static_assert(accounts_for_all<embedding_reply>(openai_embeddings_reply_fields));

inline constexpr auto openai_embeddings_vector_fields = fields_of<embedding_vector>(
    by_hand<&embedding_vector::index>("index"), by_hand<&embedding_vector::values>("embedding"),
    by_hand<&embedding_vector::extra>(""));
static_assert(accounts_for_all<embedding_vector>(openai_embeddings_vector_fields));

} // namespace llmx::inline LLMX_ABI::detail
