// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/model_traits.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/member_spans.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The members of a request's top level that routing, a gateway or the check of a model's abilities reads, as marks of
/// `member_spans`: the one scan of a request finds out by name what each member is, and later questions read the mark.
enum class openai_chat_member : std::uint8_t {
    unseen, ///< no scan has looked
    other,
    // As the bits of `sampling_parameter`, `top_k` included, which this language does not have.
    temperature, top_p, top_k, presence_penalty, frequency_penalty, stop, logit_bias, logprobs, seed,
    top_logprobs, max_tokens, max_completion_tokens, reasoning_effort, parallel_tool_calls,
    model, messages, stream, stream_options, metadata,
};
static_assert(static_cast<unsigned>(openai_chat_member::metadata) < member_spans::most_marks);

/// Which of them has the name \p key, whose escapes are resolved; never `unseen`.
[[nodiscard]] inline openai_chat_member openai_chat_member_named(std::string_view key) noexcept {
    using m = openai_chat_member;
    switch (key.size()) {
    case 4: return is_literal(key, "stop") ? m::stop : is_literal(key, "seed") ? m::seed : m::other;
    case 5: return is_literal(key, "model") ? m::model : is_literal(key, "top_p") ? m::top_p : m::other;
    case 6: return is_literal(key, "stream") ? m::stream : m::other;
    case 8: return is_literal(key, "messages") ? m::messages : is_literal(key, "metadata") ? m::metadata : is_literal(key, "logprobs") ? m::logprobs : m::other;
    case 10: return is_literal(key, "max_tokens") ? m::max_tokens : is_literal(key, "logit_bias") ? m::logit_bias : m::other;
    case 11: return is_literal(key, "temperature") ? m::temperature : m::other;
    case 12: return is_literal(key, "top_logprobs") ? m::top_logprobs : m::other;
    case 14: return is_literal(key, "stream_options") ? m::stream_options : m::other;
    case 16:
        return is_literal(key, "presence_penalty") ? m::presence_penalty : is_literal(key, "reasoning_effort") ? m::reasoning_effort : m::other;
    case 17: return is_literal(key, "frequency_penalty") ? m::frequency_penalty : m::other;
    case 19: return is_literal(key, "parallel_tool_calls") ? m::parallel_tool_calls : m::other;
    case 21: return is_literal(key, "max_completion_tokens") ? m::max_completion_tokens : m::other;
    default: return m::other;
    }
}
[[nodiscard]] inline openai_chat_member openai_chat_member_of(const json_member& m) {
    if (!m.escaped) return openai_chat_member_named(m.key);
    return openai_chat_member_named(unescape_json_string(m.key));
}

} // namespace llmx::inline LLMX_ABI::detail
