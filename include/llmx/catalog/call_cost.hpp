// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_facts.hpp>
#include <llmx/core/call_report.hpp>
#include <llmx/core/money.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/core/usage.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The class of prices for a request's or a reply's class of service.
[[nodiscard]] constexpr price_tier price_tier_of(std::optional<service_tier> tier) noexcept {
    if (tier == service_tier::flex) return price_tier::flex;
    if (tier == service_tier::priority) return price_tier::priority;
    return tier == service_tier::batch ? price_tier::batch : price_tier::standard;
}

/// The kind of price of a web search; how much is read is medium where the request does not state it, as OpenAI's documentation has it.
[[nodiscard]] constexpr price_kind price_kind_of(search_depth depth) noexcept {
    return depth == search_depth::low ? price_kind::search_low : depth == search_depth::high ? price_kind::search_high : price_kind::search_medium;
}

/// What a call used, as far as it is charged. Tokens have the meaning that `usage` gives them; units that a reply's
/// `usage` does not count stand beside it.
struct billed_use {
    billed_use() = default;
    /// With the class of service and the factors that \p used states; \p made: the sizes of what was made.
    explicit billed_use(const usage& used, const unit_measures& made = unit_measures()) noexcept
        : tokens(used), output_images(used.images), input_characters(used.characters), input_milliseconds(used.input_milliseconds),
          output_milliseconds(used.output_milliseconds), queries(used.search_units), pages(used.pages),
          web_search_size(price_kind_of(made.depth)), tier(price_tier_of(used.tier)),
          measures(made), region_factor(used.us_only ? "us" : std::string_view()),
          speed_factor(used.fast ? "fast" : std::string_view()) {}

    usage tokens;
    std::int64_t input_images = 0, output_images = 0;
    std::int64_t input_characters = 0, output_characters = 0;
    /// Audio or video, in milliseconds.
    std::int64_t input_milliseconds = 0, output_milliseconds = 0;
    /// Requests, searches of a search model, pages read. Searches that a chat model made: `tokens.web_searches`.
    std::int64_t requests = 0, queries = 0, pages = 0;
    /// What a web search costs depends on how much of its results the model reads.
    price_kind web_search_size = price_kind::search_medium;
    price_tier tier = price_tier::standard;
    /// Label of a size or a resolution, for prices that have one; empty: that of `measures`.
    std::string_view size;
    unit_measures measures;
    /// Names of factors that apply: where the model ran ("us"), how fast ("fast").
    std::string_view region_factor, speed_factor;
    /// When the call was made, for prices of off-peak hours; none: they are not used.
    std::optional<std::chrono::system_clock::time_point> when;
};

/// What a call costs, and what for. All parts are exact and `total` is their sum.
struct call_cost {
    call_cost() = default;
    /// Input without the parts that follow; read from the cache; written to the cache.
    money input, cached, cache_write;
    /// Output without reasoning and audio.
    money output, reasoning;
    money audio_input, audio_output;
    /// Images in and out, counted in tokens or in images.
    money images;
    /// Requests, queries, pages, characters, seconds.
    money units;
    money web_search;
    money total;
    /// Every unit that was used has a price; false: `total` lacks something.
    bool complete = true;
    friend bool operator==(const call_cost&, const call_cost&) = default;
};

/// The cost of \p used with the prices of \p facts; nothing when no price is known.
///
/// A prompt longer than a threshold pays that row's prices for the whole call. What has no price of its own pays that of the kind which
/// includes it: cached tokens and audio that of input, one-hour cache writes that of other writes, reasoning that of output; a class of service
/// without a price pays the standard one. Counts below 0 are 0. Allocates nothing.
LLMX_DECL [[nodiscard]] std::optional<call_cost> cost_of(const model_facts& facts, const billed_use& used) noexcept;
[[nodiscard]] inline std::optional<call_cost> cost_of(const model_facts& facts, const usage& used) noexcept {
    return cost_of(facts, billed_use(used));
}

/// What the answer that \p report describes cost: `report.cost`, or the sum for `report.tokens` in the class of service that the provider
/// stated, at the prices of \p when (off-peak hours). Nothing when no token is known, or a price of something that was used is not.
LLMX_DECL [[nodiscard]] std::optional<money>
cost_of(const call_report& report, std::optional<std::chrono::system_clock::time_point> when = std::nullopt) noexcept;

/// The parts of that cost; nothing when they are those of plain input and output tokens, or there is no cost.
LLMX_DECL [[nodiscard]] std::optional<call_cost>
cost_parts_of(const call_report& report, std::optional<std::chrono::system_clock::time_point> when = std::nullopt) noexcept;

/// Computes the cost of the complete answer once and keeps it in `report.cost`.
LLMX_DECL void settle_cost(call_report& report, std::optional<std::chrono::system_clock::time_point> when = std::nullopt) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/call_cost.ipp>
#endif
