// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// Why the model stopped. `failed` is never a clean stop: the provider reported that
/// generation broke off (malformed call, network error), and façades report it too.
enum class finish_reason : std::uint8_t {
    none,           ///< not finished, or the provider did not report it
    stop,           ///< natural end
    stop_sequence,  ///< one of the caller's stop sequences
    length,         ///< output limit or context window reached
    tool_calls,     ///< the model waits for tool results
    content_filter, ///< withheld by a safety system
    pause,          ///< provider paused a long turn (Anthropic pause_turn); send the reply back to continue
    failed,         ///< provider reports a broken generation
};

} // namespace llmx::inline LLMX_ABI
