// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/passed_request.hpp>
#include <llmx/dialects/openai/detail/chat_members.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {
namespace detail {

[[nodiscard]] constexpr std::uint32_t openai_chat_bit(openai_chat_member m) noexcept { return std::uint32_t{1} << static_cast<unsigned>(m); }
static_assert(openai_chat_bit(openai_chat_member::seed) == openai_chat_bit(openai_chat_member::temperature) * static_cast<unsigned>(sampling_parameter::seed));

/// Models that reason refuse the older name of the output limit.
[[nodiscard]] constexpr bool openai_chat_refuses_old_limit(const model_traits& t) noexcept {
    return t.max_completion_tokens && t.reasoning == model_traits::reasoning_style::effort;
}

/// The members that a model with the traits \p t may refuse.
[[nodiscard]] constexpr std::uint32_t openai_chat_doubtful(const model_traits& t) noexcept {
    using m = openai_chat_member;
    std::uint32_t set = std::uint32_t{t.refused_sampling} << static_cast<unsigned>(m::temperature);
    if (t.refuses(sampling_parameter::logprobs)) set |= openai_chat_bit(m::top_logprobs);
    if (t.max_output_tokens > 0) set |= openai_chat_bit(m::max_tokens) | openai_chat_bit(m::max_completion_tokens);
    if (openai_chat_refuses_old_limit(t)) set |= openai_chat_bit(m::max_tokens);
    if (t.efforts != 0 || t.reasoning == model_traits::reasoning_style::none) set |= openai_chat_bit(m::reasoning_effort);
    if (!t.parallel_tools) set |= openai_chat_bit(m::parallel_tool_calls);
    return set;
}

/// Whether the value \p json of \p which, one of those members, is one that the model does not take.
LLMX_DECL [[nodiscard]] bool openai_chat_exceeds(openai_chat_member which, std::string_view json, const model_traits& t) {
    using p = sampling_parameter;
    using m = openai_chat_member;
    switch (which) {
    case m::max_tokens: return is_above(json, t.max_output_tokens) || (openai_chat_refuses_old_limit(t) && !is_json_null(json));
    case m::max_completion_tokens: return is_above(json, t.max_output_tokens);
    case m::temperature: return refuses_value(t, p::temperature, json, 1);
    case m::top_p: return refuses_value(t, p::top_p, json, 1);
    case m::presence_penalty: return refuses_value(t, p::presence_penalty, json, 0);
    case m::frequency_penalty: return refuses_value(t, p::frequency_penalty, json, 0);
    case m::stop:
    case m::logit_bias: return asks_for_something(json);
    case m::logprobs: return is_true(json);
    case m::top_logprobs: return json_count(json).value_or(0) > 0;
    case m::seed:
    case m::parallel_tool_calls: return !is_json_null(json);
    case m::reasoning_effort: return is_other_effort(t, json);
    default: return false;
    }
}

} // namespace detail

LLMX_DECL bool openai_chat::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    if (!detail::restricts_requests(traits)) return false;
    using m = detail::openai_chat_member;
    const std::uint32_t doubtful = detail::openai_chat_doubtful(traits);
    if (doubtful == 0) return false;
    const auto exceeds = [&](m which, const json_member& member) {
        return (doubtful & detail::openai_chat_bit(which)) != 0 && detail::openai_chat_exceeds(which, member.value, traits);
    };
    if (!known.complete()) {
        bool found = false;
        const result<void> read = scan_json_members(
            body, [&](const json_member& member) { found = found || exceeds(detail::openai_chat_member_of(member), member); });
        return read.has_value() && found;
    }
    for (std::size_t i = 0; i != known.size(); ++i) {
        const auto marked = static_cast<m>(known.mark(i));
        if (marked != m::unseen && (doubtful & detail::openai_chat_bit(marked)) == 0) continue;
        const json_member member = known.at(i, body);
        if (exceeds(marked != m::unseen ? marked : detail::openai_chat_member_of(member), member)) return true;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI
