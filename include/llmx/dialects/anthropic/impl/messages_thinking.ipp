// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/model_fit.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// How a request's reasoning settings are written for one model.
struct messages_thinking {
    enum class mode : std::uint8_t { absent, disabled, enabled, adaptive };
    mode how = mode::absent;
    std::int64_t budget = 0;
    std::string_view effort;
    /// Whether the member decides any of it.
    bool uses_effort = false, uses_budget = false, uses_adaptive = false;

    [[nodiscard]] bool on() const noexcept { return how == mode::enabled || how == mode::adaptive; }
};

/// \p fitted is `fit_reasoning`'s.
LLMX_DECL [[nodiscard]] messages_thinking messages_plan_thinking(const fitted_reasoning& fitted, const model_traits& traits) noexcept {
    using mode = messages_thinking::mode;
    messages_thinking plan;
    if (!fitted.settings) return plan;
    const reasoning_options& r = *fitted.settings;
    const std::int64_t asked = r.budget_tokens.value_or(-1);
    if (fitted.off && !traits.can_turn_off) {
        // The model reasons all the same, at the least effort that it has.
        if (r.effort) plan.effort = enum_name(messages_efforts, *r.effort);
        plan.uses_effort = plan.uses_budget = true;
    } else if (fitted.off) {
        plan.how = mode::disabled;
        plan.uses_effort = r.effort == reasoning_effort::none;
        plan.uses_budget = asked == 0;
    } else if (!r.effort && !r.budget_tokens && !r.adaptive) {
        return plan;
    } else if (traits.reasoning == model_traits::reasoning_style::budget) {
        plan.how = mode::enabled;
        // Models that choose for themselves do so at the effort "high".
        plan.budget = asked > 0 ? asked : budget_of(r.effort.value_or(reasoning_effort::high));
        plan.budget = std::max(plan.budget, anthropic_messages::min_budget_tokens);
        plan.uses_effort = asked <= 0;
        plan.uses_budget = asked > 0 || !r.effort;
        plan.uses_adaptive = asked <= 0 && !r.effort;
    } else {
        plan.how = mode::adaptive;
        if (r.effort) plan.effort = enum_name(messages_efforts, *r.effort);
        else if (asked > 0) plan.effort = enum_name(messages_efforts, *usual_effort_of(asked));
        plan.uses_effort = plan.uses_adaptive = true;
        plan.uses_budget = !r.effort;
    }
    return plan;
}

/// Whether the turn to be continued called a tool without the thinking that led to it; the
/// API takes no such history while a thinking budget is set.
LLMX_DECL [[nodiscard]] bool messages_lack_thinking(const chat_request& request) noexcept {
    for (auto m = request.messages.rbegin(); m != request.messages.rend(); ++m) {
        bool called = false, thought = false, result = m->from == role::tool;
        for (const auto& p : m->content) {
            if (std::holds_alternative<tool_call_part>(p)) called = true;
            if (std::holds_alternative<tool_result_part>(p)) result = true;
            if (const auto* t = std::get_if<thinking_part>(&p))
                thought = thought || t->signed_for(anthropic_messages::name) || !t->redacted_data.empty();
        }
        if (m->from == role::assistant) return called && !thought;
        if (m->from == role::user && !result) return false;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI::detail
