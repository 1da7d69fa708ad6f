// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The sizes in a provider's words about a prompt that does not fit, in tokens.
struct context_overflow {
    context_overflow() = default;
    context_overflow(std::int64_t prompt, std::int64_t window) noexcept : asked(prompt), most(window) {}
    /// Of the prompt, with the requested output where the provider counts that in.
    std::int64_t asked = 0;
    /// Of the model.
    std::int64_t most = 0;
};

/// Whether \p words, a provider's, report a prompt that does not fit into a model's context window.
///
/// Source: the messages of OpenAI, Anthropic, Google, Mistral, DeepSeek, xAI, Groq, Moonshot, Z.ai, vLLM, llama.cpp, Ollama and TGI.
LLMX_DECL [[nodiscard]] bool words_report_overflow(std::string_view words) noexcept;
/// The sizes that \p words have: "A + B > C" (Anthropic), otherwise the first two different numbers above 255, of which the
/// larger is the prompt's. Nothing when there are fewer.
LLMX_DECL [[nodiscard]] std::optional<context_overflow> read_context_overflow(std::string_view words) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/context_overflow.ipp>
#endif
