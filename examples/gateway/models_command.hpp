// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// `llmx-gateway models`: a table of the models that the catalogue knows, in whole or by filters; `models NAME`: the facts of one.
namespace models_command {

/// What the arguments behind `models` ask for.
struct query {
    query() = default;
    /// A name, or a pattern with `*`; empty: all models.
    std::string_view name;
    std::string_view provider;
    std::optional<llmx::model_mode> mode;
    llmx::ability_set can;
};

inline std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 100)) + "'"; }
inline llmx::error wrong(const std::string& what) {
    return llmx::error(llmx::errc::bad_configuration,
                       "models: " + what + "; usage: llmx-gateway models [NAME or PATTERN with *] [--provider P] [--mode M] [--can ABILITY]...");
}

inline llmx::result<query> parse(std::span<char* const> arguments) {
    query q;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (!word.starts_with("--")) {
            if (!q.name.empty()) return wrong("more than one name");
            q.name = word;
            continue;
        }
        if (i + 1 == arguments.size()) return wrong(std::string(word.substr(0, 100)) + " has no value");
        const std::string_view value = arguments[++i];
        if (word == "--provider") {
            q.provider = value;
        } else if (word == "--mode") {
            q.mode = llmx::parse_model_mode(value);
            if (!q.mode) return wrong(quoted(value) + " is no mode, such as chat, embedding or rerank");
        } else if (word == "--can") {
            const auto ability = llmx::parse_model_ability(value);
            if (!ability) return wrong(quoted(value) + " is no ability, such as tools, vision, reasoning or json_schema");
            q.can.add(*ability);
        } else {
            return wrong("unknown option " + quoted(word));
        }
    }
    return q;
}

/// "1,000,000".
inline std::string grouped(std::int64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

/// The unit in which people compare prices of a kind, and how many of the catalogue's units it is.
inline std::pair<std::string_view, std::int64_t> price_unit(llmx::price_kind k) {
    using enum llmx::price_kind;
    constexpr std::int64_t million = 1'000'000, thousand = 1'000, one = 1;
    if (k <= citation) return {"million tokens", million};
    switch (k) {
    case char_in:
    case char_out: return {"million characters", million};
    case pixel_in:
    case pixel_out: return {"million pixels", million};
    case dbu_in:
    case dbu_out: return {"million tokens, in Databricks units", million};
    case image_in:
    case image_out: return {"image", one};
    case per_second:
    case second_in:
    case second_out:
    case audio_second_in:
    case video_second_in:
    case video_second_out: return {"second", one};
    case search_low:
    case search_medium:
    case search_high:
    case query:
    case maps_query: return {"thousand queries", thousand};
    case page:
    case annotation_page: return {"thousand pages", thousand};
    case file_search_1k:
    case computer_in_1k:
    case computer_out_1k: return {"thousand", one};
    default: return {"unit", one};
    }
}
inline std::string dollars(const llmx::money& amount) { return "$" + to_dollars(amount, 12); }

inline void add_prices(std::string& out, const llmx::model_prices& prices) {
    const auto line = [&out](llmx::price_kind kind, std::string_view more, const llmx::money& amount) {
        const auto [unit, count] = price_unit(kind);
        out.append("price of ").append(to_string(kind)).append(more).append(": ").append(dollars(times(amount, count)));
        out.append(" per ").append(unit).append("\n");
    };
    for (const llmx::price_rate& r : prices.rates) {
        std::string more;
        if (r.tier != llmx::price_tier::standard) more.append(", ").append(to_string(r.tier));
        // Videos are priced by their length, and some searches by the results asked for.
        const std::string_view of = r.by_results ? " results" : r.kind == llmx::price_kind::video_second_in ? " seconds" : " tokens of prompt";
        if (r.above != 0) more.append(", above ").append(grouped(r.above)).append(of);
        if (r.up_to != std::numeric_limits<std::int64_t>::max()) more.append(", up to ").append(grouped(r.up_to)).append(of);
        line(r.kind, more, r.amount);
    }
    for (const llmx::labelled_rate& r : prices.by_label) line(r.kind, ", " + r.label, r.amount);
    for (const llmx::labelled_rate& f : prices.factors) {
        // Thousandths.
        const std::string factor = to_dollars(llmx::money(f.amount.nanodollars * 1'000'000));
        out.append("factor on all prices, ").append(f.label).append(": ").append(factor).append("\n");
    }
}

inline void add_words(std::string& out, std::string_view name, unsigned bits, std::initializer_list<std::string_view> words) {
    if (bits == 0) return;
    out.append(name).append(":");
    for (unsigned i = 0; const std::string_view w : words)
        if ((bits >> i++ & 1u) != 0) out.append(" ").append(w);
    out += '\n';
}
inline void add_abilities(std::string& out, std::string_view name, const llmx::ability_set& set) {
    if (set.bits == 0) return;
    out.append(name).append(":");
    for (unsigned i = 0; i < 64; ++i)
        if (set.has(static_cast<llmx::model_ability>(i))) out.append(" ").append(to_string(static_cast<llmx::model_ability>(i)));
    out += '\n';
}

inline std::string describe(const llmx::model_facts& m) {
    std::string out = (m.of_family ? "family: " : "model: ") + m.name + "\n";
    const auto number = [&out](std::string_view name, std::int64_t value) {
        if (value != 0) out.append(name).append(": ").append(grouped(value)).append(" tokens\n");
    };
    out.append("mode: ").append(to_string(m.mode)).append("\n");
    number("context window", m.context_window);
    number("longest output", m.max_output_tokens);
    if (m.dimensions != 0) out.append("dimensions: ").append(grouped(m.dimensions)).append("\n");
    number("shortest cacheable prompt", m.least_cacheable_tokens);
    if (!m.deprecated_on.empty()) out.append("ends on: ").append(m.deprecated_on).append("\n");
    add_abilities(out, "can", m.can);
    add_abilities(out, "cannot", m.cannot);
    const llmx::model_traits& t = m.traits;
    constexpr std::string_view styles[] = {"by a budget of tokens", "by an effort", "by a level", "adaptive, by an effort", "none"};
    out.append("reasoning: ").append(styles[static_cast<std::size_t>(t.reasoning)]);
    if (t.reasoning != llmx::model_traits::reasoning_style::none && !t.can_turn_off) out += ", cannot be turned off";
    out += '\n';
    add_words(out, "efforts", t.efforts, {"none", "minimal", "low", "medium", "high", "xhigh", "max"});
    if (t.most_budget != 0)
        out.append("budget: ").append(grouped(t.least_budget)).append(" to ").append(grouped(t.most_budget)).append(" tokens\n");
    if (t.returns_reasoning) out += "reasoning_content goes back with the history\n";
    add_words(out, "refused", t.refused_sampling,
              {"temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "stop", "logit_bias", "logprobs", "seed"});
    add_words(out, "takes", t.input_modalities, {"text", "image", "audio", "video", "pdf", "code"});
    add_words(out, "gives", t.output_modalities, {"text", "image", "audio", "video", "pdf", "code"});
    if (m.prices) add_prices(out, *m.prices);
    else out += "prices: not known\n";
    return out;
}

/// Whether \p text is of the form \p pattern, whose `*` stands for any characters; at most as many steps as the product of both lengths.
inline bool matches(std::string_view text, std::string_view pattern) {
    std::size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++t, ++p;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

/// A table of the models that \p q asks for, with prices of a million tokens.
inline std::string table(const llmx::model_catalog& known, const query& q) {
    constexpr std::size_t columns = 6;
    std::vector<std::vector<std::string>> rows = {{"model", "mode", "context", "output", "$/M in", "$/M out"}};
    for (const llmx::model_facts& m : known.models()) {
        if ((!q.provider.empty() && m.provider() != q.provider) || (q.mode && m.mode != *q.mode)) continue;
        if ((m.can.bits & q.can.bits) != q.can.bits || (!q.name.empty() && !matches(m.name, q.name))) continue;
        const auto price = [&m](llmx::price_kind kind) {
            const llmx::money* const rate = m.prices ? m.prices->rate(kind, llmx::price_tier::standard, 0) : nullptr;
            return rate != nullptr ? to_dollars(times(*rate, 1'000'000), 6) : std::string("-");
        };
        const auto count = [](std::int64_t n) { return n != 0 ? grouped(n) : std::string("-"); };
        rows.push_back({m.name, m.mode == llmx::model_mode::unknown ? "-" : std::string(to_string(m.mode)), count(m.context_window),
                        count(m.max_output_tokens), price(llmx::price_kind::input), price(llmx::price_kind::output)});
    }
    if (rows.size() == 1) return "no model of the catalogue is of this kind\n";
    std::size_t width[columns] = {};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < columns; ++i) width[i] = std::max(width[i], row[i].size());
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) {
            // Words to the left, numbers to the right.
            const std::string space(width[i] - row[i].size(), ' ');
            if (i > 1) out += "  " + space + row[i];
            else out += (i == 0 ? "" : "  ") + row[i] + space;
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

/// How many characters have to change; \p enough or more are not counted further.
inline std::size_t distance(std::string_view a, std::string_view b, std::size_t enough) {
    if (a.size() > b.size() + enough || b.size() > a.size() + enough) return enough;
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i), least = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t same = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, same});
            least = std::min(least, row[j]);
        }
        if (least >= enough) return enough;
    }
    return row[b.size()];
}

/// Up to three known names that \p name may have been meant to be, nearest first.
inline std::vector<std::string> nearest(const llmx::model_catalog& known, std::string_view name) {
    constexpr std::size_t most = 3;
    const std::size_t enough = std::max<std::size_t>(3, name.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> found;
    const auto look = [&](std::string_view candidate, std::string_view shown) {
        if (const std::size_t d = distance(name, candidate, enough); d < enough) found.emplace_back(d, shown);
    };
    if (name.empty() || name.size() > 200) return {};
    const bool whole = name.find('/') != std::string_view::npos;
    for (const llmx::model_facts& m : known.models())
        look(whole ? std::string_view(m.name) : std::string_view(m.name).substr(m.name.find('/') + 1), m.name);
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(most, found.size()); ++i) names.push_back(std::move(found[i].second));
    return names;
}

inline std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& n : names) text += (text.empty() ? "" : ", ") + n;
    return text;
}

/// The output of the command.
inline llmx::result<std::string> run(const llmx::model_catalog& known, const query& q) {
    const bool one = !q.name.empty() && q.name.find('*') == std::string_view::npos;
    if (!one) return table(known, q);
    const std::string_view provider = q.provider;
    if (const llmx::model_facts* const listed = known.find_listed(provider, q.name); listed != nullptr) return describe(*listed);
    const std::vector<std::string> near = nearest(known, q.name);
    const std::string meant = near.empty() ? std::string() : "; nearest known: " + joined(near);
    const llmx::model_facts* const family = known.find(provider, q.name);
    if (family == nullptr)
        return wrong("nothing is known about " + quoted(q.name) + meant);
    return quoted(q.name) + " is not in the catalogue" + meant + "; what its family has in common:\n" + describe(*family);
}

} // namespace models_command
