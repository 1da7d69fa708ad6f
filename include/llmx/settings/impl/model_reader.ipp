// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/providers/detail/deployment_rules.hpp>
#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>
#include <llmx/wire/model_name.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL model_reader::model_reader(const std::vector<known_provider>& providers, settings_scope& scope)
    : providers_(providers), scope_(scope), foreign_(std::begin(foreign_params), std::end(foreign_params)) {
    for (const known_provider& p : providers_)
        for (const settings_key* const k : p.keys) foreign_.push_back(k->name);
}

LLMX_DECL void model_reader::read(settings_node& list) {
    if (!list.is_list()) {
        scope_.names.complete = false;
        return list.unexpected("a list of models");
    }
    for (const setting& one : list.value()->items()) read_entry(one);
}

LLMX_DECL void model_reader::read_name(settings_node& at, deployment& d) {
    std::string& name = d.model_group;
    const bool read = at.text(name);
    const auto star = name.find('*');
    if (!read || name.empty()) {
        if (read || !at.given()) at.fail("expected the name that callers use");
        scope_.names.complete = false;
    } else if (star < name.size() - 1) {
        at.unexpected("a name with \"*\" at its end only");
    }
    if (!name.empty()) scope_.names.groups.push_back(name);
}

LLMX_DECL void model_reader::read_entry(const setting& one) {
    // Made here and not below the list's node: a list may have thousands of entries.
    settings_node fields(&one, scope_);
    if (!fields.is_map()) {
        scope_.names.complete = false;
        return scope_.notes.fail(one.unexpected("a map with model_name and litellm_params"));
    }
    entry e;
    e.at = &one;
    read_name(fields.at("model_name"), e.made);
    settings_node& litellm = fields.at("litellm_params");
    settings_node& params = fields.at("params");
    std::vector<any_settings> own;
    if (litellm.given() && params.given()) {
        params.fail("params and litellm_params have the same meaning; give one of them");
    } else if (settings_node& given = litellm.given() ? litellm : params; !given.given()) {
        litellm.fail("missing; it names the model to call");
    } else if (!given.is_map()) {
        given.unexpected("a map");
    } else {
        const std::size_t errors = scope_.notes.count();
        read_params(given, e);
        if (e.provider != nullptr && e.provider->read_settings != nullptr) own = e.provider->read_settings(given);
        // Mistakes already reported would be found again.
        if (scope_.notes.count() == errors) check_provider(given, e, own);
    }
    read_info(fields.at("model_info"), e);
    fields.finish();
    add(std::move(e), std::move(own));
}

LLMX_DECL void model_reader::check_provider(settings_node& params, entry& e, std::vector<any_settings>& own) {
    if (e.provider == nullptr) return;
    const deployment_rules rules(*e.provider);
    for (std::size_t i = 0; i < std::max<std::size_t>(own.size(), 1); ++i) {
        deployment d = e.made;
        if (!own.empty()) d.settings = own[i];
        if (const result<void> done = rules.apply(d, scope_.env); done.has_error()) params.fail(done.error().message());
        // The rest is completed by the registry, which has no access to `scope_.env`.
        else if (!own.empty()) own[i] = d.settings;
    }
}

LLMX_DECL void model_reader::add(entry e, std::vector<any_settings> own) {
    for (std::size_t i = 0; i < std::max<std::size_t>(own.size(), 1); ++i) {
        entry one = e;
        if (!own.empty()) one.made.settings = own[i];
        if (e.named && i > 0) one.made.id += "-" + std::to_string(i + 1);
        if (e.named) scope_.names.ids.push_back(one.made.id);
        entries_.push_back(std::move(one));
    }
}

LLMX_DECL void model_reader::read_params(settings_node& p, entry& e) {
    p.foreign(foreign_);
    deployment& d = e.made;
    choose_provider(p.at("model"), p.at("custom_llm_provider"), e);
    e.weighted = p.at("weight").number(d.weight);
    p.at("order").count(d.order);
    p.at("rpm").count(d.requests_per_minute);
    p.at("tpm").count(d.tokens_per_minute);
    p.at("max_parallel_requests").count(d.max_parallel);
    p.at("timeout").seconds(d.timeout);
    p.at("request_timeout").seconds(d.timeout);
    p.at("stream_timeout").seconds(d.first_token_timeout);
    p.at("cooldown_time").seconds(d.cool_down, true);
    p.at("max_retries").count(d.retries);
    p.at("num_retries").count(d.retries);
    p.at("tags").texts(d.tags);
    p.at("region_name").text(d.region);
    if (bool drop = false; p.at("drop_params").flag(drop)) d.drop_params = drop;
    read_facts(p, d, true);
    find_base(p.first_of({"api_base", "base_url"}), e);
    find_key(p.at("api_key"), e);
}

LLMX_DECL void model_reader::read_facts(settings_node& from, deployment& d, bool prices_only) {
    if (from.value() == nullptr || !from.is_map()) return;
    from.at("base_model").text(d.base_model);
    std::string& object = d.model_info;
    for (const auto& [key, value] : from.value()->entries()) {
        // In litellm_params max_tokens is a default of requests and no fact of the model.
        if (!names_model_fact(key) || value.is_null() || (prices_only && key.find("cost") == std::string::npos)) continue;
        // `read_info` reports these two when they are wrong.
        if ((key == "max_tokens" || key == "max_output_tokens") && !value.as_whole_number(1, 1'000'000'000'000)) continue;
        char text[40] = "true";
        std::size_t size = 4;
        if (key.starts_with("supports_")) {
            bool flag = false;
            if (!from.at(key).flag(flag)) continue;
            if (!flag) size = std::string_view("false").copy(text, sizeof text);
        } else {
            double number = 0;
            if (!from.at(key).number(number)) continue;
            // The shortest text that reads as the same number is what the file has.
            size = static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text);
        }
        if (object.empty()) object = "{";
        else object.back() = ',';
        object.append(1, '"').append(key).append("\":").append(text, size).append(1, '}');
    }
}

LLMX_DECL void model_reader::read_info(settings_node& i, entry& e) {
    i.foreign(foreign_model_info);
    read_facts(i, e.made, false);
    if (settings_node& id = i.at("id"); id.text(e.made.id)) {
        e.named = true;
        if (e.made.id.empty() || !safe_field_value(e.made.id)) id.fail("an id is a text of one line that is not empty");
    }
    stated_traits& stated = e.made.stated;
    const auto limit = [&](std::string_view key) {
        if (std::int64_t n = 0; i.at(key).count(n, 1)) stated.max_output_tokens = n;
    };
    limit("max_tokens");
    limit("max_output_tokens");
    if (bool on = false; i.at("native_json_schema").flag(on)) stated.native_json_schema = on;
    if (bool on = false; i.at("max_completion_tokens").flag(on)) stated.max_completion_tokens = on;
    settings_node& style = i.at("reasoning_style");
    if (std::string text; style.text(text)) {
        using styles = model_traits::reasoning_style;
        static constexpr std::pair<std::string_view, styles> words[] = {
            {"effort", styles::effort}, {"budget", styles::budget}, {"level", styles::level}, {"adaptive", styles::adaptive}, {"none", styles::none}};
        const auto* const word = std::find_if(std::begin(words), std::end(words), [&text](const auto& w) { return w.first == text; });
        if (word != std::end(words)) stated.reasoning = word->second;
        else style.unexpected("\"effort\", \"budget\", \"level\", \"adaptive\" or \"none\"");
    }
    settings_node& mode = i.at("mode");
    if (std::string text; mode.text(text) && text != "chat") mode.warn("not supported, only \"chat\" is; has no effect");
}

LLMX_DECL const known_provider* model_reader::find_provider(std::string_view name) const noexcept {
    for (const known_provider& p : providers_)
        if (p.name == name) return &p;
    for (const known_provider& p : providers_)
        if (p.facts.aliases.contains(name)) return &p;
    return nullptr;
}

LLMX_DECL std::string model_reader::provider_names() const {
    std::string names;
    for (const known_provider& p : providers_) {
        if (!names.empty()) names += ", ";
        names += p.name;
    }
    return names;
}

LLMX_DECL void model_reader::choose_provider(settings_node& model, settings_node& custom, entry& e) {
    if (!model.given()) return model.fail("missing; expected provider/model, such as openai/gpt-4o");
    std::string given, wanted;
    if (!model.text(given) || (custom.given() && !custom.text(wanted))) return;
    std::string_view name = given;
    const known_provider* provider = nullptr;
    const auto slash = name.find('/');
    const std::string_view prefix = slash != std::string_view::npos ? name.substr(0, slash) : std::string_view();
    if (custom.given()) {
        provider = find_provider(wanted);
        if (provider == nullptr) return custom.unexpected("one of the providers " + provider_names());
        if (!prefix.empty() && find_provider(prefix) == provider) name.remove_prefix(slash + 1);
    } else if (slash != std::string_view::npos) {
        provider = find_provider(prefix);
        name.remove_prefix(slash + 1);
    } else {
        for (const known_provider& p : providers_)
            for (const std::string_view beginning : p.facts.model_beginnings)
                if (provider == nullptr && name.starts_with(beginning)) provider = &p;
    }
    if (provider == nullptr)
        return model.unexpected("provider/model with one of the providers " + provider_names());
    e.provider = provider;
    e.made.provider = provider->name;
    e.made.model = name;
    if (name.empty()) return model.unexpected("provider/model, such as openai/gpt-4o");
    check_model(model, e);
}

LLMX_DECL void model_reader::check_model(settings_node& model, const entry& e) {
    const deployment& d = e.made;
    // The replacement of a "*" is checked with each call.
    std::string fixed = d.model;
    if (fixed.ends_with('*')) fixed.back() = 'x';
    if (const auto good = check_model_name(fixed); good.has_error()) return model.fail(good.error().message());
    if (const auto star = d.model.find('*'); star != std::string::npos) {
        if (star != d.model.size() - 1) return model.unexpected("a model with \"*\" at its end only");
        if (!d.model_group.ends_with('*'))
            model.fail("\"*\" is replaced by the rest of the requested name: the model_name must end with \"*\" too");
        return;
    }
    if (e.provider->check_model == nullptr) return;
    if (const auto checked = e.provider->check_model(d.model); checked.has_error()) model.fail(checked.error().message());
}

} // namespace llmx::inline LLMX_ABI::detail
