// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/impl/catalog_reader.ipp>
#include <llmx/catalog/impl/price_reader.ipp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

/// A member of LiteLLM's price map and what it means; docs.litellm.ai/docs/provider_registration/add_model_pricing.
struct litellm_rate_name {
    std::string_view name;
    price_kind kind;
};
inline constexpr litellm_rate_name litellm_rates[] = {
    {"input_cost_per_token", price_kind::input},
    {"output_cost_per_token", price_kind::output},
    {"output_cost_per_reasoning_token", price_kind::reasoning},
    {"cache_read_input_token_cost", price_kind::cached},
    {"input_cost_per_token_cache_hit", price_kind::cached_hit},
    {"cache_creation_input_token_cost", price_kind::cache_write},
    {"cache_creation_input_token_cost_above_1hr", price_kind::cache_write_1h},
    {"input_cost_per_audio_token", price_kind::audio_in},
    {"output_cost_per_audio_token", price_kind::audio_out},
    {"cache_read_input_audio_token_cost", price_kind::audio_cached},
    {"cache_creation_input_audio_token_cost", price_kind::audio_cache_write},
    {"input_cost_per_image_token", price_kind::image_token_in},
    {"output_cost_per_image_token", price_kind::image_token_out},
    {"cache_read_input_image_token_cost", price_kind::image_token_cached},
    {"input_cost_per_video_token", price_kind::video_token_in},
    {"output_cost_per_video_token", price_kind::video_token_out},
    {"citation_cost_per_token", price_kind::citation},
    {"input_cost_per_image", price_kind::image_in},
    {"output_cost_per_image", price_kind::image_out},
    {"input_cost_per_pixel", price_kind::pixel_in},
    {"output_cost_per_pixel", price_kind::pixel_out},
    {"input_cost_per_character", price_kind::char_in},
    {"output_cost_per_character", price_kind::char_out},
    {"input_cost_per_second", price_kind::second_in},
    {"output_cost_per_second", price_kind::second_out},
    {"input_cost_per_audio_per_second", price_kind::audio_second_in},
    {"input_cost_per_video_per_second", price_kind::video_second_in},
    {"output_cost_per_video_per_second", price_kind::video_second_out},
    {"input_cost_per_query", price_kind::query},
    {"input_cost_per_request", price_kind::request},
    {"ocr_cost_per_page", price_kind::page},
    {"annotation_cost_per_page", price_kind::annotation_page},
    {"ocr_cost_per_credit", price_kind::credit},
    {"code_interpreter_cost_per_session", price_kind::code_session},
    {"google_maps_grounding_cost_per_query", price_kind::maps_query},
    {"file_search_cost_per_1k_calls", price_kind::file_search_1k},
    {"file_search_cost_per_gb_per_day", price_kind::file_search_gb_day},
    {"vector_store_cost_per_gb_per_day", price_kind::vector_store_gb_day},
    {"computer_use_input_cost_per_1k_tokens", price_kind::computer_in_1k},
    {"computer_use_output_cost_per_1k_tokens", price_kind::computer_out_1k},
    {"input_dbu_cost_per_token", price_kind::dbu_in},
    {"output_dbu_cost_per_token", price_kind::dbu_out},
};

struct litellm_ability_name {
    std::string_view name;
    model_ability ability;
};
inline constexpr litellm_ability_name litellm_abilities[] = {
    {"supports_function_calling", model_ability::tools},
    {"supports_tool_choice", model_ability::tool_choice},
    {"supports_vision", model_ability::vision},
    {"supports_reasoning", model_ability::reasoning},
    {"supports_response_schema", model_ability::json_schema},
    {"supports_prompt_caching", model_ability::caching},
    {"supports_system_messages", model_ability::system},
    {"supports_pdf_input", model_ability::pdf},
    {"supports_parallel_function_calling", model_ability::parallel_tools},
    {"supports_web_search", model_ability::web_search},
    {"supports_native_streaming", model_ability::native_stream},
    {"supports_computer_use", model_ability::computer_use},
    {"supports_assistant_prefill", model_ability::prefill},
    {"supports_audio_input", model_ability::audio_in},
    {"supports_audio_output", model_ability::audio_out},
    {"supports_video_input", model_ability::video_in},
    {"supports_url_context", model_ability::url_context},
    {"supports_adaptive_thinking", model_ability::adaptive_thinking},
    {"supports_native_structured_output", model_ability::native_json_schema},
};

/// Takes a word of a class of service from the end of \p name.
LLMX_DECL [[nodiscard]] price_tier litellm_tier(std::string_view& name) noexcept {
    struct tier_word {
        std::string_view ending;
        price_tier tier;
    };
    constexpr tier_word words[] = {{"_priority", price_tier::priority},   {"_flex", price_tier::flex},
                                   {"_batches", price_tier::batch},       {"_ultrafast", price_tier::ultrafast},
                                   {"_balanced", price_tier::balanced},   {"_decisions", price_tier::decisions}};
    for (const tier_word& w : words)
        if (name.ends_with(w.ending)) {
            name.remove_suffix(w.ending.size());
            return w.tier;
        }
    return price_tier::standard;
}

/// Takes "_above_128k_tokens" from the end of \p name; 0 when there is none.
LLMX_DECL [[nodiscard]] std::int64_t litellm_threshold(std::string_view& name) noexcept {
    constexpr std::string_view before = "_above_", behind = "k_tokens";
    const auto at = name.rfind(before);
    if (at == std::string_view::npos || !name.ends_with(behind)) return 0;
    const std::string_view digits = name.substr(at + before.size(), name.size() - behind.size() - at - before.size());
    if (digits.size() > 6 || !catalog_digits(digits)) return 0;
    std::int64_t thousands = 0;
    for (const char c : digits) thousands = thousands * 10 + (c - '0');
    name = name.substr(0, at);
    return thousands * 1000;
}

/// The resolution in "output_cost_per_second_1080p"; empty for other names.
LLMX_DECL [[nodiscard]] std::string_view litellm_resolution(std::string_view key) noexcept {
    for (const std::string_view before : {std::string_view("output_cost_per_second_"), std::string_view("output_cost_per_video_per_second_")}) {
        if (!key.starts_with(before)) continue;
        const std::string_view label = key.substr(before.size());
        for (const std::string_view known : {"480p", "720p", "768p", "1080p", "2k", "4k"})
            if (label == known) return label;
    }
    return std::string_view();
}

/// Adds the price that the member \p key is; false when its value is none.
LLMX_DECL [[nodiscard]] bool add_litellm_rate(model_prices& p, std::string_view key, const boost::json::value& v) {
    if (const std::string_view label = litellm_resolution(key); !label.empty()) {
        const auto amount = dollar_amount(v);
        if (!amount) return v.is_null();
        labelled_rate of;
        of.kind = price_kind::second_out;
        of.label = label;
        of.amount = *amount;
        p.by_label.push_back(std::move(of));
        return true;
    }
    price_rate r;
    std::string_view name = key;
    r.tier = litellm_tier(name);
    r.above = litellm_threshold(name);
    for (const litellm_rate_name& known : litellm_rates) {
        if (known.name != name) continue;
        const auto amount = dollar_amount(v);
        if (!amount) return v.is_null();
        r.kind = known.kind;
        r.amount = *amount;
        p.rates.push_back(r);
        return true;
    }
    return true;
}

LLMX_DECL [[nodiscard]] bool add_litellm_ranges(model_prices& p, const boost::json::value& list) {
    const auto* const rows = list.if_array();
    if (rows == nullptr) return false;
    for (const auto& one : *rows) {
        const auto* const row = one.if_object();
        if (row == nullptr) return false;
        std::int64_t bounds[2] = {0, std::numeric_limits<std::int64_t>::max()};
        const auto* const range = row->if_contains("range");
        if (range == nullptr || !range->is_array() || range->get_array().size() != 2) continue;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto& b = range->get_array()[i];
            if (const std::int64_t* const n = b.if_int64(); n != nullptr) bounds[i] = *n;
            else if (const double* const d = b.if_double(); d != nullptr && *d >= 0 && *d < 9e15) bounds[i] = static_cast<std::int64_t>(*d);
        }
        const std::size_t first = p.rates.size();
        for (const auto& member : *row)
            if (member.key() != "range" && !add_litellm_rate(p, member.key(), member.value())) return false;
        for (std::size_t i = first; i < p.rates.size(); ++i) {
            p.rates[i].above = bounds[0];
            p.rates[i].up_to = bounds[1];
        }
    }
    return true;
}

/// The effort of "supports_xhigh_reasoning_effort".
LLMX_DECL [[nodiscard]] std::optional<reasoning_effort> litellm_effort(std::string_view key) noexcept {
    constexpr std::string_view before = "supports_", behind = "_reasoning_effort";
    if (!key.starts_with(before) || !key.ends_with(behind) || key.size() <= before.size() + behind.size()) return std::nullopt;
    return catalog_effort(key.substr(before.size(), key.size() - before.size() - behind.size()));
}

/// Changes \p f by an entry in LiteLLM's form. Members that mean nothing here are passed over: the form has more than a hundred.
LLMX_DECL void apply_litellm_entry(model_facts& f, const boost::json::object& entry, std::string& fault) {
    model_prices prices;
    const auto wrong = [&fault](std::string_view key, std::string_view expected) {
        if (fault.empty()) (fault = key).append(": expected ").append(expected);
    };
    for (const auto& member : entry) {
        const std::string_view key = member.key();
        const boost::json::value& v = member.value();
        const auto count = [&](std::int64_t& into) {
            if (const std::int64_t* const n = v.if_int64(); n != nullptr && *n >= 0) into = *n;
            else if (const double* const d = v.if_double(); d != nullptr && *d >= 0 && *d < 9e15) into = static_cast<std::int64_t>(*d);
            // The map's own example has texts here.
            else if (!v.is_null() && !v.is_string()) wrong(key, "a whole number");
        };
        if (key == "max_input_tokens") count(f.context_window);
        else if (key == "max_output_tokens") count(f.max_output_tokens);
        else if (key == "max_tokens") count(f.max_tokens);
        else if (key == "output_vector_size") count(f.dimensions);
        else if (key == "mode") {
            if (v.is_string()) f.mode = parse_model_mode(v.get_string()).value_or(f.mode);
        } else if (key == "deprecation_date") {
            if (v.is_string()) f.deprecated_on = v.get_string();
        } else if (const auto effort = litellm_effort(key); effort) {
            const auto bit = static_cast<std::uint8_t>(1u << static_cast<unsigned>(*effort));
            if (v.is_null()) continue;
            if (!v.is_bool()) {
                wrong(key, "true or false");
            } else {
                std::uint8_t &into = v.get_bool() ? f.efforts : f.refused_efforts, &out_of = v.get_bool() ? f.refused_efforts : f.efforts;
                into = static_cast<std::uint8_t>(into | bit);
                out_of = static_cast<std::uint8_t>(out_of & ~bit);
            }
        } else if (key == "supported_modalities" || key == "supported_output_modalities") {
            if (const auto* const list = v.if_array(); list != nullptr)
                (key == "supported_modalities" ? f.takes : f.gives) = catalog_modalities(*list);
        } else if (key == "provider_specific_entry" && v.is_object()) {
            for (const auto& one : v.get_object()) {
                const auto factor = dollar_amount(one.value());
                if (!factor || factor->nanodollars > 1'000'000'000'000) continue;
                labelled_rate r;
                r.label = one.key();
                r.amount = money(factor->nanodollars / 1'000'000); // thousandths
                prices.factors.push_back(std::move(r));
            }
        } else if (key.starts_with("supports_")) {
            for (const litellm_ability_name& known : litellm_abilities) {
                if (known.name != key || v.is_null()) continue;
                if (!v.is_bool()) wrong(key, "true or false");
                else if (v.get_bool()) f.can.add(known.ability), f.cannot.remove(known.ability);
                else f.cannot.add(known.ability), f.can.remove(known.ability);
            }
        } else if (key == "search_context_cost_per_query" && v.is_object()) {
            for (const auto& size : v.get_object()) {
                const std::string_view name = size.key();
                const auto kind = parse_price_kind("search_" + std::string(name.substr(name.rfind('_') + 1)));
                const auto amount = dollar_amount(size.value());
                if (!kind || !amount) continue;
                price_rate r;
                r.kind = *kind;
                r.amount = *amount;
                prices.rates.push_back(r);
            }
        } else if (key == "tiered_pricing") {
            if (!add_litellm_ranges(prices, v)) wrong(key, "a list of rows with range and costs");
        } else if (!add_litellm_rate(prices, key, v)) {
            wrong(key, "dollars");
        }
    }
    if (!prices.rates.empty() || !prices.factors.empty() || !prices.by_label.empty()) f.prices = with_prices(f.prices, std::move(prices));
}

/// Reads LiteLLM's whole map. A name that does not begin with its provider gets it in front and stays another name.
LLMX_DECL void catalog_reader::read_litellm(const boost::json::object& root) {
    for (const auto& member : root) {
        const std::string_view name = member.key();
        const auto* const entry = member.value().if_object();
        if (entry == nullptr) return fail(name, "expected an object");
        if (name == "sample_spec") continue;
        const auto* const given = entry->if_contains("litellm_provider");
        const std::string provider = given != nullptr && given->is_string() ? std::string(std::string_view(given->get_string())) : std::string();
        std::string key(name);
        // "bedrock_converse" and "vertex_ai-anthropic_models" are languages of the providers bedrock and vertex_ai.
        std::string owner = provider.substr(0, provider.find('-'));
        if (owner == "bedrock_converse") owner = "bedrock";
        if (const model_facts* const known = under->find_key(name); known != nullptr) key = known->name;
        else if (owner.empty() ? name.find('/') == std::string_view::npos : !name.starts_with(owner + "/"))
            key = (owner.empty() ? std::string("unknown") : owner) + "/" + std::string(name);
        model_facts& f = model(key);
        std::string what;
        apply_litellm_entry(f, *entry, what);
        if (!what.empty()) return fail(name, what);
        finish(f);
        const auto at = static_cast<std::size_t>(&f - made.models_.data());
        if (key != name) add_other_name(std::string(name), at);
    }
}

} // namespace llmx::inline LLMX_ABI::detail

namespace llmx::inline LLMX_ABI {

LLMX_DECL bool names_model_fact(std::string_view key) noexcept {
    if (key == "max_input_tokens" || key == "max_output_tokens" || key == "max_tokens" || key == "output_vector_size") return true;
    if (detail::litellm_effort(key)) return true;
    for (const detail::litellm_ability_name& known : detail::litellm_abilities)
        if (known.name == key) return true;
    if (!detail::litellm_resolution(key).empty()) return true;
    (void)detail::litellm_tier(key);
    (void)detail::litellm_threshold(key);
    for (const detail::litellm_rate_name& known : detail::litellm_rates)
        if (known.name == key) return true;
    return false;
}

} // namespace llmx::inline LLMX_ABI
