// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/money.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// What a price is for: a token, image, pixel, character, second, call or page, of one kind. `dbu_in` and `dbu_out` are
/// Databricks units per token and no dollars.
enum class price_kind : std::uint8_t {
    input, output, reasoning, cached, cached_hit, cached_explicit, cache_write, cache_write_1h, audio_in, audio_out,
    audio_cached, audio_cache_write, image_token_in, image_token_out, image_token_cached, video_token_in,
    video_token_out, citation, image_in, image_out, pixel_in, pixel_out, char_in, char_out, per_second, second_in,
    second_out, audio_second_in, video_second_in, video_second_out, query, request, text_message, page,
    annotation_page, credit, maps_query, code_session, file_search_1k, file_search_gb_day, vector_store_gb_day,
    computer_in_1k, computer_out_1k, search_low, search_medium, search_high, guardrail_unit, dbu_in, dbu_out,
};

/// Classes of service with prices of their own. `off_peak` replaces the standard class inside its windows.
enum class price_tier : std::uint8_t { standard, batch, flex, priority, ultrafast, balanced, decisions, off_peak };

/// One price: \p amount for each unit of \p kind, under a class of service, for prompts of more than `above` and at most `up_to`
/// tokens (`price_kind::video_second_in`: seconds of video).
struct price_rate {
    price_rate() = default;
    price_kind kind = price_kind::input;
    price_tier tier = price_tier::standard;
    /// The condition counts search results that were asked for, not tokens of the prompt.
    bool by_results = false;
    std::int64_t above = 0;
    std::int64_t up_to = std::numeric_limits<std::int64_t>::max();
    money amount;
    friend bool operator==(const price_rate&, const price_rate&) = default;
};

/// A price or a multiplier that depends on a word: the size of an image, a resolution of a video, a region.
struct labelled_rate {
    labelled_rate() = default;
    price_kind kind = price_kind::input;
    std::string label;
    money amount;
    friend bool operator==(const labelled_rate&, const labelled_rate&) = default;
};

/// A part of the week in which `price_tier::off_peak` applies; minutes of a day in UTC. A part that ends before it begins goes over
/// midnight.
struct off_peak_window {
    off_peak_window() = default;
    int begin_minute = 0, end_minute = 0;
    /// Bits of weekdays, Monday is bit 0, as they are in `weekday_offset_minutes` of UTC; 0: each day.
    std::uint8_t days = 0;
    int weekday_offset_minutes = 0;
    friend bool operator==(const off_peak_window&, const off_peak_window&) = default;
};

/// All prices of one model.
struct model_prices {
    model_prices() = default;
    /// In the order that `sort` makes; readers of files call it, and so does a program that changes them.
    std::vector<price_rate> rates;
    std::vector<labelled_rate> by_label;
    /// Factors in thousandths, such as 1100 for a region that costs a tenth more; `label` is its name (data/README.md).
    std::vector<labelled_rate> factors;
    std::vector<off_peak_window> off_peak;
    /// Searches that cost nothing, per day or month, shared by all models of a group; 0: none.
    std::int64_t free_searches = 0;
    bool free_searches_per_month = false;
    std::string free_search_group;
    /// A search is charged once for a prompt, however many queries the model makes.
    bool search_per_prompt = false;

    /// Orders `rates` for `rate`, which searches them: conditions of search results last, then by class of service, kind and
    /// threshold. Rates that are equal in these keep their order.
    LLMX_DECL void sort();
    /// The price of \p kind under \p tier for a prompt of \p prompt_tokens; null when there is none. A class of service without
    /// a price of its own has none: see `rate_or_standard`.
    LLMX_DECL [[nodiscard]] const money* rate(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept;
    /// The same, and the standard class's price when \p tier has none.
    LLMX_DECL [[nodiscard]] const money* rate_or_standard(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept;
    friend bool operator==(const model_prices&, const model_prices&) = default;
};

/// Names as the data has them ("in", "cache_write_1h"; "flex").
LLMX_DECL [[nodiscard]] std::string_view to_string(price_kind k) noexcept;
LLMX_DECL [[nodiscard]] std::string_view to_string(price_tier t) noexcept;
LLMX_DECL [[nodiscard]] std::optional<price_kind> parse_price_kind(std::string_view name) noexcept;
LLMX_DECL [[nodiscard]] std::optional<price_tier> parse_price_tier(std::string_view name) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/catalog_names.ipp>
#include <llmx/catalog/impl/model_prices.ipp>
#endif
