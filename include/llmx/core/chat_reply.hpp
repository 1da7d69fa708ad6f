// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/finish_reason.hpp>
#include <llmx/core/message.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/core/usage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One answer; a request with n > 1 gets several.
struct chat_choice {
    chat_choice() : answer(role::assistant) {}
    message answer;
    finish_reason finish = finish_reason::none;
    /// The sequence that stopped generation, where the provider names it; with `finish_reason::failed` the provider's own reason
    /// and, behind a colon, its words.
    std::string stop_sequence;
    /// Token log probabilities in OpenAI's form; empty when not requested.
    raw_json logprobs;
    extra_members extra;
    friend bool operator==(const chat_choice&, const chat_choice&) = default;
};
LLMX_DESCRIBE(chat_choice, (answer, finish, stop_sequence, logprobs, extra))

/// The answer to a chat call.
struct chat_reply {
    chat_reply() = default;

    std::string id;
    /// Model that answered, as the provider names it.
    std::string model;
    /// Seconds since 1970; 0 when the provider does not report it.
    std::int64_t created = 0;
    std::vector<chat_choice> choices;
    llmx::usage usage;
    std::optional<llmx::service_tier> service_tier;
    extra_members extra;

    /// Text of the first choice; empty when there is none.
    [[nodiscard]] std::string text() const {
        return choices.empty() ? std::string() : choices.front().answer.text();
    }
    friend bool operator==(const chat_reply&, const chat_reply&) = default;
};
LLMX_DESCRIBE(chat_reply, (id, model, created, choices, usage, service_tier, extra))

} // namespace llmx::inline LLMX_ABI
