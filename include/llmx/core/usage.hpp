// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// Tokens a call used, in disjoint-friendly totals.
///
/// `input_tokens` counts the whole prompt (cached, cache-writing, audio and text);
/// the cache counters are the parts of it that were read from or written to a cache.
/// `output_tokens` counts everything generated, reasoning included. Dialects that
/// count otherwise (Anthropic leaves cached tokens out of input_tokens, Gemini leaves
/// thoughts out of candidatesTokenCount) are converted at their edge.
struct usage {
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    /// Part of input_tokens read from the provider's prompt cache.
    std::int64_t cached_tokens = 0;
    /// Part of input_tokens written to the provider's prompt cache.
    std::int64_t cache_write_tokens = 0;
    /// Part of output_tokens spent on reasoning.
    std::int64_t reasoning_tokens = 0;
    std::int64_t input_audio_tokens = 0;
    std::int64_t output_audio_tokens = 0;

    [[nodiscard]] std::int64_t total_tokens() const noexcept { return add_counts(input_tokens, output_tokens); }
    [[nodiscard]] bool empty() const noexcept { return input_tokens == 0 && output_tokens == 0; }
    friend bool operator==(const usage&, const usage&) = default;
};

} // namespace llmx::inline LLMX_ABI
