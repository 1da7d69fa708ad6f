// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/token_encoding.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

// tiktoken's openai_public.py; the three of ChatML, which cl100k_base has since GPT-3.5, are in tiktoken's README.
inline constexpr special_token cl100k_special[] = {
    {"<|endoftext|>", 100257},  {"<|fim_prefix|>", 100258}, {"<|fim_middle|>", 100259}, {"<|fim_suffix|>", 100260},
    {"<|im_start|>", 100264},   {"<|im_end|>", 100265},     {"<|im_sep|>", 100266},     {"<|endofprompt|>", 100276},
};
inline constexpr special_token o200k_special[] = {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}};
inline constexpr special_token harmony_special[] = {
    {"<|startoftext|>", 199998}, {"<|endoftext|>", 199999},        {"<|reserved_200000|>", 200000}, {"<|reserved_200001|>", 200001},
    {"<|return|>", 200002},      {"<|constrain|>", 200003},        {"<|reserved_200004|>", 200004}, {"<|channel|>", 200005},
    {"<|start|>", 200006},       {"<|end|>", 200007},              {"<|message|>", 200008},         {"<|reserved_200009|>", 200009},
    {"<|reserved_200010|>", 200010}, {"<|reserved_200011|>", 200011}, {"<|call|>", 200012},         {"<|endofprompt|>", 200018},
};
inline constexpr token_encoding known_encodings[] = {
    {"cl100k_base", "cl100k_base.tiktoken", token_split::cl100k, cl100k_special},
    {"o200k_base", "o200k_base.tiktoken", token_split::o200k, o200k_special},
    {"o200k_harmony", "o200k_base.tiktoken", token_split::o200k, harmony_special, 200013, 201087},
};

} // namespace detail

LLMX_DECL std::span<const token_encoding> token_encodings() noexcept { return detail::known_encodings; }

LLMX_DECL const token_encoding* find_token_encoding(std::string_view name) noexcept {
    for (const token_encoding& e : detail::known_encodings)
        if (e.name == name) return &e;
    return nullptr;
}

} // namespace llmx::inline LLMX_ABI
