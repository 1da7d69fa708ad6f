// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// How hard a reasoning model should work.
enum class reasoning_effort : std::uint8_t { none, minimal, low, medium, high, xhigh, max };

namespace detail {
/// The names of efforts that vendors use in requests, and the catalogue.
inline constexpr std::array<std::string_view, 7> effort_names = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
/// Tokens of reasoning for each effort: 512 to 4,096 are LiteLLM's documented defaults
/// (docs.litellm.ai/docs/reasoning_content), 8,192 continues the doubling, and 24,576 is the most that every
/// Gemini model with budgets takes (ai.google.dev/gemini-api/docs/thinking).
inline constexpr std::array<std::int64_t, 7> effort_budgets = {0, 512, 1024, 2048, 4096, 8192, 24576};
} // namespace detail

/// Tokens that a model with budgets may use for reasoning at the effort \p e.
[[nodiscard]] constexpr std::int64_t budget_of(reasoning_effort e) noexcept {
    return detail::effort_budgets[static_cast<std::size_t>(e)];
}

/// The greatest effort whose budget is within \p budget tokens: the inverse of `budget_of`.
[[nodiscard]] constexpr reasoning_effort effort_of(std::int64_t budget) noexcept {
    std::size_t e = 0;
    while (e + 1 < detail::effort_budgets.size() && detail::effort_budgets[e + 1] <= budget) ++e;
    return static_cast<reasoning_effort>(e);
}

/// `effort_of` between low and high, the efforts that every model with efforts takes; none for a budget
/// of 0, and nothing for a negative one, with which the model itself decides.
[[nodiscard]] constexpr std::optional<reasoning_effort> usual_effort_of(std::int64_t budget) noexcept {
    if (budget < 0) return std::nullopt;
    if (budget == 0) return reasoning_effort::none;
    const reasoning_effort e = effort_of(budget);
    if (e < reasoning_effort::low) return reasoning_effort::low;
    return e > reasoning_effort::high ? reasoning_effort::high : e;
}

/// Reasoning settings; codecs translate between effort and token budget.
struct reasoning_options {
    reasoning_options() = default;
    explicit reasoning_options(reasoning_effort e) noexcept : effort(e) {}
    std::optional<reasoning_effort> effort;
    /// Tokens the model may use for reasoning; -1 lets the provider decide (Gemini's dynamic
    /// budget), 0 turns thinking off.
    std::optional<std::int64_t> budget_tokens;
    /// The model itself chooses how long it reasons (Anthropic's adaptive thinking).
    bool adaptive = false;
    /// Request the thoughts in the reply (Gemini includeThoughts).
    std::optional<bool> include_thoughts;
    friend bool operator==(const reasoning_options&, const reasoning_options&) = default;
};
LLMX_DESCRIBE(reasoning_options, (effort, budget_tokens, adaptive, include_thoughts))

} // namespace llmx::inline LLMX_ABI
