// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>

#include <llmx/wire/url.hpp>

namespace llmx::inline v0::detail {

LLMX_DECL std::optional<std::pair<std::string, std::string>>
model_reader::first_variable(const name_list& names) const {
    for (const std::string_view name : names)
        if (auto value = env_(name); value && !value->empty()) return std::make_pair(std::string(name), std::move(*value));
    return std::nullopt;
}

LLMX_DECL void model_reader::find_key(const setting& params, deployment& d) {
    const known_provider& p = *find_provider(d.provider);
    std::string from;
    if (d.key.empty())
        if (auto found = first_variable(p.facts.key_env)) {
            from = " (from " + found->first + ")";
            d.key = secret(std::move(found->second));
        }
    if (d.key.empty() && p.facts.needs_key) {
        std::string why =
            params.where("api_key") + "provider '" + std::string(p.name) + "' needs a key; give api_key or set ";
        why += p.facts.key_env.front();
        return notes_.fail(error(errc::bad_configuration, std::move(why)));
    }
    if (!safe_field_value(d.key.reveal()))
        return notes_.fail(
            error(errc::bad_configuration, params.where("api_key") + "the key" + from + " holds a line break"));
    for (const std::string_view name : {"organization", "project", "api_version"})
        if (const setting* value = params.find(name); value != nullptr && !safe_field_value(value->text()))
            return notes_.fail(value->wrong("holds a line break"));
    if (d.provider == "azure" && d.api_version.empty())
        if (auto version = env_("AZURE_API_VERSION"); version && safe_field_value(*version))
            d.api_version = std::move(*version);
}

LLMX_DECL void model_reader::find_base(const setting& params, const setting* given, deployment& d) {
    const known_provider& p = *find_provider(d.provider);
    std::string text, from;
    if (given != nullptr) {
        const auto value = given->as_text();
        if (value.has_error()) return notes_.fail(value.error());
        text = *value;
        from = given->where();
    }
    if (text.empty())
        if (auto found = first_variable(p.facts.base_env)) {
            text = std::move(found->second);
            from = params.where("api_base") + found->first + ": ";
        }
    if (text.empty()) {
        if (!p.facts.default_base.empty()) {
            const result<std::string> own = default_base(p);
            if (!own) return notes_.fail(error(errc::bad_configuration, params.where("api_base") + own.error().message()));
            // The registry completes a deployment with a URL that is the same for all accounts.
            if (*own == p.facts.default_base) return;
            text = *own;
            from = params.where("api_base");
        }
    }
    if (text.empty()) {
        std::string why = params.where("api_base") + "provider '" + std::string(p.name) +
                          "' has no base URL of its own; give api_base or set ";
        why += p.facts.base_env.front();
        return notes_.fail(error(errc::bad_configuration, std::move(why)));
    }
    auto base = parse_base_url(text);
    if (base.has_error()) return notes_.fail(error(errc::bad_configuration, from + base.error().message()));
    d.api_base = std::move(*base);
}

LLMX_DECL result<std::string> model_reader::default_base(const known_provider& p) const {
    std::string url(p.facts.default_base);
    for (std::size_t open = url.find('{'); open != std::string::npos; open = url.find('{', open)) {
        const std::size_t close = url.find('}', open);
        const std::string name = url.substr(open + 1, close - open - 1);
        const auto value = env_(name);
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
    for (const known_provider& p : source_.providers) {
        entry e;
        deployment& d = e.made;
        d.provider = p.name;
        if (auto key = first_variable(p.facts.key_env)) {
            d.key = secret(std::move(key->second));
            if (!safe_field_value(d.key.reveal()))
                return notes_.fail(error(errc::bad_configuration, key->first + ": the key holds a line break"));
        }
        const auto base = first_variable(p.facts.base_env);
        if (base) {
            auto parsed = parse_base_url(base->second);
            if (parsed.has_error())
                return notes_.fail(error(errc::bad_configuration, base->first + ": " + parsed.error().message()));
            d.api_base = std::move(*parsed);
        }
        if (p.facts.needs_key && d.key.empty()) continue;
        // A server that needs no account and may not be there: only where a variable names it.
        if (!p.facts.needs_key && p.ready_model.empty() && d.key.empty() && !base) continue;
        if (!base && p.facts.default_base.find('{') != std::string_view::npos) {
            const result<std::string> own = default_base(p);
            if (!own) {
                notes_.warnings.push_back("a key for provider '" + d.provider + "' is set, but it is not served: " + own.error().message());
                continue;
            }
            auto parsed = parse_base_url(*own);
            if (parsed.has_error()) return notes_.fail(error(errc::bad_configuration, parsed.error().message()));
            d.api_base = std::move(*parsed);
        }
        if (p.facts.default_base.empty() && !base) {
            if (!d.key.empty() && !p.facts.base_env.empty())
                notes_.warnings.push_back("a key for provider '" + d.provider +
                                          "' is set, but its base URL is not: set " + std::string(p.facts.base_env.front()) +
                                          " to serve it");
            continue;
        }
        if (!p.ready_model.empty()) {
            entry ready = e;
            ready.made.model_group = p.name;
            ready.made.model = p.ready_model;
            entries_.push_back(std::move(ready));
        }
        if (d.provider == "azure")
            if (auto version = env_("AZURE_API_VERSION"); version && safe_field_value(*version))
                d.api_version = *version;
        d.model_group = std::string(p.name) + "/*";
        d.model = "*";
        entries_.push_back(std::move(e));
    }
}

} // namespace llmx::inline v0::detail
