// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/passed_request.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool refuses_value(const model_traits& t, sampling_parameter p, std::string_view json, double neutral) noexcept {
    if (!t.refuses(p) || is_json_null(json)) return false;
    return json_number(json).value_or(neutral) != neutral;
}

LLMX_DECL bool asks_for_something(std::string_view json) noexcept {
    if (json.empty() || is_json_null(json)) return false;
    if (json.front() == '"') return json.size() > 2;
    if (json.front() != '[' && json.front() != '{') return true;
    const std::size_t first = json.find_first_not_of(" \t\r\n", 1);
    return first + 1 < json.size();
}

LLMX_DECL bool is_above(std::string_view json, std::int64_t most) noexcept {
    return most > 0 && json_count(json).value_or(0) > most;
}

LLMX_DECL bool is_other_effort(const model_traits& t, std::string_view json) noexcept {
    if (!is_json_string(json)) return false;
    const std::string_view word = json.substr(1, json.size() - 2);
    for (std::size_t i = 0; i < effort_names.size(); ++i) {
        bool same = word.size() == effort_names[i].size();
        for (std::size_t k = 0; same && k < word.size(); ++k) same = (word[k] | 0x20) == effort_names[i][k];
        if (same) return t.reasoning == model_traits::reasoning_style::none || !t.takes_effort(static_cast<reasoning_effort>(i));
    }
    // A server's own word.
    return false;
}

LLMX_DECL bool is_other_budget(const model_traits& t, std::string_view json) noexcept {
    const std::optional<double> budget = json_number(json);
    if (!budget || *budget < 0) return false;
    if (*budget == 0) return !t.can_turn_off;
    return *budget < static_cast<double>(t.least_budget) || is_above(json, t.most_budget);
}

} // namespace llmx::inline LLMX_ABI::detail
