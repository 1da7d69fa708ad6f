// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/passed_request.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p m has the name \p camel, or \p snake, which proto3's JSON takes as well.
LLMX_DECL [[nodiscard]] bool generate_named(const json_member& m, std::string_view camel, std::string_view snake) {
    return m.named(camel) || m.named(snake);
}

LLMX_DECL [[nodiscard]] bool generate_thinking_exceeds(std::string_view json, const model_traits& t) {
    using style = model_traits::reasoning_style;
    bool exceeds = false;
    const result<void> read = scan_json_members(json, [&](const json_member& m) {
        const bool budget = generate_named(m, "thinkingBudget", "thinking_budget"), level = generate_named(m, "thinkingLevel", "thinking_level");
        if (!budget && !level) return;
        if (t.reasoning == style::none) exceeds = exceeds || (m.value != "0" && !is_json_null(m.value));
        // Models with levels take budgets too, but none to switch off what is always on.
        else if (budget) exceeds = exceeds || (t.reasoning == style::budget ? is_other_budget(t, m.value) : m.value == "0" && !t.can_turn_off);
        else exceeds = exceeds || t.reasoning == style::budget || is_other_effort(t, m.value);
    });
    return read.has_value() && exceeds;
}

LLMX_DECL [[nodiscard]] bool generate_config_exceeds(std::string_view json, const model_traits& t) {
    using p = sampling_parameter;
    bool exceeds = false;
    const result<void> read = scan_json_members(json, [&](const json_member& m) {
        if (m.named("temperature")) exceeds = exceeds || refuses_value(t, p::temperature, m.value, 1);
        else if (generate_named(m, "topP", "top_p")) exceeds = exceeds || refuses_value(t, p::top_p, m.value, 1);
        else if (generate_named(m, "topK", "top_k")) exceeds = exceeds || refuses_value(t, p::top_k, m.value, -1);
        else if (generate_named(m, "presencePenalty", "presence_penalty")) exceeds = exceeds || refuses_value(t, p::presence_penalty, m.value, 0);
        else if (generate_named(m, "frequencyPenalty", "frequency_penalty")) exceeds = exceeds || refuses_value(t, p::frequency_penalty, m.value, 0);
        else if (generate_named(m, "maxOutputTokens", "max_output_tokens")) exceeds = exceeds || is_above(m.value, t.max_output_tokens);
        else if (generate_named(m, "stopSequences", "stop_sequences")) exceeds = exceeds || (t.refuses(p::stop) && asks_for_something(m.value));
        else if (generate_named(m, "responseLogprobs", "response_logprobs")) exceeds = exceeds || (t.refuses(p::logprobs) && is_true(m.value));
        else if (m.named("logprobs")) exceeds = exceeds || (t.refuses(p::logprobs) && json_count(m.value).value_or(0) > 0);
        else if (m.named("seed")) exceeds = exceeds || (t.refuses(p::seed) && !is_json_null(m.value));
        else if (generate_named(m, "thinkingConfig", "thinking_config"))
            exceeds = exceeds || (m.value.starts_with('{') && generate_thinking_exceeds(m.value, t));
    });
    return read.has_value() && exceeds;
}

} // namespace detail

LLMX_DECL bool gemini_generate::exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
    if (!detail::restricts_requests(traits)) return false;
    bool exceeds = false;
    const result<void> read = for_each_member(body, known, [&](const json_member& m) {
        if (!detail::generate_named(m, "generationConfig", "generation_config") || !m.value.starts_with('{')) return;
        exceeds = exceeds || detail::generate_config_exceeds(m.value, traits);
    });
    return read.has_value() && exceeds;
}

} // namespace llmx::inline LLMX_ABI
