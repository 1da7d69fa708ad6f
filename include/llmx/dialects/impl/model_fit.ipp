// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/model_fit.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL reasoning_effort nearest_effort(const model_traits& traits, reasoning_effort asked) noexcept {
    if (traits.takes_effort(asked)) return asked;
    constexpr int least = static_cast<int>(reasoning_effort::minimal), most = static_cast<int>(reasoning_effort::max);
    const int at = std::max(static_cast<int>(asked), least);
    for (int distance = 0; distance <= most; ++distance)
        for (const int e : {at - distance, at + distance})
            if (e >= least && e <= most && traits.takes_effort(static_cast<reasoning_effort>(e))) return static_cast<reasoning_effort>(e);
    return asked;
}

/// Changes \p r, which asks for reasoning or switches it off, for a model with efforts.
LLMX_DECL void fit_effort(reasoning_options& r, bool off, const model_traits& traits, const request_place& at, drop_report& drops) {
    if (traits.efforts == 0 && traits.can_turn_off) return;
    const bool named = r.effort.has_value();
    const auto report = [&] {
        drops.hint(named ? at.of<&reasoning_options::effort>() : at.of<&reasoning_options::budget_tokens>());
    };
    if (off) {
        if (traits.can_turn_off) {
            if (traits.efforts == 0 || !traits.takes_effort(reasoning_effort::none)) return;
            r.effort = reasoning_effort::none;
        } else {
            report();
            if (traits.efforts == 0) r.effort.reset();
            else r.effort = nearest_effort(traits, reasoning_effort::minimal);
        }
    } else if (named || r.budget_tokens.value_or(0) > 0) {
        // Any budget asks for some reasoning.
        const reasoning_effort asked = named ? *r.effort : std::max(effort_of(*r.budget_tokens), reasoning_effort::minimal);
        const reasoning_effort taken = nearest_effort(traits, asked);
        if (named && taken != asked) report();
        r.effort = taken;
    } else {
        return;
    }
    if (named && r.budget_tokens) drops.hint(at.of<&reasoning_options::budget_tokens>());
    r.budget_tokens.reset();
}

/// The same for a model with budgets.
LLMX_DECL void fit_budget(reasoning_options& r, bool off, const model_traits& traits, const request_place& at, drop_report& drops) {
    const bool by_budget = r.budget_tokens.has_value();
    const auto report = [&] {
        drops.hint(by_budget ? at.of<&reasoning_options::budget_tokens>() : at.of<&reasoning_options::effort>());
    };
    if (off) {
        if (traits.can_turn_off) return;
        report();
        r.effort.reset();
        r.budget_tokens.reset();
        if (traits.least_budget > 0) r.budget_tokens = traits.least_budget;
        return;
    }
    if (!by_budget && !r.effort) return;
    const std::int64_t asked = by_budget ? *r.budget_tokens : budget_of(*r.effort);
    if (asked < 0) return;
    std::int64_t taken = std::max(asked, traits.least_budget);
    if (traits.most_budget > 0) taken = std::min(taken, traits.most_budget);
    if (taken == asked) return;
    // An effort has no exact budget.
    if (by_budget) report();
    else r.effort.reset();
    r.budget_tokens = taken;
}

LLMX_DECL fitted_reasoning fit_reasoning(const chat_request& request, const model_traits& traits, drop_report& drops) {
    using style = model_traits::reasoning_style;
    fitted_reasoning fitted;
    if (!request.reasoning) return fitted;
    reasoning_options r = *request.reasoning;
    const request_place at = request_place().of<&chat_request::reasoning>();
    fitted.off = r.effort ? *r.effort == reasoning_effort::none : r.budget_tokens == 0;
    if (traits.reasoning == style::none) {
        if (!fitted.off && (r.effort || r.budget_tokens || r.adaptive || r.include_thoughts.value_or(false))) drops.hint(at);
        return fitted;
    }
    if (traits.reasoning == style::budget) fit_budget(r, fitted.off, traits, at, drops);
    else fit_effort(r, fitted.off, traits, at, drops);
    fitted.settings = r;
    return fitted;
}

LLMX_DECL std::optional<std::int64_t> fit_output_limit(const chat_request& request, const model_traits& traits, drop_report& drops) {
    const std::optional<std::int64_t> asked = request.max_output_tokens;
    if (!asked || traits.max_output_tokens <= 0 || *asked <= traits.max_output_tokens) return asked;
    drops.hint(request_place().of<&chat_request::max_output_tokens>());
    return traits.max_output_tokens;
}

/// "images" for a part that the model refuses; empty for any other.
template <class Part> [[nodiscard]] std::string_view refused_kind(const Part& part, const model_traits& traits) noexcept {
    if constexpr (std::is_same_v<Part, image_part>) return traits.refuses(modality::image) ? "images" : "";
    else if constexpr (std::is_same_v<Part, audio_part>) return traits.refuses(modality::audio) ? "audio" : "";
    else if constexpr (std::is_same_v<Part, file_part>)
        return part.source.media_type == "application/pdf" && traits.refuses(modality::pdf) ? "PDFs" : "";
    else return {};
}

LLMX_DECL result<void> check_content(const chat_request& request, const model_traits& traits, drop_report& drops) {
    if (traits.refused_modalities == 0) return success();
    for (std::size_t m = 0; m < request.messages.size(); ++m) {
        const std::vector<content_part>& parts = request.messages[m].content;
        for (std::size_t p = 0; p < parts.size(); ++p) {
            const auto kind_of = [&traits](const auto& part) { return refused_kind(part, traits); };
            std::string_view kind = std::visit(kind_of, parts[p]);
            if (const auto* const r = std::get_if<tool_result_part>(&parts[p]))
                for (std::size_t i = 0; i < r->content.size() && kind.empty(); ++i) kind = std::visit(kind_of, r->content[i]);
            if (!kind.empty())
                return drops.refuse(request_place().message(m).part(p), "the model takes no " + std::string(kind), errc::unsupported_parameter);
        }
    }
    return success();
}

LLMX_DECL void fit_abilities(chat_request& request, const model_traits& traits, bool by_tool, drop_report& drops) {
    if (!traits.tools) {
        if (!request.tools.empty()) drops.lost(request_place().of<&chat_request::tools>());
        else if (request.tool_choice) drops.lost(request_place().of<&chat_request::tool_choice>());
        request.tools.clear();
        request.tool_choice.reset();
        request.parallel_tool_calls.reset();
    }
    if (traits.refuses_schema && !by_tool && request.response_format && request.response_format->form == response_format::kind::json_schema) {
        drops.lost(request_place().of<&chat_request::response_format>().of<&response_format::schema>());
        request.response_format.reset();
    }
}

enum class refused_as : std::uint8_t { silent, hint, lost };

/// Adds the bit of \p Member to \p to when the model refuses it and the request has it; \p as is how the loss is reported.
template <auto Member>
void refuse_member(std::uint64_t& to, const model_traits& traits, sampling_parameter p, bool given, refused_as as, drop_report& drops) {
    if (!given || !traits.refuses(p)) return;
    to |= std::uint64_t(1) << member_of<Member>.index;
    if (as == refused_as::hint) drops.hint(request_place().of<Member>());
    else if (as == refused_as::lost) drops.lost(request_place().of<Member>());
}

/// The same for a number, whose loss changes nothing when it is \p neutral, what a request without it means.
template <auto Member>
void refuse_number(std::uint64_t& to, const chat_request& r, const model_traits& traits, sampling_parameter p, double neutral, drop_report& drops) {
    const std::optional<double>& given = r.*Member;
    refuse_member<Member>(to, traits, p, given.has_value(), given == neutral ? refused_as::silent : refused_as::hint, drops);
}

LLMX_DECL std::uint64_t refused_members(const chat_request& r, const model_traits& traits, drop_report& drops) {
    using p = sampling_parameter;
    std::uint64_t to = 0;
    if (traits.refused_sampling == 0) return to;
    refuse_number<&chat_request::temperature>(to, r, traits, p::temperature, 1, drops);
    refuse_number<&chat_request::top_p>(to, r, traits, p::top_p, 1, drops);
    refuse_number<&chat_request::presence_penalty>(to, r, traits, p::presence_penalty, 0, drops);
    refuse_number<&chat_request::frequency_penalty>(to, r, traits, p::frequency_penalty, 0, drops);
    refuse_member<&chat_request::top_k>(to, traits, p::top_k, r.top_k.has_value(), refused_as::hint, drops);
    refuse_member<&chat_request::seed>(to, traits, p::seed, r.seed.has_value(), refused_as::hint, drops);
    refuse_member<&chat_request::stop>(to, traits, p::stop, !r.stop.empty(), refused_as::lost, drops);
    refuse_member<&chat_request::logit_bias>(to, traits, p::logit_bias, !r.logit_bias.empty(),
                                             r.logit_bias.text == "{}" ? refused_as::silent : refused_as::lost, drops);
    // "false" asks for nothing.
    const refused_as probable = r.logprobs.value_or(false) ? refused_as::lost : refused_as::silent;
    refuse_member<&chat_request::logprobs>(to, traits, p::logprobs, r.logprobs.has_value(), probable, drops);
    refuse_member<&chat_request::top_logprobs>(to, traits, p::logprobs, r.top_logprobs.has_value(), probable, drops);
    return to;
}

} // namespace llmx::inline LLMX_ABI::detail
