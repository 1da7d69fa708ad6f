// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/wire/url.hpp>

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
    if (d.key.empty() && p.facts.needs_key)
        return given.fail("provider '" + std::string(p.name) + "' needs a key; give api_key or set " +
                          std::string(p.facts.key_env.front()));
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
        if (p.facts.default_base.empty())
            return given.fail("provider '" + std::string(p.name) + "' has no base URL of its own; give api_base or set " +
                              std::string(p.facts.base_env.front()));
        result<std::string> own = default_base(p);
        if (!own) return given.fail(own.error().message());
        // The registry completes a deployment with a URL that is the same for all accounts.
        if (*own == p.facts.default_base) return;
        text = std::move(*own);
    }
    auto base = parse_base_url(text);
    if (base.has_error()) return given.fail(from + base.error().message());
    e.made.api_base = std::move(*base);
}

LLMX_DECL result<std::string> model_reader::default_base(const known_provider& p) const {
    std::string url(p.facts.default_base);
    for (std::size_t open = url.find('{'); open != std::string::npos; open = url.find('{', open)) {
        const std::size_t close = url.find('}', open);
        const std::string name = url.substr(open + 1, close - open - 1);
        const auto value = scope_.env(name);
        if (!value || value->empty())
            return error(errc::bad_configuration, "the base URL of provider '" + std::string(p.name) + "' needs " + name +
                                                      "; set it or give api_base");
        std::string encoded;
        append_percent_encoded(encoded, *value);
        url.replace(open, close - open + 1, encoded);
        open += encoded.size();
    }
    return url;
}

LLMX_DECL void model_reader::from_environment() {
    settings_node nothing(nullptr, scope_);
    for (const known_provider& p : providers_) {
        entry e;
        e.provider = &p;
        deployment& d = e.made;
        d.provider = p.name;
        if (auto key = first_variable(p.facts.key_env)) {
            d.key = secret(std::move(key->second));
            if (!safe_field_value(d.key.reveal())) {
                scope_.notes.fail(key->first + ": the key holds a line break");
                continue;
            }
        }
        const auto base = first_variable(p.facts.base_env);
        if (base) {
            auto parsed = parse_base_url(base->second);
            if (parsed.has_error()) {
                scope_.notes.fail(base->first + ": " + parsed.error().message());
                continue;
            }
            d.api_base = std::move(*parsed);
        }
        if (p.facts.needs_key && d.key.empty()) continue;
        // A server that needs no account and may not be there: only where a variable names it.
        if (!p.facts.needs_key && p.ready_model.empty() && d.key.empty() && !base) continue;
        if (!base && p.facts.default_base.find('{') != std::string_view::npos) {
            const result<std::string> own = default_base(p);
            if (!own) {
                scope_.notes.warnings.push_back("a key for provider '" + d.provider + "' is set, but it is not served: " + own.error().message());
                continue;
            }
            auto parsed = parse_base_url(*own);
            if (parsed.has_error()) {
                scope_.notes.fail(parsed.error().message());
                continue;
            }
            d.api_base = std::move(*parsed);
        }
        if (p.facts.default_base.empty() && !base && !p.facts.makes_base) {
            if (!d.key.empty() && !p.facts.base_env.empty())
                scope_.notes.warnings.push_back("a key for provider '" + d.provider +
                                                "' is set, but its base URL is not: set " +
                                                std::string(p.facts.base_env.front()) + " to serve it");
            continue;
        }
        if (p.read_settings != nullptr) d.settings = p.read_settings(nothing).front();
        if (p.complete != nullptr) {
            deployment all_models = d;
            all_models.model = "*";
            if (const auto filled = p.complete(all_models, scope_.env); filled.has_error()) {
                scope_.notes.warnings.push_back("provider '" + d.provider + "' is not served: " + filled.error().message());
                continue;
            }
            d.settings = all_models.settings;
        }
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

} // namespace llmx::inline LLMX_ABI::detail
