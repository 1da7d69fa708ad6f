// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/count_tokens.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Counts tokens, behind virtual calls, so that a server that is given none contains no tokenizer: `token_counter` is one.
///
/// \p name is a model's tokenizer (`model_facts::tokenizer`), which may be unknown or empty. Thread-safe; does not suspend: more than
/// `offload_count_above` bytes are counted on another thread.
class any_token_counter {
public:
    virtual ~any_token_counter() = default;
    /// Whether texts are counted as the model's provider counts them, and not estimated.
    [[nodiscard]] virtual bool is_exact(std::string_view name) const noexcept = 0;
    /// The input tokens of a request.
    [[nodiscard]] virtual std::uint64_t count_input(const token_count_request& request, std::string_view name) const = 0;
    [[nodiscard]] virtual std::uint64_t count_input(const chat_request& request, std::string_view name) const = 0;
    /// The output tokens of an answer.
    [[nodiscard]] virtual std::uint64_t count_output(const chat_reply& reply, std::string_view name) const = 0;
};

} // namespace llmx::inline LLMX_ABI
