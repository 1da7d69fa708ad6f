// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/reasoning.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI {

/// Parameters that steer the choice of the next token, as bits of a set.
enum class sampling_parameter : std::uint16_t {
    temperature = 1,
    top_p = 2,
    top_k = 4,
    presence_penalty = 8,
    frequency_penalty = 16,
    stop = 32,
    logit_bias = 64,
    logprobs = 128,
    seed = 256,
};

/// Kinds of content, as bits of a set.
enum class modality : std::uint8_t { text = 1, image = 2, audio = 4, video = 8, pdf = 16, code = 32 };

/// Model facts an encoder needs, from the deployment (never from a model's name).
///
/// The catalogue fills all members (`model_facts::traits`), and `merge_traits` lays them over those of the provider. In a
/// deployment without facts those from `known` on have their defaults, which restrict nothing.
struct model_traits {
    /// How a request configures the model's reasoning: a budget of tokens; an effort; Gemini 3's level; Claude's
    /// adaptive thinking, which the model itself measures; not at all, since the model does not reason.
    enum class reasoning_style : std::uint8_t { budget, effort, level, adaptive, none };
    reasoning_style reasoning = reasoning_style::budget;
    /// The provider enforces JSON Schemas itself; off: a forced tool call carries the answer.
    bool native_json_schema = false;
    /// Output limit sent when the caller gives none and the dialect demands one.
    std::int64_t default_max_tokens = 4096;
    /// OpenAI's newer name of the output limit; compatible servers know the older one.
    bool max_completion_tokens = false;
    /// Stop sequences that the provider accepts; 0: any number. The first ones are sent, and the others are
    /// reported as lost.
    std::size_t max_stop_sequences = 0;
    /// The provider takes OpenAI's list of the tools that may be called (`tool_choice.allowed_tools`); off: only those tools
    /// are sent.
    bool allowed_tools = false;
    /// The provider takes OpenAI's tools of the type "custom" in Chat Completions; off: each is a function with one text, `input`.
    bool custom_tools = false;
    /// The provider calls the tools of servers of the Model Context Protocol that a request names.
    bool mcp_servers = false;

    /// The catalogue knows the model or its family; false: the members below restrict nothing.
    bool known = false;
    /// Bits `1 << reasoning_effort` that the model takes; 0: not known.
    std::uint8_t efforts = 0;
    /// The effort of a request that names none.
    std::optional<reasoning_effort> default_effort = std::nullopt;
    /// Budgets that the model takes, in tokens; 0: not known. A budget of 0 is another matter: `can_turn_off`.
    std::int64_t least_budget = 0, most_budget = 0;
    /// Reasoning can be switched off.
    bool can_turn_off = true;
    /// The reasoning of earlier turns must be sent back as `reasoning_content` (DeepSeek, Kimi).
    bool returns_reasoning = false;
    /// Bits of `sampling_parameter` that the model refuses.
    std::uint16_t refused_sampling = 0;
    /// Most tokens of input and of output; 0: not known.
    std::int64_t context_window = 0, max_output_tokens = 0;
    /// Bits of `modality`; 0: not known.
    std::uint8_t input_modalities = 0, output_modalities = 0;
    /// Bits of `modality` that the model is known to refuse as input: one in neither set may be taken.
    std::uint8_t refused_modalities = 0;
    /// The model is known to enforce no JSON Schema.
    bool refuses_schema = false;
    /// The model calls functions; several in one turn.
    bool tools = true, parallel_tools = true;
    /// A tool can be forced by its name.
    bool forced_tool = true;
    /// The provider keeps prompts that are marked for it.
    bool prompt_caching = false;
    /// The last message may be the beginning of the assistant's answer.
    bool prefill = true;

    [[nodiscard]] constexpr bool takes_effort(reasoning_effort e) const noexcept {
        return efforts == 0 || (efforts >> static_cast<unsigned>(e) & 1u) != 0;
    }
    [[nodiscard]] constexpr bool refuses(sampling_parameter p) const noexcept {
        return (refused_sampling & static_cast<std::uint16_t>(p)) != 0;
    }
    [[nodiscard]] constexpr bool refuses(modality m) const noexcept {
        return (refused_modalities & static_cast<std::uint8_t>(m)) != 0;
    }
    friend bool operator==(const model_traits&, const model_traits&) = default;
};

/// What the owner of a deployment states about its model; what is left open is as the catalogue or the provider has it.
struct stated_traits {
    stated_traits() = default;
    std::optional<model_traits::reasoning_style> reasoning;
    std::optional<bool> native_json_schema, max_completion_tokens;
    /// Most tokens of an answer: the limit of a request without one, and the cap of those with one.
    std::optional<std::int64_t> max_output_tokens;

    constexpr void apply(model_traits& to) const noexcept {
        if (reasoning) to.reasoning = *reasoning;
        if (native_json_schema) to.native_json_schema = *native_json_schema;
        if (max_completion_tokens) to.max_completion_tokens = *max_completion_tokens;
        if (max_output_tokens) to.default_max_tokens = to.max_output_tokens = *max_output_tokens;
    }
    friend bool operator==(const stated_traits&, const stated_traits&) = default;
};

/// The traits of a model at a provider: \p model, what is known about it, over \p provider, those that the provider's models have
/// unless something is known. Which name the output limit has, how many stop sequences are accepted whether
/// a choice may list tools and whether tools may be custom or on servers is a matter of the
/// provider's interface. Of a model that is not `known` only restrictions are taken over.
[[nodiscard]] constexpr model_traits merge_traits(const model_traits& provider, const model_traits& model) noexcept {
    model_traits t = model;
    if (!model.known) {
        if (model.reasoning != model_traits::reasoning_style::none) t.reasoning = provider.reasoning;
        t.native_json_schema = model.native_json_schema || provider.native_json_schema;
    }
    if (model.max_output_tokens == 0) t.default_max_tokens = provider.default_max_tokens;
    t.max_completion_tokens = provider.max_completion_tokens;
    t.max_stop_sequences = provider.max_stop_sequences;
    t.allowed_tools = provider.allowed_tools;
    t.custom_tools = provider.custom_tools;
    t.mcp_servers = provider.mcp_servers;
    return t;
}

} // namespace llmx::inline LLMX_ABI
