// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/drop_report.hpp>

#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

// What a request asks for, as the model can do it: encoders write the results in place of the request's own members.
// A member that the model does not take, or takes with another value, is reported as a hint: the answer may be
// shorter or less considered, but it answers the same request.

/// The effort nearest to \p asked among those that the model takes, the lower one of two; `none` is not taken for another
/// effort. \p asked itself when nothing is known.
LLMX_DECL [[nodiscard]] reasoning_effort nearest_effort(const model_traits& traits, reasoning_effort asked) noexcept;

/// The reasoning settings of a request for one model.
struct fitted_reasoning {
    /// Nothing: none are written. Efforts are those of the model, and a budget is within its range.
    std::optional<reasoning_options> settings;
    /// The request switches reasoning off, whether or not the model can do so: then `settings` has the least that it does.
    bool off = false;
};
LLMX_DECL [[nodiscard]] fitted_reasoning fit_reasoning(const chat_request& request, const model_traits& traits, drop_report& drops);

/// Whether thoughts and their signatures may be in the history.
[[nodiscard]] constexpr bool takes_thoughts(const model_traits& traits) noexcept {
    return traits.reasoning != model_traits::reasoning_style::none;
}

/// The request's output limit within the model's; nothing when the request has none.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> fit_output_limit(const chat_request& request, const model_traits& traits, drop_report& drops);

/// The budget for reasoning that leaves a quarter of the output limit \p limit to the answer, at most \p budget; nothing when
/// that would be less than \p least.
[[nodiscard]] constexpr std::optional<std::int64_t> budget_within(std::int64_t limit, std::int64_t budget, std::int64_t least) noexcept {
    if (budget < limit) return budget;
    if (limit <= least) return std::nullopt;
    const std::int64_t most = limit - limit / 4;
    return most < least ? least : most;
}

/// Members that the model refuses, as bits `1 << described_member::index`. Temperature, nucleus, penalties and seed tune an answer;
/// the loss of stop sequences, biases and probabilities changes it.
LLMX_DECL [[nodiscard]] std::uint64_t refused_members(const chat_request& request, const model_traits& traits, drop_report& drops);

/// The failure of a request with content of a kind that the model is known to refuse: an image, audio, a PDF. Dropping it
/// would answer another question.
LLMX_DECL [[nodiscard]] result<void> check_content(const chat_request& request, const model_traits& traits, drop_report& drops);

/// Whether the model is known to refuse the request's tools, or its JSON Schema. \p by_tool: where a provider enforces no schema, the
/// codec has a forced tool carry the answer.
[[nodiscard]] inline bool exceeds_abilities(const chat_request& request, const model_traits& traits, bool by_tool) noexcept {
    return (!traits.tools && (!request.tools.empty() || request.tool_choice)) ||
           (traits.refuses_schema && !by_tool && request.response_format && request.response_format->form == response_format::kind::json_schema);
}
/// Takes out of \p request what `exceeds_abilities` found, and reports it as lost.
LLMX_DECL void fit_abilities(chat_request& request, const model_traits& traits, bool by_tool, drop_report& drops);

/// Whether \p members, the result of `refused_members`, has \p Member.
template <auto Member> [[nodiscard]] constexpr bool has_member(std::uint64_t members) noexcept {
    return (members >> member_of<Member>.index & 1u) != 0;
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/model_fit.ipp>
#endif
