// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/call_cost.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool is_off_peak(const model_prices& p, std::chrono::system_clock::time_point when) noexcept {
    namespace chr = std::chrono;
    const auto minute = chr::floor<chr::minutes>(when);
    const auto of_day = static_cast<int>((minute - chr::floor<chr::days>(minute)).count());
    for (const off_peak_window& w : p.off_peak) {
        // From 00:00 to 00:00 is the whole day.
        const bool inside = w.begin_minute == w.end_minute  ? true
                            : w.begin_minute < w.end_minute ? of_day >= w.begin_minute && of_day < w.end_minute
                                                            : of_day >= w.begin_minute || of_day < w.end_minute;
        const chr::weekday day(chr::floor<chr::days>(minute + chr::minutes(w.weekday_offset_minutes)));
        if (inside && (w.days == 0 || (w.days >> (day.iso_encoding() - 1) & 1u) != 0)) return true;
    }
    return false;
}

/// Adds up the parts of one call.
class cost_sum {
public:
    cost_sum(const model_prices& p, const billed_use& u, call_cost& c) noexcept : prices_(p), used_(u), cost_(c), tier_(u.tier) {
        if (u.when && tier_ == price_tier::standard && is_off_peak(p, *u.when)) tier_ = price_tier::off_peak;
    }
    /// \p count units at the first of \p kinds that has a price.
    LLMX_DECL void add(money& part, std::int64_t count, std::initializer_list<price_kind> kinds, std::int64_t divisor = 1) noexcept {
        if (count <= 0) return;
        for (const price_kind kind : kinds) {
            const money* const price = prices_.rate_or_standard(kind, tier_, used_.tokens.input_tokens);
            if (price == nullptr) continue;
            part += divisor == 1 ? times(*price, count) : divided(times(*price, count), divisor);
            return;
        }
        cost_.complete = false;
    }
    /// Images that were made: at the price of their size, of an image, or of their pixels.
    LLMX_DECL void add_images(money& part, std::int64_t count) noexcept {
        using k = price_kind;
        if (count <= 0 || add_labelled(part, count, k::image_out, image_label(used_.measures))) return;
        const auto price = [this](k kind) { return prices_.rate_or_standard(kind, tier_, used_.tokens.input_tokens); };
        // LiteLLM's map has the price of an image that is made under the name of one that is sent, where the model takes none.
        const bool whole = price(k::image_out) != nullptr || price(k::image_in) != nullptr;
        if (whole || (price(k::pixel_in) == nullptr && price(k::pixel_out) == nullptr)) return add(part, count, {k::image_out, k::image_in});
        const std::int64_t side = 1024, width = used_.measures.width, height = used_.measures.height;
        const std::int64_t pixels = width != 0 && height != 0 ? width * height : side * side;
        for (const k kind : {k::pixel_in, k::pixel_out})
            if (const money* const each = price(kind); each != nullptr) part += times(times(*each, pixels), count);
    }
    /// Milliseconds of audio or video that were made, at the price of the video's resolution when there is one.
    LLMX_DECL void add_seconds(money& part, std::int64_t milliseconds) noexcept {
        if (milliseconds <= 0 || add_labelled(part, milliseconds, price_kind::second_out, video_label(used_.measures), 1000)) return;
        // A second of video has a name of its own where the model's facts are one vendor's.
        add(part, milliseconds, {price_kind::second_out, price_kind::video_second_out}, 1000);
    }
    /// Searches, whose price may depend on how many results they ask for: ten where they do not state it.
    LLMX_DECL void add_queries(money& part, std::int64_t count) noexcept {
        if (count <= 0) return;
        const std::int64_t results = used_.measures.results != 0 ? used_.measures.results : 10;
        const money* price = nullptr;
        for (const price_rate& r : prices_.rates)
            if (r.by_results && r.kind == price_kind::query && r.tier == price_tier::standard && (price == nullptr || r.above <= results))
                price = &r.amount;
        if (price == nullptr) return add(part, count, {price_kind::query});
        part += times(*price, count);
    }
    LLMX_DECL void scale(std::string_view factor) noexcept {
        if (factor.empty()) return;
        for (const labelled_rate& f : prices_.factors) {
            if (f.label != factor) continue;
            for (money* const part : {&cost_.input, &cost_.cached, &cost_.cache_write, &cost_.output, &cost_.reasoning,
                                      &cost_.audio_input, &cost_.audio_output, &cost_.images, &cost_.units})
                *part = divided(times(*part, f.amount.nanodollars), 1000);
        }
    }

private:
    [[nodiscard]] static std::string_view video_label(const unit_measures& m) noexcept {
        switch (std::min(m.width, m.height)) {
        case 480: return "480p";
        case 720: return "720p";
        case 768: return "768p";
        case 1080: return "1080p";
        case 1440: return "2k";
        case 2160: return "4k";
        default: return std::string_view();
        }
    }
    [[nodiscard]] static std::string_view image_label(const unit_measures& m) noexcept {
        const std::uint16_t longest = std::max(m.width, m.height);
        if (longest == 0 || longest > 4096) return std::string_view();
        return longest <= 512 ? "0.5K" : longest <= 1024 ? "1K" : longest <= 2048 ? "2K" : "4K";
    }
    /// At the price with the caller's label, or else with \p label; false when there is none.
    LLMX_DECL bool add_labelled(money& part, std::int64_t count, price_kind kind, std::string_view label, std::int64_t divisor = 1) noexcept {
        const std::string_view wanted = used_.size.empty() ? label : used_.size;
        for (const labelled_rate& r : prices_.by_label) {
            if (r.kind != kind || r.label != wanted) continue;
            part += divisor == 1 ? times(r.amount, count) : divided(times(r.amount, count), divisor);
            return true;
        }
        return false;
    }

    const model_prices& prices_;
    const billed_use& used_;
    call_cost& cost_;
    price_tier tier_;
};

/// The sum of `cost_of` for a call that has tokens of text alone, without its parts: it is computed for nearly every call.
LLMX_DECL [[nodiscard]] std::optional<money> text_cost(const model_prices& prices, const usage& t) noexcept {
    using k = price_kind;
    money sum;
    bool complete = true;
    const auto add = [&](std::int64_t count, k first, k second, k third) {
        if (count <= 0) return;
        const money* price = prices.rate(first, price_tier::standard, t.input_tokens);
        if (price == nullptr && second != first) price = prices.rate(second, price_tier::standard, t.input_tokens);
        if (price == nullptr && third != second) price = prices.rate(third, price_tier::standard, t.input_tokens);
        if (price != nullptr) sum += times(*price, count);
        else complete = false;
    };
    const std::int64_t cached = std::max<std::int64_t>(t.cached_tokens, 0), written = std::max<std::int64_t>(t.cache_write_tokens, 0);
    add(t.input_tokens - cached - written, k::input, k::input, k::input);
    add(cached, k::cached, k::cached_hit, k::input);
    add(written, k::cache_write, k::input, k::input);
    add(t.output_tokens - std::max<std::int64_t>(t.reasoning_tokens, 0), k::output, k::output, k::output);
    add(t.reasoning_tokens, k::reasoning, k::output, k::output);
    return complete ? std::optional<money>(sum) : std::nullopt;
}

/// Nothing but tokens of text at standard prices is charged.
LLMX_DECL [[nodiscard]] bool is_plain_cost(const model_prices& prices, const usage& t) noexcept {
    constexpr std::int64_t none = 0;
    return std::max({t.input_audio_tokens, t.output_audio_tokens, t.input_image_tokens, t.output_image_tokens, t.cache_write_1h_tokens,
                     t.web_searches, none}) == 0 &&
           !t.fast && !t.us_only && !t.has_units() && price_tier_of(t.tier) == price_tier::standard && prices.off_peak.empty();
}

} // namespace detail

LLMX_DECL std::optional<call_cost> cost_of(const model_facts& facts, const billed_use& u) noexcept {
    if (!facts.prices) return std::nullopt;
    using k = price_kind;
    call_cost c;
    detail::cost_sum sum(*facts.prices, u, c);
    const auto part = [](std::int64_t count) { return std::max<std::int64_t>(count, 0); };
    const usage& t = u.tokens;
    const std::int64_t cached = part(t.cached_tokens), written = part(t.cache_write_tokens);
    const std::int64_t hour = std::min(part(t.cache_write_1h_tokens), written);
    // What is cached may be audio too; the vendors report no more than both sums.
    sum.add(c.input, t.input_tokens - cached - written - part(t.input_audio_tokens) - part(t.input_image_tokens), {k::input});
    sum.add(c.cached, cached, {k::cached, k::cached_hit, k::input});
    sum.add(c.cache_write, written - hour, {k::cache_write, k::input});
    sum.add(c.cache_write, hour, {k::cache_write_1h, k::cache_write, k::input});
    sum.add(c.audio_input, t.input_audio_tokens, {k::audio_in, k::input});
    sum.add(c.images, t.input_image_tokens, {k::image_token_in, k::input});
    sum.add(c.output, t.output_tokens - part(t.reasoning_tokens) - part(t.output_audio_tokens) - part(t.output_image_tokens), {k::output});
    sum.add(c.reasoning, t.reasoning_tokens, {k::reasoning, k::output});
    sum.add(c.audio_output, t.output_audio_tokens, {k::audio_out, k::output});
    sum.add(c.images, t.output_image_tokens, {k::image_token_out, k::output});
    sum.add(c.images, u.input_images, {k::image_in});
    sum.add_images(c.images, u.output_images);
    sum.add(c.units, u.input_characters, {k::char_in});
    sum.add(c.units, u.output_characters, {k::char_out});
    sum.add(c.units, u.input_milliseconds, {k::second_in, k::audio_second_in, k::video_second_in}, 1000);
    sum.add_seconds(c.units, u.output_milliseconds);
    sum.add(c.units, u.requests, {k::request});
    sum.add_queries(c.units, u.queries);
    if (t.annotated) sum.add(c.units, u.pages, {k::annotation_page, k::page});
    else sum.add(c.units, u.pages, {k::page});
    const bool once = facts.prices->search_per_prompt;
    sum.add(c.web_search, once ? std::min<std::int64_t>(t.web_searches, 1) : t.web_searches, {u.web_search_size, k::query});
    sum.scale(u.region_factor);
    sum.scale(u.speed_factor);
    for (const money* const m : {&c.input, &c.cached, &c.cache_write, &c.output, &c.reasoning, &c.audio_input, &c.audio_output, &c.images,
                                 &c.units, &c.web_search})
        c.total += *m;
    return c;
}

LLMX_DECL std::optional<call_cost> cost_parts_of(const call_report& report,
                                                 std::optional<std::chrono::system_clock::time_point> when) noexcept {
    if (report.facts == nullptr || report.tokens.empty() || !report.facts->prices) return std::nullopt;
    if (detail::is_plain_cost(*report.facts->prices, report.tokens) && report.tokens.cached_tokens <= 0 &&
        report.tokens.cache_write_tokens <= 0)
        return std::nullopt;
    billed_use used(report.tokens, report.measures);
    used.when = when;
    const std::optional<call_cost> cost = cost_of(*report.facts, used);
    // A sum that lacks a part is no price: it would be taken for one.
    return cost && cost->complete ? cost : std::nullopt;
}

LLMX_DECL std::optional<money> cost_of(const call_report& report, std::optional<std::chrono::system_clock::time_point> when) noexcept {
    if (report.cost) return report.cost;
    if (report.facts == nullptr || report.tokens.empty() || !report.facts->prices) return std::nullopt;
    if (detail::is_plain_cost(*report.facts->prices, report.tokens)) return detail::text_cost(*report.facts->prices, report.tokens);
    const std::optional<call_cost> parts = cost_parts_of(report, when);
    return parts ? std::optional<money>(parts->total) : std::nullopt;
}

LLMX_DECL void settle_cost(call_report& report, std::optional<std::chrono::system_clock::time_point> when) noexcept {
    report.cost = cost_of(report, when);
}

} // namespace llmx::inline LLMX_ABI
