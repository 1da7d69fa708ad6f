// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>
#include <llmx/dialects/ollama/detail/talk.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama's own chat (POST /api/chat), whose streams are lines of JSON.
///
/// Source: docs/api.md and api/types.go of github.com/ollama/ollama.
///
/// Decisions where the vocabulary and the wire differ:
/// - A request without `stream` asks for one.
/// - Images are base64; one that is known by its address alone is lost. Texts of a message are joined.
/// - The API chooses itself whether a function is called: a choice that demands one is lost, one that forbids all sends none.
/// - `think` is a level for models with efforts, otherwise a flag.
/// - A call has no reason of its own: an answer with calls ends as one that waits for their results.
/// - Durations are those of the model's server: a façade before another vendor has none.
struct ollama_chat : detail::ollama_talk<ollama_chat> {
    static constexpr std::string_view name = "ollama_chat";
    static constexpr detail::ollama_form form{name, false};
    static constexpr std::string_view path = "/api/chat";

    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// A message (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(chat_codec<ollama_chat>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/ollama/impl/common.ipp>
#include <llmx/dialects/ollama/impl/decode_request.ipp>
#include <llmx/dialects/ollama/impl/encode_messages.ipp>
#include <llmx/dialects/ollama/impl/encode_request.ipp>
#include <llmx/dialects/ollama/impl/fields.ipp>
#include <llmx/dialects/ollama/impl/reply.ipp>
#include <llmx/dialects/ollama/impl/scan.ipp>
#include <llmx/dialects/ollama/impl/stream_decoder.ipp>
#include <llmx/dialects/ollama/impl/stream_encoder.ipp>
#include <llmx/dialects/ollama/impl/stream_watch.ipp>
#endif
