// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>
#include <llmx/dialects/field_table.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto tei_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>(""), // the server has one
    mapped<&rerank_request::query>("query").always(), by_hand<&rerank_request::documents>("texts"),
    by_hand<&rerank_request::top_n>(""), // the answer is cut
    mapped<&rerank_request::return_documents>("return_text"), lost<&rerank_request::rank_fields>(),
    lost<&rerank_request::max_tokens_per_doc>(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(tei_rerank_fields));

inline constexpr rerank_form tei_rerank_form = {
    .codec = "tei_rerank",
    .fields = tei_rerank_fields.view(),
    .documents = "texts",
    .reply = rerank_form::reply_kind::ranks,
    .model_in_body = false,
};

} // namespace detail

/// The reranking of Hugging Face's Text Embeddings Inference, `POST /rerank`: one model, and an answer that is a list of all documents.
/// Source: https://huggingface.github.io/text-embeddings-inference (RerankRequest, Rank).
///
/// `top_n` is applied to the answer. The server reports no tokens; a call counts as one search unit.
struct tei_rerank : detail::rerank_codec<detail::tei_rerank_form> {
    static constexpr std::string_view name = "tei_rerank";
    static constexpr std::string_view language = "huggingface";
    static constexpr std::string_view path = "/rerank";
};

} // namespace llmx::inline LLMX_ABI
