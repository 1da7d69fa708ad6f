// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/model_pattern.hpp>
#include <llmx/providers/detail/deployment_rules.hpp>
#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>
#include <llmx/wire/json_omit.hpp>
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
    // A provider with a wildcard entry of its own is not taken by one for all providers.
    for (const entry& e : everything_) serve_everything(e);
}

LLMX_DECL void model_reader::read_name(settings_node& at, deployment& d) {
    std::string& name = d.model_group;
    const bool read = at.text(name);
    if (!read || name.empty()) {
        if (read || !at.given()) at.fail("expected the name that callers use");
        scope_.names.complete = false;
    } else if (stars_of(name) > pattern_parts::most) {
        at.unexpected("a name with at most " + std::to_string(pattern_parts::most) + " \"*\"");
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
    if (!scope_.strict) scope_.lacking = &e.lacks;
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
        if (scope_.notes.count() == errors && e.lacks.empty()) check_provider(given, e, own);
    }
    scope_.lacking = nullptr;
    read_info(fields.at("model_info"), e);
    fields.finish();
    if (!e.lacks.empty()) return leave_out(e);
    if (e.everything) everything_.push_back(std::move(e));
    else add(std::move(e), std::move(own));
}

LLMX_DECL void model_reader::leave_out(const entry& e) {
    const std::string& name = e.made.model_group;
    const setting* const at = e.at->find("model_name");
    const std::string shown = at != nullptr ? at->quoted(name) : settings_quote(name);
    for (const settings_lack& l : e.lacks)
        scope_.notes.warnings.push_back(l.place + "model " + shown + " is not served: " + settings_line(l.text));
    if (!name.empty()) unserved_.emplace_back(name, e.lacks.front().why);
}

LLMX_DECL void model_reader::check_provider(settings_node& params, entry& e, std::vector<any_settings>& own) {
    if (e.provider == nullptr) return;
    const deployment_rules rules(*e.provider);
    for (std::size_t i = 0; i < std::max<std::size_t>(own.size(), 1); ++i) {
        deployment d = e.made;
        if (!own.empty()) d.settings = own[i];
        if (const result<void> done = rules.apply(d, scope_.env); done.has_error())
            scope_.lack(params.where(), params.line_of(done.error().message()), "provider '" + d.provider + "' is not set up");
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
    read_members(p, d);
    read_requests(p, d);
    read_facts(p, d, true);
    d.connection = connections_.read(p);
    d.callers = connections_.read_callers(p.at("configurable_clientside_auth_params"));
    settings_node& base = p.first_of({"api_base", "base_url"});
    settings_node& key = p.at("api_key");
    if (read_mock(p, e)) return;
    find_base(base, e);
    find_key(key, e);
    if (!e.everything) return;
    for (settings_node* const one : {&base, &key})
        if (one->given())
            one->warn("has no effect: the model \"*\" is for every provider that the environment has a key for; name one, such as openai/*");
}

LLMX_DECL void model_reader::read_members(settings_node& p, deployment& d) {
    settings_node& omitted = p.at("additional_drop_params");
    omitted.texts(d.omitted_members);
    for (const std::string& path : d.omitted_members)
        if (!is_member_path(path))
            omitted.fail(omitted.quoted(path) + " is not the place of a member; expected name, name.name, name[*].name or name[0]");
    settings_node& allowed = p.at("allowed_openai_params");
    allowed.texts(d.allowed_members);
    // One that is left out is never sent.
    for (const std::string& name : d.allowed_members)
        if (std::find(d.omitted_members.begin(), d.omitted_members.end(), name) != d.omitted_members.end())
            allowed.fail(allowed.quoted(name) + " is in additional_drop_params too; remove it from one of them");
}

LLMX_DECL bool model_reader::read_mock(settings_node& p, entry& e) {
    settings_node& answer = p.at("mock_response");
    if (!answer.given()) return false;
    const known_provider* const mock = find_provider("mock");
    std::string name;
    if (mock == nullptr || e.everything || !p.at("model").text(name)) {
        if (mock == nullptr || e.everything)
            answer.warn("has no effect: " + std::string(mock == nullptr ? "this program has no provider 'mock'" : "the model \"*\" is for all providers"));
        return false;
    }
    // The provider that it stands for need not be there.
    e.lacks.clear();
    e.provider = mock;
    e.made.provider = mock->name;
    if (e.made.model.empty()) e.made.model = name.substr(name.find('/') + 1);
    return true;
}

LLMX_DECL void model_reader::read_facts(settings_node& from, deployment& d, bool prices_only) {
    if (from.value() == nullptr || !from.is_map()) return;
    from.at("base_model").text(d.base_model);
    std::string& object = d.model_info;
    for (const auto& [key, value] : from.value()->entries()) {
        // LiteLLM has more abilities and kinds of prices than the catalogue.
        if (!names_model_fact(key) && (key.starts_with("supports_") || key.find("_cost_per_") != std::string::npos)) {
            if (!prices_only || !key.starts_with("supports_")) from.at(key).warn("not supported, has no effect");
            continue;
        }
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
    if (std::string text; mode.text(text)) {
        // The path of a request names the operation; the word only must not promise another one.
        constexpr std::string_view served[] = {"chat", "completion", "responses", "embedding", "audio_speech", "audio_transcription", "realtime",
                                               "moderation", "rerank", "image_generation", "image_edit", "ocr", "search"};
        if (std::find(std::begin(served), std::end(served), text) == std::end(served)) mode.warn("llmx has no operation of this kind; has no effect");
    }
}

LLMX_DECL const known_provider* model_reader::find_provider(std::string_view name) const noexcept {
    for (const known_provider& p : providers_)
        if (p.name == name) return &p;
    for (const known_provider& p : providers_)
        if (p.facts.aliases.contains(name)) return &p;
    return nullptr;
}

LLMX_DECL std::string model_reader::provider_names() const {
    // Those with wires of their own come first; a hundred vendors are no sentence.
    constexpr std::size_t most = 11;
    std::string names;
    for (std::size_t i = 0; i < providers_.size() && i < most; ++i) {
        if (!names.empty()) names += ", ";
        names += providers_[i].name;
    }
    if (providers_.size() > most) names += " and " + std::to_string(providers_.size() - most) + " more (docs/providers.md)";
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
        if (provider == nullptr) return miss_provider(custom, "one of the providers ", wanted);
        if (!prefix.empty() && find_provider(prefix) == provider) name.remove_prefix(slash + 1);
    } else if (name == "*") {
        e.everything = true;
        if (!e.made.model_group.ends_with('*') || stars_of(e.made.model_group) != 1)
            model.fail("\"*\" is replaced by the requested name: the model_name must end with \"*\" too");
        return;
    } else if (slash != std::string_view::npos) {
        // A name of a provider may have two parts: "azure/speech/azure-tts".
        const std::size_t second = name.find('/', slash + 1);
        if (second != std::string_view::npos) provider = find_provider(name.substr(0, second));
        if (provider != nullptr) name.remove_prefix(second + 1);
        else provider = find_provider(prefix), name.remove_prefix(slash + 1);
    } else {
        for (const known_provider& p : providers_)
            for (const std::string_view beginning : p.facts.model_beginnings)
                if (provider == nullptr && name.starts_with(beginning)) provider = &p;
    }
    if (provider == nullptr) return miss_provider(model, "provider/model with one of the providers ", prefix);
    e.provider = provider;
    e.made.provider = provider->name;
    e.made.model = name;
    if (name.empty()) return model.unexpected("provider/model, such as openai/gpt-4o");
    check_model(model, e);
}

LLMX_DECL void model_reader::miss_provider(settings_node& at, std::string_view expected, std::string_view provider) {
    // A number or a flag is no name at all.
    const setting& value = *at.value();
    if (!value.is_quoted() && (value.as_number(-1e300, 1e300) || value.as_bool())) return at.unexpected(std::string(expected) + provider_names());
    std::vector<std::string_view> known;
    for (const known_provider& p : providers_) {
        known.push_back(p.name);
        known.insert(known.end(), p.facts.aliases.begin(), p.facts.aliases.end());
    }
    const std::string place = at.where();
    std::string text = at.value()->unexpected(std::string(expected) + provider_names()).message().substr(place.size());
    std::string why = "its provider is not in this program";
    // The value of an environment variable is not shown.
    if (!provider.empty() && at.quoted(provider).starts_with('"')) {
        if (const auto meant = closest_name(provider, known); !meant.empty()) text += "; did you mean '" + std::string(meant) + "'?";
        why = "provider " + settings_quote(provider) + " is not in this program";
    }
    scope_.lack(place, std::move(text), std::move(why));
}

LLMX_DECL void model_reader::check_model(settings_node& model, const entry& e) {
    const deployment& d = e.made;
    // The replacement of a "*" is checked with each call.
    std::string fixed = d.model;
    std::replace(fixed.begin(), fixed.end(), '*', 'x');
    if (const auto good = check_model_name(fixed); good.has_error()) return model.fail(good.error().message());
    if (const std::size_t stars = stars_of(d.model); stars != 0) {
        const std::size_t named = stars_of(d.model_group);
        if (named == 0) model.fail("\"*\" is replaced by the rest of the requested name: the model_name must end with \"*\" too");
        else if (named < stars)
            model.fail("each \"*\" is replaced by what that of the model_name stands for, in order: the model_name must have as many of them");
        return;
    }
    if (e.provider->check_model == nullptr) return;
    if (const auto checked = e.provider->check_model(d.model); checked.has_error())
        scope_.lack(model.where(), model.line_of(checked.error().message()), model.line_of(checked.error().message()));
}

} // namespace llmx::inline LLMX_ABI::detail
