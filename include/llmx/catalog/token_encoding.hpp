// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// How an encoding cuts a text into the pieces that are merged each for itself.
///
/// Source: the regular expressions in tiktoken's openai_public.py (https://github.com/openai/tiktoken), version 0.14.
enum class token_split : std::uint8_t { cl100k, o200k };

/// A token that is no text: the mark of an end, a role, a channel.
struct special_token {
    constexpr special_token(std::string_view name, std::uint32_t number) noexcept : text(name), id(number) {}
    std::string_view text;
    std::uint32_t id;
};

/// An encoding of OpenAI as data: all but its ranks, which a file holds.
struct token_encoding {
    constexpr token_encoding(std::string_view called, std::string_view ranks, token_split cut, std::span<const special_token> marks,
                             std::uint32_t first = 0, std::uint32_t last = 0) noexcept
        : name(called), rank_file(ranks), split(cut), special(marks), first_reserved(first), last_reserved(last) {}

    /// "o200k_harmony"
    std::string_view name;
    /// Usual name of the file with the ranks. o200k_harmony has those of o200k_base.
    std::string_view rank_file;
    token_split split;
    std::span<const special_token> special;
    /// Numbers n of the special tokens "<|reserved_n|>", the ends included; 0: there are none.
    std::uint32_t first_reserved, last_reserved;
};

/// The encodings that a tokenizer can have: cl100k_base, o200k_base, o200k_harmony.
LLMX_DECL [[nodiscard]] std::span<const token_encoding> token_encodings() noexcept;

/// The encoding called \p name, null when there is none.
LLMX_DECL [[nodiscard]] const token_encoding* find_token_encoding(std::string_view name) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_encoding.ipp>
#endif
