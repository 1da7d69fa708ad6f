// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/catalog_index.hpp>
#include <llmx/catalog/model_prices.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Nano-dollars as the schema has them: a whole number, or a text with a fraction.
LLMX_DECL [[nodiscard]] std::optional<money> price_amount(const boost::json::value& v) noexcept {
    if (const std::int64_t* const n = v.if_int64(); n != nullptr && *n >= 0) return money(*n);
    if (const auto* const text = v.if_string(); text != nullptr) return parse_nanodollars(*text);
    return std::nullopt;
}

/// Dollars as LiteLLM has them. A number was read as the nearest double, whose shortest text is what the file has.
LLMX_DECL [[nodiscard]] std::optional<money> dollar_amount(const boost::json::value& v) noexcept {
    char text[40];
    std::to_chars_result end{};
    if (const double* const d = v.if_double(); d != nullptr) end = std::to_chars(text, text + sizeof text, *d);
    else if (const std::int64_t* const n = v.if_int64(); n != nullptr) end = std::to_chars(text, text + sizeof text, *n);
    else if (const auto* const s = v.if_string(); s != nullptr) return parse_dollars(*s);
    else return std::nullopt;
    if (end.ec != std::errc()) return std::nullopt;
    return parse_dollars(std::string_view(text, static_cast<std::size_t>(end.ptr - text)));
}

/// A factor in thousandths, in place of nano-dollars: "1.1" is 1100.
LLMX_DECL [[nodiscard]] std::optional<money> price_factor(const boost::json::value& v) noexcept {
    const auto given = price_amount(v);
    if (!given || given->nanodollars > 1'000'000) return std::nullopt;
    return money(given->nanodollars * 1000 + given->yoctodollars / 1'000'000'000'000);
}

/// "04:00" in minutes.
LLMX_DECL [[nodiscard]] std::optional<int> price_minute(std::string_view text) noexcept {
    if (text.size() != 5 || text[2] != ':' || !catalog_digits(text.substr(0, 2)) || !catalog_digits(text.substr(3))) return std::nullopt;
    const int minute = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
    return minute <= 24 * 60 ? std::optional<int>(minute) : std::nullopt;
}

LLMX_DECL [[nodiscard]] bool read_off_peak_windows(model_prices& p, const boost::json::object& price) {
    const auto* const windows = price.if_contains("windows");
    if (windows == nullptr || !windows->is_array()) return false;
    int offset = 0;
    // The one time zone of weekdays that price lists name; it has no summer time.
    if (const auto* const tz = price.if_contains("tz"); tz != nullptr) {
        if (!tz->is_string() || std::string_view(tz->get_string()) != "Asia/Shanghai") return false;
        offset = 8 * 60;
    }
    for (const auto& one : windows->get_array()) {
        const auto* const w = one.if_object();
        if (w == nullptr) return false;
        off_peak_window made;
        made.weekday_offset_minutes = offset;
        if (const auto* const days = w->if_contains("days"); days != nullptr && days->is_array())
            for (const auto& d : days->get_array()) {
                if (!d.is_int64() || d.get_int64() < 1 || d.get_int64() > 7) return false;
                made.days = static_cast<std::uint8_t>(made.days | (1u << (d.get_int64() - 1)));
            }
        const auto add = [&](const boost::json::value& v) {
            const auto* const text = v.if_string();
            if (text == nullptr || text->size() != 11 || (*text)[5] != '-') return false;
            const std::string_view t = *text;
            const auto begin = price_minute(t.substr(0, 5)), end = price_minute(t.substr(6));
            if (!begin || !end) return false;
            made.begin_minute = *begin;
            made.end_minute = *end;
            p.off_peak.push_back(made);
            return true;
        };
        const auto* const utc = w->if_contains("utc");
        if (utc == nullptr) return false;
        if (!utc->is_array()) {
            if (!add(*utc)) return false;
            continue;
        }
        for (const auto& v : utc->get_array())
            if (!add(v)) return false;
    }
    return true;
}

/// A threshold of a row; nothing when the member is there and no whole number.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> price_threshold(const boost::json::object& row, std::string_view key,
                                                                    std::int64_t otherwise) noexcept {
    const auto* const v = row.if_contains(key);
    if (v == nullptr || v->is_null()) return otherwise;
    if (const std::int64_t* const n = v->if_int64(); n != nullptr && *n >= 0) return *n;
    return std::nullopt;
}

LLMX_DECL [[nodiscard]] bool read_prices(model_prices& p, const boost::json::object& price, std::string& fault,
                                         price_tier tier = price_tier::standard, price_rate at = price_rate()) {
    const auto wrong = [&fault](std::string_view key) {
        if (fault.empty()) (fault = "price.").append(key).append(": not a price; data/README.md describes the form");
        return false;
    };
    for (const auto& member : price) {
        const std::string_view key = member.key();
        const boost::json::value& v = member.value();
        const auto* const inner = v.if_object();
        if (key == "above" || key == "after_s" || key == "from" || key == "to" || key == "by" || key == "windows" || key == "tz")
            continue;
        if (const auto kind = parse_price_kind(key); kind) {
            const auto amount = price_amount(v);
            if (!amount) return wrong(key);
            price_rate r = at;
            r.kind = *kind;
            r.tier = tier;
            r.amount = *amount;
            p.rates.push_back(r);
        } else if (key == "tiers" || key == "ranges" || key == "intervals") {
            if (!v.is_array()) return wrong(key);
            for (const auto& one : v.get_array()) {
                const auto* const row = one.if_object();
                if (row == nullptr) return wrong(key);
                price_rate inside = at;
                const auto above = price_threshold(*row, key == "tiers" ? "above" : key == "ranges" ? "from" : "after_s", 0);
                const auto up_to = price_threshold(*row, "to", inside.up_to);
                if (!above || !up_to) return wrong(key);
                inside.above = *above;
                inside.up_to = *up_to;
                inside.by_results = row->contains("by");
                if (!read_prices(p, *row, fault, tier, inside)) return false;
            }
        } else if (const auto other = parse_price_tier(key); other && inner != nullptr) {
            if (!read_prices(p, *inner, fault, *other, at)) return false;
            if (*other == price_tier::off_peak && !read_off_peak_windows(p, *inner)) return wrong(key);
        } else if (key == "search" && inner != nullptr) {
            for (const auto& size : *inner) {
                const auto amount = price_amount(size.value());
                const auto of_size = parse_price_kind("search_" + std::string(size.key()));
                if (!amount || !of_size) return wrong(key);
                price_rate r = at;
                r.kind = *of_size;
                r.tier = tier;
                r.amount = *amount;
                p.rates.push_back(r);
            }
        } else if ((key == "second_out_by" || key == "image_out_by" || key == "guardrail_units" || key == "times") && inner != nullptr) {
            for (const auto& one : *inner) {
                labelled_rate r;
                r.label = one.key();
                const auto amount = key == "times" ? price_factor(one.value()) : price_amount(one.value());
                if (!amount) return wrong(key);
                r.amount = *amount;
                if (key == "second_out_by") r.kind = price_kind::second_out;
                else if (key == "image_out_by") r.kind = price_kind::image_out;
                else if (key == "guardrail_units") r.kind = price_kind::guardrail_unit;
                (key == "times" ? p.factors : p.by_label).push_back(std::move(r));
            }
        } else if (key == "search_unit" && v.is_string()) {
            p.search_per_prompt = std::string_view(v.get_string()) == "per_prompt";
        } else if (key == "search_free" && inner != nullptr) {
            const auto count = price_threshold(*inner, "count", 0);
            const auto *const per = inner->if_contains("per"), *const group = inner->if_contains("group");
            if (!count || per == nullptr || !per->is_string()) return wrong(key);
            p.free_searches = *count;
            p.free_searches_per_month = std::string_view(per->get_string()) == "month";
            if (group != nullptr && group->is_string()) p.free_search_group = group->get_string();
        }
    }
    return true;
}

/// \p over replaces what it has a price of the same kind and class for; the rest of \p under stays.
LLMX_DECL [[nodiscard]] std::shared_ptr<const model_prices> with_prices(const std::shared_ptr<const model_prices>& under,
                                                                        model_prices over) {
    if (!under) {
        over.sort();
        return std::make_shared<const model_prices>(std::move(over));
    }
    model_prices made = *under;
    std::erase_if(made.rates, [&over](const price_rate& r) {
        return std::any_of(over.rates.begin(), over.rates.end(),
                           [&r](const price_rate& o) { return o.kind == r.kind && o.tier == r.tier; });
    });
    made.rates.insert(made.rates.end(), over.rates.begin(), over.rates.end());
    const auto replace = [](std::vector<labelled_rate>& into, const std::vector<labelled_rate>& from) {
        for (const labelled_rate& r : from) {
            std::erase_if(into, [&r](const labelled_rate& i) { return i.kind == r.kind && i.label == r.label; });
            into.push_back(r);
        }
    };
    replace(made.by_label, over.by_label);
    replace(made.factors, over.factors);
    if (!over.off_peak.empty()) made.off_peak = std::move(over.off_peak);
    if (over.free_searches != 0) {
        made.free_searches = over.free_searches;
        made.free_searches_per_month = over.free_searches_per_month;
        made.free_search_group = over.free_search_group;
    }
    made.search_per_prompt |= over.search_per_prompt;
    made.sort();
    return std::make_shared<const model_prices>(std::move(made));
}

} // namespace llmx::inline LLMX_ABI::detail
