// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/passed_request.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool openai_chat_exceeds(const json_member& m, const model_traits& t) {
    using p = sampling_parameter;
    // All names looked for but one have ten letters or more; what every request has is shorter.
    if (!m.escaped && m.key.size() < 10 && m.key != "top_p") return false;
    if (m.named("max_tokens"))
        // Models that reason refuse the older name.
        return is_above(m.value, t.max_output_tokens) ||
               (t.max_completion_tokens && t.reasoning == model_traits::reasoning_style::effort && !is_json_null(m.value));
    if (m.named("temperature")) return refuses_value(t, p::temperature, m.value, 1);
    if (m.named("top_p")) return refuses_value(t, p::top_p, m.value, 1);
    if (m.named("presence_penalty")) return refuses_value(t, p::presence_penalty, m.value, 0);
    if (m.named("frequency_penalty")) return refuses_value(t, p::frequency_penalty, m.value, 0);
    if (m.named("reasoning_effort")) return is_other_effort(t, m.value);
    if (m.named("max_completion_tokens")) return is_above(m.value, t.max_output_tokens);
    if (m.named("parallel_tool_calls")) return !t.parallel_tools && !is_json_null(m.value);
    return false;
}

} // namespace detail

LLMX_DECL bool openai_chat::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    if (!detail::restricts_requests(traits)) return false;
    bool exceeds = false;
    const result<void> read = for_each_member(body, known, [&](const json_member& m) { exceeds = exceeds || detail::openai_chat_exceeds(m, traits); });
    return read.has_value() && exceeds;
}

} // namespace llmx::inline LLMX_ABI
