// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/reasoning.hpp>
#include <llmx/dialects/bedrock/converse.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

/// How a request's reasoning settings are written for one model.
struct bedrock_thinking {
    /// Members of `additionalModelRequestFields`: name and JSON.
    std::string_view member;
    std::string json;
    /// Of `outputConfig`.
    std::string_view effort;
    std::int64_t budget = 0;
    /// Claude reasons: its limits on other parameters hold.
    bool claude_on = false;
};

LLMX_DECL [[nodiscard]] std::string_view bedrock_effort_name(reasoning_effort e, reasoning_effort most) noexcept {
    switch (std::min(e, most)) {
    case reasoning_effort::none: break;
    case reasoning_effort::minimal:
    case reasoning_effort::low: return "low";
    case reasoning_effort::medium: return "medium";
    case reasoning_effort::high: return "high";
    case reasoning_effort::xhigh: return "xhigh";
    case reasoning_effort::max: return "max";
    }
    return std::string_view();
}

/// Whether the turn to be continued called a tool without the signed thinking that led to it; Claude takes no
/// such history while a thinking budget is set.
LLMX_DECL [[nodiscard]] bool bedrock_lacks_thinking(const chat_request& request) noexcept {
    for (auto m = request.messages.rbegin(); m != request.messages.rend(); ++m) {
        bool called = false, thought = false, result = m->from == role::tool;
        for (const content_part& p : m->content) {
            called |= std::holds_alternative<tool_call_part>(p);
            result |= std::holds_alternative<tool_result_part>(p);
            if (const auto* t = std::get_if<thinking_part>(&p))
                thought |= t->signed_for(bedrock_converse::name) || !t->redacted_data.empty();
        }
        if (m->from == role::assistant) return called && !thought;
        if (m->from == role::user && !result) return false;
    }
    return false;
}

/// The effort that \p r means; nothing when it requests none.
LLMX_DECL [[nodiscard]] std::optional<reasoning_effort> bedrock_asked_effort(const reasoning_options& r) noexcept {
    if (r.effort) return r.effort;
    // Models that choose for themselves do so at the effort "high".
    if (!r.budget_tokens || *r.budget_tokens < 0) return r.adaptive ? std::optional(reasoning_effort::high) : std::nullopt;
    return usual_effort_of(*r.budget_tokens);
}

} // namespace llmx::inline LLMX_ABI::detail
