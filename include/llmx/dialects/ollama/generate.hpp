// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/ollama/chat.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama's second form (POST /api/generate): a prompt in place of a conversation, whose streams are lines of JSON.
///
/// Source: docs/api.md and api/types.go of github.com/ollama/ollama.
///
/// Decisions where the vocabulary and the wire differ, beside those of `ollama_chat`:
/// - `system` and `prompt` are messages. A conversation of several turns has no form here: an encoder refuses it.
/// - `suffix`, `template`, `raw` and `context` are for Ollama alone. A prompt that is empty only loads a model, which no other vendor does.
struct ollama_generate : detail::ollama_talk<ollama_generate> {
    static constexpr std::string_view name = "ollama_generate";
    static constexpr detail::ollama_form form{name, true};
    static constexpr std::string_view path = "/api/generate";

    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// A text, be it empty (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(chat_codec<ollama_generate>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/ollama/impl/generate.ipp>
#endif
