// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>

#include <llmx/dialects/detail/passed_request.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool messages_thinking_exceeds(std::string_view json, const model_traits& t) {
    using style = model_traits::reasoning_style;
    std::string_view type, budget;
    const result<void> read = scan_json_members(json, [&](const json_member& m) {
        if (m.named("type")) type = m.value;
        if (m.named("budget_tokens")) budget = m.value;
    });
    if (read.has_error()) return false;
    if (t.reasoning == style::none) return true;
    if (type == "\"disabled\"") return !t.can_turn_off;
    // Models with a range take budgets beside adaptive thinking.
    if (type == "\"enabled\"") return t.reasoning == style::budget ? is_other_budget(t, budget) : t.least_budget == 0;
    return type == "\"adaptive\"" && t.reasoning == style::budget;
}

LLMX_DECL [[nodiscard]] bool messages_exceeds(const json_member& m, const model_traits& t) {
    using p = sampling_parameter;
    using style = model_traits::reasoning_style;
    if (m.named("temperature")) return refuses_value(t, p::temperature, m.value, 1);
    if (m.named("top_p")) return refuses_value(t, p::top_p, m.value, 1);
    if (m.named("top_k")) return refuses_value(t, p::top_k, m.value, -1);
    if (m.named("max_tokens")) return is_above(m.value, t.max_output_tokens);
    if (m.named("stop_sequences")) return t.refuses(p::stop) && asks_for_something(m.value);
    if (m.named("thinking")) return m.value.starts_with('{') && messages_thinking_exceeds(m.value, t);
    const bool by_effort = t.reasoning == style::adaptive || t.reasoning == style::none;
    if (!m.named("output_config") || !m.value.starts_with('{') || !by_effort) return false;
    bool other = false;
    const result<void> read = scan_json_members(m.value, [&](const json_member& inner) {
        if (inner.named("effort")) other = is_json_string(inner.value) && (t.reasoning == style::none || is_other_effort(t, inner.value));
    });
    return read.has_value() && other;
}

} // namespace detail

LLMX_DECL bool anthropic_messages::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    if (!detail::restricts_requests(traits)) return false;
    bool exceeds = false;
    const result<void> read = for_each_member(body, known, [&](const json_member& m) { exceeds = exceeds || detail::messages_exceeds(m, traits); });
    return read.has_value() && exceeds;
}

} // namespace llmx::inline LLMX_ABI
