// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's embeddings, `POST /v1/embeddings`, and the extensions of compatible servers.
///
/// Sources: OpenAI's OpenAPI description (CreateEmbeddingRequest, CreateEmbeddingResponse, Embedding).
///
/// Decisions where the vocabulary and the wire differ:
/// - A single input is written as a string or an array of ids, the form that servers with one input
///   per request accept; several as an array. One request holds texts or token ids, never both.
/// - `encoding_format` is the form of the reply for its caller. `encode_reply` follows
///   `reply_options::base64`; `decode_reply` reads both forms.
/// - Google's task type and title have no counterpart: they are lost.
/// - `usage` is always written, as the schema demands. A server that counts the total alone has
///   counted the input.
struct openai_embeddings : detail::openai_flat_codec {
    using operation = embeddings;
    static constexpr std::string_view name = "openai_embeddings";
    static constexpr std::string_view path = "/embeddings";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in
    /// \p target) and an input. A model that is written with escapes: see `openai_chat::scan_request`.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<embedding_request> decode_request(std::string_view body,
                                                                            const request_target& target);
    /// Fails with `errc::invalid_request` when there is no input or the inputs are texts and token ids;
    /// \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    /// An input without others is named without a position: it may have been written without a list.
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const embedding_request& request);

    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// An embedding, at least one (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/embeddings_reply.ipp>
#include <llmx/dialects/openai/impl/embeddings_request.ipp>
#endif
