// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/service_tier.hpp>

#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI {

/// Tokens a call used, in disjoint-friendly totals, and what else its price depends on.
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
    /// Parts of input_tokens and of output_tokens that are images.
    std::int64_t input_image_tokens = 0;
    std::int64_t output_image_tokens = 0;
    /// Part of cache_write_tokens that is kept for an hour and not for five minutes.
    std::int64_t cache_write_1h_tokens = 0;
    /// Searches of the web that the provider made for the model.
    std::int64_t web_searches = 0;
    /// The class of service that the provider states to have charged; nothing when it states none.
    std::optional<service_tier> tier;
    /// Served in a faster mode that has a price of its own (Anthropic `speed`), and in the United States alone, which has one too
    /// (Anthropic `inference_geo`).
    bool fast = false, us_only = false;
    /// What is charged beside tokens or in their place: searches, or the units of search that a reranking counts; images that were made and
    /// have no tokens; pages that were read. At most 65,535 each.
    std::uint16_t search_units = 0, images = 0, pages = 0;
    /// The pages were also annotated, which has a price of its own.
    bool annotated = false;
    /// Characters of a text that was spoken; milliseconds of a recording that was read, and of audio or video that was made.
    std::uint32_t characters = 0, input_milliseconds = 0, output_milliseconds = 0;

    [[nodiscard]] std::int64_t total_tokens() const noexcept { return add_counts(input_tokens, output_tokens); }
    /// Whether something else than tokens is counted.
    [[nodiscard]] bool has_units() const noexcept {
        return (static_cast<std::uint32_t>(search_units | images | pages) | characters | input_milliseconds | output_milliseconds) != 0;
    }
    [[nodiscard]] bool empty() const noexcept { return input_tokens == 0 && output_tokens == 0 && !has_units(); }
    friend bool operator==(const usage&, const usage&) = default;
};

/// Quality of images, as price lists name it.
enum class image_quality : std::uint8_t { unknown, low, medium, high, standard, hd };
/// How much of the results of a web search the model reads.
enum class search_depth : std::uint8_t { unknown, low, medium, high };

/// What the price of the units in a `usage` depends on, as the request states it. Zeros: it states nothing.
struct unit_measures {
    unit_measures() = default;
    /// Pixels of each image or of the video, at most 65,535.
    std::uint16_t width = 0, height = 0;
    image_quality quality = image_quality::unknown;
    search_depth depth = search_depth::unknown;
    /// Results that a search asks for.
    std::uint16_t results = 0;
    friend bool operator==(const unit_measures&, const unit_measures&) = default;
};

} // namespace llmx::inline LLMX_ABI
