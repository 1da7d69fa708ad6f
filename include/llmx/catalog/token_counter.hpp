// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/tokenizer.hpp>
#include <llmx/core/any_token_counter.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Counts tokens: by the tokenizers that a program has loaded, and by measured rates for all other models.
///
/// A model's tokenizer is a fact of the catalogue, `model_facts::tokenizer`: the name of an encoding ("o200k_base") or of a family
/// with rates ("claude", "gemini", "llama3", "qwen3", "deepseek"). docs/tokens.md states how far estimates are from the vendors'
/// published tokenizers: 10 to 19 % on average, and more for short texts.
///
/// Counting is one pass, or n log n work with a tokenizer, and does not suspend: above `offload_count_above` bytes a thread that serves
/// connections uses `offload`. May be used by threads at once when nothing is added any more.
class token_counter : public any_token_counter {
public:
    token_counter() = default;

    /// Adds \p t; it replaces one of the same encoding.
    LLMX_DECL void add(tokenizer t);
    /// The tokenizer of the encoding \p name, null when there is none. Valid until the next `add`.
    LLMX_DECL [[nodiscard]] const tokenizer* find(std::string_view name) const noexcept;

    /// The tokens of \p text for models with the tokenizer \p name; exact when `find(name)` is not null.
    LLMX_DECL [[nodiscard]] std::uint64_t count(std::string_view text, std::string_view name) const;

    /// Whether `find(name)` is not null.
    LLMX_INLINE bool is_exact(std::string_view name) const noexcept override;
    /// The input tokens of \p request: those of `bare_text` alone when there is one, else as of a chat request.
    LLMX_INLINE std::uint64_t count_input(const token_count_request& request, std::string_view name) const override;
    /// The input tokens of \p request. Texts are counted as above. Around them, as OpenAI documents it for its chat models
    /// (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken): 4 for each message with its role, 1 for a name, 3 for
    /// the beginning of the answer. A tool has 8 beside its texts, and an image, a recording or a document `tokens_of_media`; both are
    /// estimates.
    LLMX_INLINE std::uint64_t count_input(const chat_request& request, std::string_view name) const override;
    /// The output tokens of \p reply: the texts, reasoning and calls of its choices.
    LLMX_INLINE std::uint64_t count_output(const chat_reply& reply, std::string_view name) const override;

private:
    std::vector<tokenizer> tokenizers_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_counter.ipp>
#endif
