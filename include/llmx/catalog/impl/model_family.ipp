// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/catalog_index.hpp>
#include <llmx/catalog/detail/model_family.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] char family_letter(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The number of a letter or digit, 36 for any other character, by the character's code: looked at once for each character of a name.
inline constexpr std::array<std::uint8_t, 256> family_numbers = [] {
    std::array<std::uint8_t, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i] = 36;
        if (i >= 'a' && i <= 'z') made[i] = static_cast<std::uint8_t>(i - 'a');
        if (i >= 'A' && i <= 'Z') made[i] = static_cast<std::uint8_t>(i - 'A');
        if (i >= '0' && i <= '9') made[i] = static_cast<std::uint8_t>(i - '0' + 26);
    }
    return made;
}();

LLMX_DECL [[nodiscard]] std::size_t family_first(char c) noexcept { return family_numbers[static_cast<unsigned char>(c)]; }

LLMX_DECL [[nodiscard]] bool family_begins(std::string_view text, std::string_view word) noexcept {
    if (text.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (family_letter(text[i]) != word[i]) return false;
    return true;
}

/// The version in \p rest, what follows a family's word: the first number of at most three digits, and one of at most two behind it.
LLMX_DECL [[nodiscard]] int family_version(std::string_view rest) noexcept {
    constexpr int newest = std::numeric_limits<int>::max();
    const auto digit = [&rest](std::size_t at) { return at < rest.size() && rest[at] >= '0' && rest[at] <= '9'; };
    for (std::size_t i = 0; i < rest.size();) {
        if (!digit(i)) {
            ++i;
            continue;
        }
        std::size_t end = i;
        int major = 0;
        for (; digit(end); ++end)
            if (end - i < 3) major = major * 10 + (rest[end] - '0');
        if (end - i > 3) return newest; // a date
        int minor = 0;
        std::size_t after = end + 1;
        if (end < rest.size() && (rest[end] == '.' || rest[end] == '-')) {
            for (; digit(after); ++after)
                if (after - end < 4) minor = minor * 10 + (rest[after] - '0');
            const std::size_t length = after - end - 1;
            const bool word_ends = after == rest.size() || family_first(rest[after]) == 36;
            if (length == 0 || length > 2 || !word_ends) minor = 0;
        }
        return major * 100 + minor;
    }
    return newest;
}

LLMX_DECL std::optional<int> parse_family_version(std::string_view text) noexcept {
    if (text.empty() || !catalog_digits(text.substr(0, 1))) return std::nullopt;
    const int v = family_version(text);
    return v == std::numeric_limits<int>::max() ? std::nullopt : std::optional<int>(v);
}

LLMX_DECL std::optional<std::uint64_t> model_families::word(std::string_view wanted) {
    const auto at = std::find(words.begin(), words.end(), wanted);
    const auto i = static_cast<std::size_t>(at - words.begin());
    if (at == words.end()) {
        if (words.size() == 64 || wanted.empty() || family_first(wanted[0]) == 36) return std::nullopt;
        words.emplace_back(wanted);
        by_first[family_first(wanted[0])] |= std::uint64_t(1) << i;
    }
    return std::uint64_t(1) << i;
}

LLMX_DECL bool model_families::add(model_family rule) {
    if (list.size() == 64) return false;
    for (std::uint64_t left = rule.match | rule.begins; left != 0; left &= left - 1)
        by_word[static_cast<std::size_t>(std::countr_zero(left))] |= std::uint64_t(1) << list.size();
    list.push_back(std::move(rule));
    return true;
}

LLMX_DECL const model_family* model_families::of(std::string_view provider, std::string_view model) const noexcept {
    std::uint64_t found = 0, at_begin = 0;
    std::array<std::uint16_t, 64> behind{};
    model = model.substr(0, 200);
    // A name behind a dot is that of another provider's model ("openai.o3"), and one behind a colon that of a model that was
    // trained further ("ft:gpt-4o:ours"): it begins there too.
    bool word_begins = true, name_begins = true;
    for (std::size_t i = 0; i < model.size(); ++i) {
        const std::size_t first = family_first(model[i]);
        if (first == 36) {
            word_begins = true;
            name_begins = model[i] == '.' || model[i] == '/' || model[i] == ':';
            continue;
        }
        if (word_begins) {
            for (std::uint64_t left = by_first[first]; left != 0; left &= left - 1) {
                const auto w = static_cast<std::size_t>(std::countr_zero(left));
                if (!family_begins(model.substr(i), words[w])) continue;
                const std::uint64_t bit = std::uint64_t(1) << w;
                if ((found & bit) == 0) behind[w] = static_cast<std::uint16_t>(i + words[w].size());
                found |= bit;
                if (name_begins) at_begin |= bit;
            }
        }
        word_begins = name_begins = false;
    }
    std::uint64_t rules = 0;
    for (std::uint64_t left = found; left != 0; left &= left - 1) rules |= by_word[static_cast<std::size_t>(std::countr_zero(left))];
    for (; rules != 0; rules &= rules - 1) {
        const model_family& f = list[static_cast<std::size_t>(std::countr_zero(rules))];
        const std::uint64_t by = (found & f.match) | (at_begin & f.begins);
        if (by == 0 || (f.has != 0 && (found & f.has) == 0) || (found & f.without) != 0) continue;
        if (!f.providers.empty() && std::find(f.providers.begin(), f.providers.end(), provider) == f.providers.end()) continue;
        if (f.from != 0 || f.below != 0) {
            const int version = family_version(model.substr(behind[static_cast<std::size_t>(std::countr_zero(by))]));
            if (version < f.from || (f.below != 0 && version >= f.below)) continue;
        }
        return &f;
    }
    return nullptr;
}

LLMX_DECL [[nodiscard]] std::uint8_t effort_bit(reasoning_effort e) noexcept {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(e));
}

LLMX_DECL void derive_reasoning(model_traits& t, const model_facts& f, const model_family* family) noexcept {
    using style = model_traits::reasoning_style;
    const bool adaptive = f.supports(model_ability::adaptive_thinking);
    if (f.cannot.has(model_ability::reasoning)) t.reasoning = style::none;
    else if (adaptive) t.reasoning = style::adaptive;
    // A list that names abilities and not this one states that there is none; an empty list states nothing, and where all models of the
    // family reason neither does a short one: entries for a region have prices and little else.
    else if (!f.can.has(model_ability::reasoning) && f.can.bits != 0 && !f.of_family &&
             (family == nullptr || !family->facts.can.has(model_ability::reasoning)))
        t.reasoning = style::none;
    if (f.closed_efforts) t.efforts = f.efforts;
    else if (t.efforts != 0) t.efforts = static_cast<std::uint8_t>((t.efforts | f.efforts) & ~f.refused_efforts);
    else if (f.efforts != 0 || f.refused_efforts != 0)
        t.efforts = static_cast<std::uint8_t>((effort_bit(reasoning_effort::low) | effort_bit(reasoning_effort::medium) |
                                               effort_bit(reasoning_effort::high) | f.efforts) & ~f.refused_efforts);
    if (f.highest_effort)
        t.efforts = static_cast<std::uint8_t>(t.efforts & ((2u << static_cast<unsigned>(*f.highest_effort)) - 1u));
    if (f.default_effort) t.default_effort = f.default_effort;
    if (f.reasons_always) t.can_turn_off = false;
    else if (t.reasoning == style::effort && t.efforts != 0) t.can_turn_off = (t.efforts & effort_bit(reasoning_effort::none)) != 0;
    if (t.reasoning == style::none) {
        t.efforts = 0;
        t.least_budget = t.most_budget = 0;
        t.can_turn_off = true;
        t.returns_reasoning = false;
        t.default_effort.reset();
    } else if (t.least_budget != 0 && t.most_budget == 0 && f.max_output_tokens > 1) {
        // Claude's budget is part of the output limit and less than it.
        t.most_budget = f.max_output_tokens - 1;
    }
}

LLMX_DECL model_traits derive_traits(const model_facts& f, const model_family* family) noexcept {
    model_traits t;
    if (family != nullptr) t = family->traits;
    t.known = true;
    derive_reasoning(t, f, family);
    const model_ability schema = family != nullptr ? family->schema : model_ability::json_schema;
    t.native_json_schema = f.supports(schema) && !f.cannot.has(model_ability::native_json_schema);
    t.context_window = f.context_window;
    t.max_output_tokens = f.max_output_tokens != 0 ? f.max_output_tokens : f.max_tokens;
    if (t.max_output_tokens > 0) {
        const bool whole = family != nullptr && family->limit_is_maximum;
        t.default_max_tokens = whole ? t.max_output_tokens : std::min(t.default_max_tokens, t.max_output_tokens);
    }
    if (f.cannot.has(model_ability::sampling_params))
        t.refused_sampling = static_cast<std::uint16_t>(
            t.refused_sampling | static_cast<unsigned>(sampling_parameter::temperature) |
            static_cast<unsigned>(sampling_parameter::top_p) | static_cast<unsigned>(sampling_parameter::top_k));
    t.tools = !f.cannot.has(model_ability::tools);
    t.parallel_tools = !f.cannot.has(model_ability::parallel_tools);
    t.forced_tool = !f.cannot.has(model_ability::forced_tool) && !f.cannot.has(model_ability::tool_choice);
    t.prompt_caching = f.supports(model_ability::caching);
    t.prefill = !f.cannot.has(model_ability::prefill);
    std::uint8_t in = f.takes, out = f.gives;
    const auto add = [&f](std::uint8_t& to, model_ability a, modality m) {
        if (f.supports(a)) to = static_cast<std::uint8_t>(to | static_cast<unsigned>(m));
    };
    if (f.mode == model_mode::chat || f.mode == model_mode::responses) {
        in = static_cast<std::uint8_t>(in | static_cast<unsigned>(modality::text));
        if (out == 0) out = static_cast<std::uint8_t>(modality::text);
    }
    add(in, model_ability::vision, modality::image);
    add(in, model_ability::pdf, modality::pdf);
    add(in, model_ability::audio_in, modality::audio);
    add(in, model_ability::video_in, modality::video);
    add(out, model_ability::audio_out, modality::audio);
    const auto refuse = [&f, &t](model_ability a, modality m) {
        if (f.cannot.has(a)) t.refused_modalities = static_cast<std::uint8_t>(t.refused_modalities | static_cast<unsigned>(m));
    };
    refuse(model_ability::vision, modality::image);
    refuse(model_ability::pdf, modality::pdf);
    refuse(model_ability::audio_in, modality::audio);
    refuse(model_ability::video_in, modality::video);
    t.refuses_schema = f.cannot.has(model_ability::json_schema);
    t.input_modalities = in;
    t.output_modalities = out;
    return t;
}

} // namespace llmx::inline LLMX_ABI::detail
