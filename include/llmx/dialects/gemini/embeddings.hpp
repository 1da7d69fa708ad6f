// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/gemini/detail/embed.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Google's `POST …/models/{m}:batchEmbedContents`: several inputs, each a request of its own.
///
/// Sources: https://ai.google.dev/api/embeddings; `embedContentConfig` and `usageMetadata` as Vertex
/// AI documents them for `models.embedContent`. Both spellings of proto3's JSON are read,
/// lowerCamelCase is written.
///
/// Decisions where the vocabulary and the wire differ:
/// - A task type, title or length that all requests of a batch share is the request's; those that
///   differ are the inputs'. TASK_TYPE_UNSPECIFIED is not a task type. A setting inside
///   `embedContentConfig` counts where the request has none beside it, and is written beside it.
/// - The text parts of a content are one text. Its other parts (media), and text parts with members
///   besides the text, are kept as they are in the input's `extra` as "content.parts" and written
///   after the text. Its role means nothing and is not kept.
/// - Members that llmx does not know are in the `extra` of the input they belong to, under dotted
///   names with the path of a nested place ("embedContentConfig.autoTruncate"). A request that `gemini_embed` read is
///   written too.
/// - Every request names the model, which the URL names as well: the URL's is routed, and a body that
///   names one in a request is written anew (`request_head::must_translate`).
/// - Inputs are text: token ids are lost, and as nothing is left of the input then, an error.
/// - Google has no counterpart of `embedding_request::encoding`: the façade writes the reply in that
///   form, so it is not a drop.
struct gemini_batch_embed : detail::gemini_embed_codec<gemini_batch_embed, detail::gemini_embed_inputs::several> {
    static constexpr std::string_view name = "gemini_batch_embed";
    static constexpr std::string_view path = ":batchEmbedContents";
};

/// Google's `POST …/models/{m}:embedContent`: one input. See `gemini_batch_embed`.
///
/// A model in the body is not sent on. A request of several inputs cannot be written, and a reply of
/// several vectors is written with the first alone.
struct gemini_embed : detail::gemini_embed_codec<gemini_embed, detail::gemini_embed_inputs::one> {
    static constexpr std::string_view name = "gemini_embed";
    static constexpr std::string_view path = ":embedContent";
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/embeddings_decode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_encode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_reply.ipp>
#include <llmx/dialects/gemini/impl/embeddings_scan.ipp>
#endif
