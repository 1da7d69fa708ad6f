// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

/// `llmx-gateway models`: a line for each model that the catalogue knows; `models NAME`: the facts of one.
inline std::string list_models(const llmx::model_catalog& known) {
    std::string out;
    for (const llmx::model_facts& m : known.models()) {
        out += m.name;
        if (m.mode != llmx::model_mode::unknown) out.append("  ").append(to_string(m.mode));
        if (m.context_window != 0) out.append("  context ").append(std::to_string(m.context_window));
        if (m.max_output_tokens != 0) out.append("  output ").append(std::to_string(m.max_output_tokens));
        out += '\n';
    }
    return out;
}

namespace models_command {
inline void add_words(std::string& out, std::string_view name, unsigned bits, std::initializer_list<std::string_view> words) {
    if (bits == 0) return;
    out.append(name).append(":");
    for (unsigned i = 0; const std::string_view w : words)
        if ((bits >> i++ & 1u) != 0) out.append(" ").append(w);
    out += '\n';
}
inline void add_abilities(std::string& out, std::string_view name, const llmx::ability_set& set) {
    if (set.bits == 0) return;
    out.append(name).append(":");
    for (unsigned i = 0; i < 64; ++i)
        if (set.has(static_cast<llmx::model_ability>(i))) out.append(" ").append(to_string(static_cast<llmx::model_ability>(i)));
    out += '\n';
}
inline void add_prices(std::string& out, const llmx::model_prices& prices) {
    for (const llmx::price_rate& r : prices.rates) {
        out.append("price ").append(to_string(r.kind));
        if (r.tier != llmx::price_tier::standard) out.append(" ").append(to_string(r.tier));
        if (r.above != 0) out.append(" above ").append(std::to_string(r.above));
        if (r.up_to != std::numeric_limits<std::int64_t>::max()) out.append(" up to ").append(std::to_string(r.up_to));
        out.append(": ").append(to_dollars(r.amount)).append("\n");
    }
    for (const llmx::labelled_rate& r : prices.by_label)
        out.append("price ").append(to_string(r.kind)).append(" ").append(r.label).append(": ").append(to_dollars(r.amount)).append("\n");
    for (const llmx::labelled_rate& f : prices.factors)
        out.append("factor ").append(f.label).append(": ").append(std::to_string(f.amount.nanodollars)).append("/1000\n");
}
} // namespace models_command

inline std::string describe_model(const llmx::model_facts& m) {
    using namespace models_command;
    std::string out = (m.of_family ? "family: " : "model: ") + m.name + "\n";
    const auto number = [&out](std::string_view name, std::int64_t value) {
        if (value != 0) out.append(name).append(": ").append(std::to_string(value)).append("\n");
    };
    out.append("mode: ").append(to_string(m.mode)).append("\n");
    number("context_window", m.context_window);
    number("max_output_tokens", m.max_output_tokens);
    number("dimensions", m.dimensions);
    number("least_cacheable_tokens", m.least_cacheable_tokens);
    if (!m.deprecated_on.empty()) out.append("deprecated_on: ").append(m.deprecated_on).append("\n");
    add_abilities(out, "can", m.can);
    add_abilities(out, "cannot", m.cannot);
    const llmx::model_traits& t = m.traits;
    constexpr std::string_view styles[] = {"budget", "effort", "level", "adaptive", "none"};
    out.append("reasoning: ").append(styles[static_cast<std::size_t>(t.reasoning)]).append("\n");
    add_words(out, "efforts", t.efforts, {"none", "minimal", "low", "medium", "high", "xhigh", "max"});
    if (t.most_budget != 0) out.append("budget: ").append(std::to_string(t.least_budget)).append(" to ").append(std::to_string(t.most_budget)).append("\n");
    if (!t.can_turn_off) out += "reasoning cannot be turned off\n";
    if (t.returns_reasoning) out += "reasoning_content goes back with the history\n";
    add_words(out, "refused", t.refused_sampling,
              {"temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "stop", "logit_bias", "logprobs", "seed"});
    add_words(out, "takes", t.input_modalities, {"text", "image", "audio", "video", "pdf", "code"});
    add_words(out, "gives", t.output_modalities, {"text", "image", "audio", "video", "pdf", "code"});
    if (m.prices) add_prices(out, *m.prices);
    return out;
}

/// The output of the command for \p name, or for the whole list when it is empty.
inline llmx::result<std::string> models_text(const llmx::model_catalog& known, std::string_view name) {
    if (name.empty()) return list_models(known);
    const llmx::model_facts* const found = known.find(name);
    if (found == nullptr)
        return llmx::error(llmx::errc::bad_configuration,
                           "models: nothing is known about '" + std::string(name) + "'; 'llmx-gateway models' lists the names");
    return describe_model(*found);
}
