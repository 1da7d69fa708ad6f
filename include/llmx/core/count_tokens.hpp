// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// A question for the number of tokens that a chat request would have as input.
struct token_count_request : chat_request {
    token_count_request() = default;
    explicit token_count_request(chat_request asked) : chat_request(std::move(asked)) {}

    /// Counted alone where llmx counts, without the tokens around messages; a provider that counts gets the only message, which has
    /// the same text. Nothing: the messages and tools are counted.
    std::optional<std::string> bare_text;
    friend bool operator==(const token_count_request&, const token_count_request&) = default;
};

/// The answer: a number of tokens.
struct token_count {
    token_count() = default;
    explicit token_count(std::int64_t tokens) noexcept : input_tokens(tokens) {}

    std::int64_t input_tokens = 0;
    /// Part of `input_tokens` that the provider has in a cache (Google).
    std::int64_t cached_tokens = 0;
    /// The provider's name of the model that was counted for; empty: the one that was asked for.
    std::string model;
    /// What counted: "anthropic_api" for a provider, "openai_tokenizer" for a tokenizer with the model's ranks, "estimate"; empty: not known.
    std::string counted_by;
    friend bool operator==(const token_count&, const token_count&) = default;
};

/// The operation: a chat request to the number of its input tokens. It costs nothing, and limits of tokens reserve none for it.
struct count_tokens {
    using request = token_count_request;
    using reply = token_count;
    static constexpr operation_info info{"count_tokens", operation_info::answers::json};
};
static_assert(operation<count_tokens>);

/// None: a count uses no tokens.
[[nodiscard]] constexpr std::uint64_t estimate_tokens(const token_count_request&) noexcept { return 0; }

/// The same in the form of OpenAI's Responses, which is passed on and not translated.
struct count_response_tokens {
    using request = token_count_request;
    using reply = token_count;
    static constexpr operation_info info{"count_response_tokens", operation_info::answers::json};
};
static_assert(operation<count_response_tokens>);

} // namespace llmx::inline LLMX_ABI
