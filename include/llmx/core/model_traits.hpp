// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// Model facts an encoder needs, from the deployment (never from a model's name).
struct model_traits {
    /// How a request configures the model's reasoning.
    enum class reasoning_style : std::uint8_t { budget, effort };
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
};

} // namespace llmx::inline LLMX_ABI
