// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>
#include <llmx/dialects/field_table.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto deepinfra_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>(""), // the URL names it
    by_hand<&rerank_request::query>("queries"), by_hand<&rerank_request::documents>("documents"),
    by_hand<&rerank_request::top_n>(""),            // the answer is cut
    by_hand<&rerank_request::return_documents>(""), // the answer gets them
    lost<&rerank_request::rank_fields>(), lost<&rerank_request::max_tokens_per_doc>(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(deepinfra_rerank_fields));

inline constexpr rerank_form deepinfra_rerank_form = {
    .codec = "deepinfra_rerank",
    .fields = deepinfra_rerank_fields.view(),
    .documents = "documents",
    .reply = rerank_form::reply_kind::scores,
    .model_in_body = false,
    .query_each = true,
};

} // namespace detail

/// DeepInfra's reranking, `POST /v1/inference/{model}`: as many queries as documents, and a score for each pair.
/// Source: https://deepinfra.com/Qwen/Qwen3-Reranker-8B/api.
///
/// The query is sent once for each document, at most 8 MiB of it; results are sorted, cut to `top_n` and given their documents here.
struct deepinfra_rerank : detail::rerank_codec<detail::deepinfra_rerank_form> {
    static constexpr std::string_view name = "deepinfra_rerank";
    static constexpr std::string_view language = "deepinfra";
    static constexpr std::string_view path = "/rerank";
};

} // namespace llmx::inline LLMX_ABI
