// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto bedrock_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>("modelId"), mapped<&rerank_request::query>("query").always(),
    by_hand<&rerank_request::documents>("documents"), mapped<&rerank_request::top_n>("top_n").count(),
    hint<&rerank_request::return_documents>(), lost<&rerank_request::rank_fields>(),
    mapped<&rerank_request::max_tokens_per_doc>("max_tokens_per_doc").count(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(bedrock_rerank_fields));

inline constexpr rerank_form bedrock_rerank_form = {
    .codec = "bedrock_rerank",
    .fields = bedrock_rerank_fields.view(),
    .documents = "documents",
    .reply = rerank_form::reply_kind::results,
    .model_in_body = false,
};

} // namespace detail

/// Reranking by models of Amazon Bedrock (`cohere.rerank-v3-5:0`, `amazon.rerank-v1:0`), `POST /model/{modelId}/invoke`: the body is that of
/// Cohere's second version, whose models demand its number.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html, docs.cohere.com/v2/docs/amazon-bedrock. The other way,
/// `Rerank` of bedrock-agent-runtime, is at another host and takes the same models.
struct bedrock_rerank : detail::rerank_codec<detail::bedrock_rerank_form> {
    static constexpr std::string_view name = "bedrock_rerank";
    static constexpr std::string_view language = "bedrock";
    static constexpr std::string_view path = "/invoke";

    static result<void> encode_request(const rerank_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        const std::size_t begin = out.body.size();
        const result<void> done = detail::rerank_encode(request, options, out, drops, detail::bedrock_rerank_form);
        const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
        const bool own = request.extra.speaks(name) && request.extra.find("api_version") != nullptr;
        if (done && !own && model.find("cohere.") != std::string_view::npos) out.body.insert(begin + 1, R"("api_version":2,)");
        return done;
    }
};

} // namespace llmx::inline LLMX_ABI
