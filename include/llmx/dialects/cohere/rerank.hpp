// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>
#include <llmx/dialects/field_table.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto cohere_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>("model"), mapped<&rerank_request::query>("query").always(),
    by_hand<&rerank_request::documents>("documents"), mapped<&rerank_request::top_n>("top_n").count(),
    mapped<&rerank_request::return_documents>("return_documents"), mapped<&rerank_request::rank_fields>("rank_fields"),
    mapped<&rerank_request::max_tokens_per_doc>("max_tokens_per_doc").count(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(cohere_rerank_fields));

inline constexpr rerank_form cohere_rerank_form = {
    .codec = "cohere_rerank",
    .fields = cohere_rerank_fields.view(),
    .documents = "documents",
    .reply = rerank_form::reply_kind::results,
    .document_objects = true,
};

} // namespace detail

/// Cohere's reranking, `POST /v2/rerank`, and the servers that took its form over: Jina, vLLM, Together.
///
/// Sources: Cohere's OpenAPI description (V2RerankRequest, V2RerankResponse, ApiMeta), whose first version had `return_documents` and
/// `rank_fields`, which the others still take; https://docs.vllm.ai (Re-rank API), https://jina.ai/reranker,
/// https://docs.together.ai/reference/rerank-1.
///
/// Decisions where the vocabulary and the wire differ:
/// - Search units are those of `meta.billed_units`; tokens are those of `meta`, or of `usage` where a server has OpenAI's.
/// - A document that is an object keeps its fields.
struct cohere_rerank : detail::rerank_codec<detail::cohere_rerank_form> {
    static constexpr std::string_view name = "cohere_rerank";
    static constexpr std::string_view language = "cohere";
    static constexpr std::string_view path = "/rerank";
};

} // namespace llmx::inline LLMX_ABI
