// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// Google's `POST …/models/{m}:batchEmbedContents`: several inputs, each a request of its own.
///
/// Sources: https://ai.google.dev/api/embeddings; `embedContentConfig` and `usageMetadata` as Vertex
/// AI documents them for `models.embedContent`. Both spellings of proto3's JSON are read,
/// lowerCamelCase is written.
///
/// Decisions where the vocabulary and the wire differ:
/// - A task type, title or length that all requests of a batch share is the request's; those that
///   differ are the inputs'. TASK_TYPE_UNSPECIFIED is no task type. A setting inside
///   `embedContentConfig` counts where the request has none beside it, and is written beside it.
/// - The text parts of a content are one text. Its other parts (media), and text parts with members
///   besides the text, are kept as they are in the input's `extra` as "content.parts" and written
///   behind the text. Its role means nothing and is not kept.
/// - Members that llmx does not know are in the `extra` of the input they belong to, under dotted
///   names where they stand deeper ("embedContentConfig.autoTruncate"). What `gemini_embed` read is
///   written too.
/// - Every request names the model, which the URL names as well: the URL's is routed, and a body that
///   names one in a request is written anew (`request_head::must_translate`).
/// - Inputs are text: token ids are lost, and as nothing is left of the input then, an error.
/// - Google has no counterpart of `embedding_request::encoding`: the façade writes the reply in that
///   form, so it is no drop.
struct gemini_batch_embed {
    using operation = embeddings;
    static constexpr std::string_view name = "gemini_batch_embed";
    static constexpr std::string_view language = "gemini";
    static constexpr std::string_view path = ":batchEmbedContents";
    static constexpr bool model_in_body = false;

    /// Finds what routing needs. Fails unless the body is one JSON object with requests.
    [[nodiscard]] LLMX_DECL static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    [[nodiscard]] LLMX_DECL static result<embedding_request> decode_request(std::string_view body,
                                                                            const request_target& target);
    /// Fails when an input is no text (`errc::unsupported_parameter`) or there is none; \p out is then
    /// as it was.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    [[nodiscard]] LLMX_DECL static std::string caller_path(std::string_view member, const embedding_request& request);

    /// An error object in a body that came with status 200 is a failure too.
    [[nodiscard]] LLMX_DECL static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    [[nodiscard]] LLMX_DECL static usage scan_usage(std::string_view body);

    /// Those of `gemini_generate`.
    [[nodiscard]] LLMX_DECL static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const error& failure, std::string& out);
};

/// Google's `POST …/models/{m}:embedContent`: one input. See `gemini_batch_embed`.
///
/// A model in the body is not sent on. A request of several inputs cannot be written, and a reply of
/// several vectors is written with the first alone.
struct gemini_embed {
    using operation = embeddings;
    static constexpr std::string_view name = "gemini_embed";
    static constexpr std::string_view language = "gemini";
    static constexpr std::string_view path = ":embedContent";
    static constexpr bool model_in_body = false;

    /// Finds what routing needs. Fails unless the body is one JSON object with a content.
    [[nodiscard]] LLMX_DECL static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    [[nodiscard]] LLMX_DECL static result<embedding_request> decode_request(std::string_view body,
                                                                            const request_target& target);
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    [[nodiscard]] LLMX_DECL static std::string caller_path(std::string_view member, const embedding_request& request);
    [[nodiscard]] LLMX_DECL static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    [[nodiscard]] LLMX_DECL static usage scan_usage(std::string_view body);
    [[nodiscard]] LLMX_DECL static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const error& failure, std::string& out);
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/embeddings_decode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_encode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_reply.ipp>
#include <llmx/dialects/gemini/impl/embeddings_scan.ipp>
#endif
