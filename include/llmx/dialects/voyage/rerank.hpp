// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>
#include <llmx/dialects/field_table.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto voyage_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>("model"), mapped<&rerank_request::query>("query").always(),
    by_hand<&rerank_request::documents>("documents"), mapped<&rerank_request::top_n>("top_k").count(),
    mapped<&rerank_request::return_documents>("return_documents"), lost<&rerank_request::rank_fields>(),
    lost<&rerank_request::max_tokens_per_doc>(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(voyage_rerank_fields));

inline constexpr rerank_form voyage_rerank_form = {
    .codec = "voyage_rerank",
    .fields = voyage_rerank_fields.view(),
    .documents = "documents",
    .reply = rerank_form::reply_kind::data,
};

} // namespace detail

/// Voyage's reranking, `POST /v1/rerank`: `top_k`, results in `data`, charged by tokens. Source: https://docs.voyageai.com/reference/reranker-api.
///
/// Documents are texts: the fields of one are lost, and its field "text" is sent.
struct voyage_rerank : detail::rerank_codec<detail::voyage_rerank_form> {
    static constexpr std::string_view name = "voyage_rerank";
    static constexpr std::string_view language = "voyage";
    static constexpr std::string_view path = "/rerank";
};

} // namespace llmx::inline LLMX_ABI
