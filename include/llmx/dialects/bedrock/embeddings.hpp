// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Embeddings of Amazon Bedrock, `POST /model/{modelId}/invoke` (InvokeModel): the body is that of the model's vendor, found by the model's id.
///
/// - Titan (`amazon.titan-embed-text-v1`, `-v2`, `amazon.titan-embed-image-v1`): one text a request; v2 and the multimodal model can shorten
///   vectors. docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, -titan-embed-mm.html.
/// - Nova (`amazon.nova-2-multimodal-embeddings-v1:0`): one text a request. docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html.
/// - Cohere (`cohere.embed-…-v3`, `cohere.embed-v4`): up to 96 texts. docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html,
///   -embed-v4.html.
///
/// Decisions where the vocabulary and the wire differ:
/// - Several inputs for a model that takes one are an error that names the second.
/// - Google's task types are Cohere's `input_type` and Nova's `embeddingPurpose`; without one it is a document to be indexed.
/// - `input_type`, `truncate`, `normalize`, `embeddingPurpose` and `truncationMode` in a request of another language are the vendor's own.
/// - Token ids are refused. Cohere's answers name no tokens: their usage is empty.
struct bedrock_embeddings {
    using operation = embeddings;
    static constexpr std::string_view name = "bedrock_embeddings", language = "bedrock";
    static constexpr std::string_view path = "/invoke";
    static constexpr bool model_in_body = false;
    /// Most texts of one request of Cohere's.
    static constexpr std::size_t most_texts = 96;

    /// Reads the text forms of all three vendors. `errc::invalid_request` for a body without text.
    LLMX_DECL [[nodiscard]] static result<embedding_request> decode_request(std::string_view body, const request_target& target);
    /// Fails when there is no input, one is token ids, or there are more than the model takes (`errc::unsupported_parameter`); \p out is then
    /// as it was.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const embedding_request& request);
    /// Reads the answers of all three; of several types of vectors those of floats.
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    /// One vector in Titan's form, several in Cohere's.
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    [[nodiscard]] static error_body decode_error(std::string_view body) { return bedrock_converse::decode_error(body); }
    static void encode_error(const error& failure, std::string& out) { bedrock_converse::encode_error(failure, out); }
};

static_assert(flat_codec<bedrock_embeddings>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/embeddings.ipp>
#endif
