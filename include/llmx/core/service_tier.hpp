// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// The class of service that a request asks for or that served a reply. Each codec has a table of its own
/// names for them; a name that only one vendor has stays in `extra`.
enum class service_tier : std::uint8_t {
    automatic, ///< the account's own setting: priority when it has some left (OpenAI "auto", Anthropic "auto")
    standard,  ///< never more than the usual price (OpenAI "default", Anthropic "standard_only", Gemini "standard")
    flex,      ///< cheaper and slower (OpenAI, Gemini "flex")
    scale,     ///< capacity bought ahead (OpenAI "scale")
    priority,  ///< more expensive and faster (OpenAI, Gemini "priority"; Anthropic in replies)
    batch,     ///< processed as part of a batch (Anthropic in replies)
};

} // namespace llmx::inline LLMX_ABI
