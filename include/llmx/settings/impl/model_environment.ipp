// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/pass_through.hpp>
#include <llmx/providers/detail/deployment_rules.hpp>
#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::optional<std::pair<std::string, std::string>>
model_reader::first_variable(const name_list& names) const {
    for (const std::string_view name : names)
        if (auto value = scope_.env(name); value && !value->empty())
            return std::make_pair(std::string(name), std::move(*value));
    return std::nullopt;
}

LLMX_DECL void model_reader::find_key(settings_node& given, entry& e) {
    deployment& d = e.made;
    if (!given.hidden(d.key) && given.given()) return;
    if (e.provider == nullptr) return;
    const known_provider& p = *e.provider;
    std::string from;
    if (d.key.empty())
        if (auto found = first_variable(p.facts.key_env)) {
            from = " (from " + found->first + ")";
            d.key = secret(std::move(found->second));
        }
    if (d.key.empty() && p.facts.needs_key) {
        const std::string text = "provider '" + std::string(p.name) + "' needs a key; give api_key or set " + std::string(p.facts.key_env.front());
        return scope_.lack(given.where(), text, text);
    }
    if (!safe_field_value(d.key.reveal())) given.fail("the key" + from + " holds a line break");
}

LLMX_DECL void model_reader::find_base(settings_node& given, entry& e) {
    std::string text, from;
    if (!given.text(text) && given.given()) return;
    if (e.provider == nullptr) return;
    const known_provider& p = *e.provider;
    if (text.empty())
        if (auto found = first_variable(p.facts.base_env)) {
            text = std::move(found->second);
            from = found->first + ": ";
        }
    if (text.empty()) {
        if (p.facts.makes_base) return;
        if (p.facts.default_base.empty()) {
            const std::string missing = "provider '" + std::string(p.name) + "' has no base URL of its own; give api_base or set " +
                                        std::string(p.facts.base_env.front());
            return scope_.lack(given.where(), missing, missing);
        }
        result<std::string> own = default_base(p);
        if (!own) return scope_.lack(given.where(), own.error().message(), own.error().message());
        // The registry completes a deployment with a URL that is the same for all accounts.
        if (*own == p.facts.default_base) return;
        text = std::move(*own);
    }
    const std::string endpoint = cut_endpoint(text);
    auto base = parse_base_url(text);
    if (base.has_error()) return given.fail(from + base.error().message());
    if (!endpoint.empty())
        given.warn(from + "ends with the endpoint " + settings_quote(endpoint) + ", which is left out: llmx adds the endpoint of each call");
    e.made.api_base = std::move(*base);
}

LLMX_DECL std::string model_reader::cut_endpoint(std::string& url) {
    // Where the base ends: the first that is in the path. The last ones stand before a model's name or an account's.
    constexpr std::string_view inside[] = {"/openai/deployments/", "/publishers/", "/v1beta/models/", "/v1/models/", "/model/"};
    constexpr std::string_view last[] = {
        "/chat/completions", "/completions", "/embeddings",   "/responses",    "/messages",
        "/converse",         "/moderations", "/audio/speech", "/rerank",       "/images/generations",
        "/audio/transcriptions", "/audio/translations",
    };
    const std::size_t host = url.find("://");
    if (host == std::string::npos) return std::string();
    const std::size_t path = url.find('/', host + 3);
    if (path == std::string::npos) return std::string();
    std::size_t end = std::min(url.find_first_of("?#"), url.size());
    const std::size_t whole = url.size();
    while (end > path && url[end - 1] == '/') --end;
    const std::string_view all = std::string_view(url).substr(0, end);
    std::size_t cut = std::string::npos;
    for (const std::string_view word : last)
        if (all.ends_with(word) && all.size() - word.size() >= path) cut = std::min(cut, all.size() - word.size());
    for (const std::string_view word : {std::string_view("/v1/models"), std::string_view("/v1beta/models")})
        if (all.ends_with(word)) cut = all.size() - std::string_view("/models").size();
    // "/completions" is the end of "/chat/completions" too; the longest word is the endpoint. Of a method that
    // belongs to a model the model goes with it.
    const bool method = all.find(':', path) != std::string_view::npos;
    if (cut != std::string::npos || method || whole != end)
        for (const std::string_view word : inside) {
            const std::size_t at = all.find(word, path);
            if (at == std::string_view::npos) continue;
            const bool version = word.starts_with("/v1");
            const std::size_t from = version ? at + word.find('/', 1) : word.starts_with("/openai/") ? at + 7 : at;
            cut = std::min(cut, from);
        }
    if (cut == std::string::npos) return std::string();
    // Without the query, which may hold a key: this text is shown.
    std::string endpoint = url.substr(cut, end - cut);
    url.resize(cut);
    return endpoint;
}

LLMX_DECL result<std::string> model_reader::default_base(const known_provider& p) const {
    std::string url(p.facts.default_base);
    for (std::size_t open = url.find('{'); open != std::string::npos; open = url.find('{', open)) {
        const std::size_t close = url.find('}', open);
        // Names separated by bars are tried in their order.
        const std::string names = url.substr(open + 1, close - open - 1);
        std::optional<std::string> value;
        for (std::size_t from = 0; from < names.size() && (!value || value->empty());) {
            const std::size_t bar = std::min(names.find('|', from), names.size());
            value = scope_.env(names.substr(from, bar - from));
            from = bar + 1;
        }
        if (!value || value->empty())
            return error(errc::bad_configuration, "the base URL of provider '" + std::string(p.name) + "' needs " +
                                                      names.substr(0, names.find('|')) + "; set it or give api_base");
        std::string encoded;
        append_percent_encoded(encoded, *value);
        url.replace(open, close - open + 1, encoded);
        open += encoded.size();
    }
    return url;
}

LLMX_DECL model_reader::reach model_reader::find_in_environment(entry& e, std::string& why) {
    const known_provider& p = *e.provider;
    deployment& d = e.made;
    const std::string named = "provider '" + std::string(p.name) + "'";
    // A key that a variable of another provider holds is that provider's first of all: it does not ask for this one too.
    const auto is_of_another = [&](std::string_view variable) {
        return std::any_of(providers_.begin(), providers_.end(), [&](const known_provider& other) {
            return other.name != p.name && other.facts.key_env.front() == variable;
        });
    };
    if (auto key = first_variable(p.facts.key_env); key && !is_of_another(key->first)) {
        d.key = secret(std::move(key->second));
        if (!safe_field_value(d.key.reveal())) {
            why = key->first + ": the key holds a line break";
            return reach::wrong;
        }
    }
    std::string url;
    if (auto base = first_variable(p.facts.base_env)) {
        url = std::move(base->second);
        if (const std::string endpoint = cut_endpoint(url); !endpoint.empty())
            scope_.notes.warnings.push_back(base->first + ": ends with the endpoint " + settings_quote(endpoint) +
                                            ", which is left out: llmx adds the endpoint of each call");
        auto parsed = parse_base_url(url);
        if (parsed.has_error()) {
            why = base->first + ": " + parsed.error().message();
            return reach::wrong;
        }
        d.api_base = std::move(*parsed);
    }
    const bool base_given = !url.empty();
    if (p.facts.needs_key && d.key.empty()) {
        why = named + " needs a key; set " + std::string(p.facts.key_env.front());
        return reach::not_asked_for;
    }
    // A server that needs no account and may not be there: only where a variable names it.
    if (!p.facts.needs_key && p.ready_model.empty() && d.key.empty() && !base_given) {
        why = named + " is not set up" + (p.facts.base_env.empty() ? std::string() : "; set " + std::string(p.facts.base_env.front()));
        return reach::not_asked_for;
    }
    if (!base_given && p.facts.default_base.find('{') != std::string_view::npos) {
        const result<std::string> own = default_base(p);
        if (!own) {
            why = "a key for " + named + " is set, but it is not served: " + own.error().message();
            return reach::lacking;
        }
        auto parsed = parse_base_url(*own);
        if (parsed.has_error()) {
            why = parsed.error().message();
            return reach::wrong;
        }
        d.api_base = std::move(*parsed);
    }
    if (p.facts.default_base.empty() && !base_given && !p.facts.makes_base) {
        why = named + " has no base URL of its own";
        if (d.key.empty() || p.facts.base_env.empty()) return reach::not_asked_for;
        why = "a key for " + named + " is set, but its base URL is not: set " + std::string(p.facts.base_env.front()) + " to serve it";
        return reach::lacking;
    }
    settings_node nothing(nullptr, scope_);
    if (p.read_settings != nullptr) d.settings = p.read_settings(nothing).front();
    if (p.complete == nullptr) return reach::served;
    deployment all_models = d;
    all_models.model = "*";
    if (const auto filled = p.complete(all_models, scope_.env); filled.has_error()) {
        why = named + " is not served: " + filled.error().message();
        return reach::lacking;
    }
    d.settings = all_models.settings;
    return reach::served;
}

LLMX_DECL void model_reader::from_environment() {
    for (const known_provider& p : providers_) {
        entry e;
        e.provider = &p;
        deployment& d = e.made;
        d.provider = p.name;
        std::string why;
        const reach found = find_in_environment(e, why);
        if (found == reach::wrong) scope_.notes.fail(why);
        if (found == reach::lacking) scope_.notes.warnings.push_back(why);
        if (found != reach::served) continue;
        if (!p.ready_model.empty()) {
            entry ready = e;
            ready.made.model_group = p.name;
            ready.made.model = p.ready_model;
            scope_.names.groups.push_back(ready.made.model_group);
            entries_.push_back(std::move(ready));
        }
        d.model_group = std::string(p.name) + "/*";
        d.model = "*";
        scope_.names.groups.push_back(d.model_group);
        entries_.push_back(std::move(e));
    }
}

LLMX_DECL void model_reader::add_vendor_paths(gateway_settings& into) {
    std::vector<deployment> wanted = pass_through_deployments(into.deployments);
    const std::size_t configured = wanted.size();
    // What is wrong with a variable that no model needs keeps nothing from being served.
    const std::size_t warned = scope_.notes.warnings.size();
    for (const known_provider& p : providers_) {
        const auto is = [&p](const deployment& d) { return d.provider == p.name; };
        if (!p.ready_model.empty() || std::any_of(wanted.begin(), wanted.end(), is)) continue;
        entry e;
        e.provider = &p;
        e.made.provider = p.name;
        e.made.model = "*";
        e.made.id = e.made.model_group = pass_through_group(p.name);
        if (std::string why; find_in_environment(e, why) == reach::served) wanted.push_back(std::move(e.made));
    }
    scope_.notes.warnings.resize(warned);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        deployment& d = wanted[i];
        const known_provider* const p = find_provider(d.provider);
        // The mock has no API of its own.
        if (p != nullptr && !p->ready_model.empty()) continue;
        const result<void> good = p != nullptr ? deployment_rules(*p).apply(d, scope_.env) : result<void>(error(errc::bad_configuration));
        if (good) into.vendor_paths.push_back(std::move(d));
        else if (i < configured && !scope_.notes.failed())
            scope_.notes.warnings.push_back("the paths /" + d.provider + "/... are not served: " + good.error().message());
    }
}

LLMX_DECL void model_reader::serve_everything(const entry& wanted) {
    const std::string prefix = wanted.made.model_group.substr(0, wanted.made.model_group.find('*'));
    const std::string place = wanted.at->where();
    std::size_t served = 0;
    for (const known_provider& p : providers_) {
        // The mock is no vendor.
        if (!p.ready_model.empty()) continue;
        entry e = wanted;
        deployment& d = e.made;
        e.everything = false;
        e.provider = &p;
        d.provider = p.name;
        d.model = "*";
        // Those of the entry belong to no provider.
        d.key = secret();
        d.api_base = base_url();
        d.model_group = prefix + std::string(p.name) + "/*";
        const std::vector<std::string>& groups = scope_.names.groups;
        if (std::find(groups.begin(), groups.end(), d.model_group) != groups.end()) continue;
        std::string why;
        const reach found = find_in_environment(e, why);
        if (found == reach::wrong) scope_.notes.fail(place + why);
        if (found == reach::lacking) scope_.notes.warnings.push_back(place + why);
        if (found != reach::served) {
            unserved_.emplace_back(d.model_group, std::move(why));
            continue;
        }
        // The names without a provider are for the "*" alone: behind a prefix they would not be the provider's.
        d.takes_known_names = prefix.empty();
        if (prefix.empty())
            for (const std::string_view beginning : p.facts.model_beginnings) {
                d.other_names.emplace_back(beginning);
                d.other_names.push_back(std::string(beginning) + "*");
            }
        if (e.named && served++ > 0) d.id += "-" + std::to_string(served);
        if (e.named) scope_.names.ids.push_back(d.id);
        scope_.names.groups.push_back(d.model_group);
        entries_.push_back(std::move(e));
    }
}

} // namespace llmx::inline LLMX_ABI::detail
