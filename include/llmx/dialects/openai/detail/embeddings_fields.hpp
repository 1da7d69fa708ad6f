// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/field_table.hpp>

#include <array>
#include <span>

/// \file
/// How `openai_embeddings` handles each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::array<enum_word<embedding_encoding>, 2> openai_embeddings_encodings = {
    {{embedding_encoding::floats, "float"}, {embedding_encoding::base64, "base64"}}};

inline constexpr auto openai_embeddings_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model"),              // that of the options wins
    by_hand<&embedding_request::inputs>("input"),             // one alone without a list
    by_hand<&embedding_request::encoding>("encoding_format"), // openai_embeddings_encodings
    mapped<&embedding_request::dimensions>("dimensions").count(),
    by_hand<&embedding_request::user>("user"),                // a long one is refused
    lost<&embedding_request::task_type>(), lost<&embedding_request::title>(), by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(openai_embeddings_fields));

inline constexpr auto openai_embeddings_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>(""), by_hand<&embedding_input::tokens>(""), lost<&embedding_input::task_type>(),
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
