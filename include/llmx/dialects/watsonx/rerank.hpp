// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reranking of IBM watsonx.ai, `POST /ml/v1/text/rerank`. For providers alone.
///
/// Sources: cloud.ibm.com/apidocs/watsonx-ai (text rerank), the interfaces TextRerankParams and RerankResponse of
/// ibm.github.io/watsonx-ai-node-sdk.
///
/// Decisions where the vocabulary and the wire differ:
/// - `top_n` and `return_documents` are in `parameters.return_options`; results with documents have them as `input`.
/// - `max_tokens_per_doc` is `truncate_input_tokens`; a document's fields and `rank_fields` are lost.
/// - `parameters` in a request of another language takes the place of all of these.
/// - The vendor counts tokens, no search units.
struct watsonx_rerank {
    using operation = rerank;
    static constexpr std::string_view name = "watsonx_rerank", language = "watsonx";
    /// Behind "/ml/v1".
    static constexpr std::string_view path = "/text/rerank";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// Fails with `errc::invalid_request` when there is no query or no document; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const rerank_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// `errc::bad_response` for an answer without results, or for a result without index or score.
    LLMX_DECL [[nodiscard]] static result<rerank_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A list of results (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(upstream_flat_codec<watsonx_rerank>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/watsonx/impl/rerank.ipp>
#endif
