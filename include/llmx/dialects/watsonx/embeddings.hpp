// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Embeddings of IBM watsonx.ai, `POST /ml/v1/text/embeddings`. For providers alone.
///
/// Sources: cloud.ibm.com/apidocs/watsonx-ai (text embeddings), the interfaces TextEmbeddingsParams and EmbeddingsResponse of
/// ibm.github.io/watsonx-ai-node-sdk.
///
/// Decisions where the vocabulary and the wire differ:
/// - Inputs are texts: token ids are refused, a length of vectors is lost, a purpose is a hint.
/// - `parameters`, or its members `truncate_input_tokens` and `return_options`, in a request of another language are the vendor's own.
/// - The provider writes `model_id` and what is charged, which a model's deployment does not take.
struct watsonx_embeddings {
    using operation = embeddings;
    static constexpr std::string_view name = "watsonx_embeddings", language = "watsonx";
    /// Behind "/ml/v1".
    static constexpr std::string_view path = "/text/embeddings";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// Fails with `errc::invalid_request` without an input, and with `errc::unsupported_parameter` for token ids; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// `errc::bad_response` for an answer without vectors.
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A vector, at least one (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(upstream_flat_codec<watsonx_embeddings>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/watsonx/impl/embeddings.ipp>
#endif
