// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>

namespace llmx::inline v0::detail {

LLMX_DECL void model_reader::read(const setting& list) {
    if (!list.is_list()) return notes_.fail(list.unexpected("a list of models"));
    for (const setting& one : list.items()) {
        read_entry(one);
        if (notes_.failure) return;
    }
}

LLMX_DECL void model_reader::read_entry(const setting& one) {
    if (!one.is_map()) return notes_.fail(one.unexpected("a map with model_name and litellm_params"));
    section fields(&one, notes_);
    entry e;
    e.at = &one;
    if (!fields.text("model_name", e.made.model_group) || e.made.model_group.empty()) {
        if (!notes_.failure)
            notes_.fail(error(errc::bad_configuration, one.where("model_name") + "expected the name that callers use"));
        return;
    }
    if (const auto star = e.made.model_group.find('*'); star < e.made.model_group.size() - 1)
        return notes_.fail(one.find("model_name")->unexpected("a name with \"*\" at its end only"));
    const setting* const litellm = fields.find("litellm_params");
    const setting* const params = fields.find("params");
    if (litellm != nullptr && params != nullptr)
        return notes_.fail(params->wrong("params and litellm_params are the same thing, give one of them"));
    if (litellm == nullptr && params == nullptr)
        return notes_.fail(
            error(errc::bad_configuration, one.where("litellm_params") + "missing; it says which model to call"));
    std::vector<std::string> organizations;
    read_params(litellm != nullptr ? *litellm : *params, e, organizations);
    if (notes_.failure) return;
    read_info(fields.find("model_info"), e);
    fields.finish();
    if (notes_.failure) return;
    if (organizations.empty()) {
        entries_.push_back(std::move(e));
        return;
    }
    for (std::size_t i = 0; i < organizations.size(); ++i) {
        entry one_of_them = e;
        one_of_them.organization = organizations[i];
        if (e.named && i > 0) one_of_them.made.id += "-" + std::to_string(i + 1);
        entries_.push_back(std::move(one_of_them));
    }
}

LLMX_DECL void model_reader::read_params(const setting& params, entry& e, std::vector<std::string>& organizations) {
    section p(&params, notes_, foreign_params);
    if (notes_.failure) return;
    deployment& d = e.made;
    const setting* const model = p.find("model");
    if (model == nullptr)
        return notes_.fail(error(errc::bad_configuration,
                                 params.where("model") + "missing; expected provider/model, such as openai/gpt-4o"));
    choose_provider(*model, p.find("custom_llm_provider"), d);
    if (notes_.failure) return;

    p.hidden("api_key", d.key);
    const setting* const base = p.find_any({"api_base", "base_url"});
    p.text("api_version", e.api_version);
    if (const setting* org = p.find("organization"); org != nullptr && org->is_list())
        p.texts("organization", organizations);
    else
        p.text("organization", e.organization);
    p.text("project", e.project);
    e.weighted = p.number("weight", d.weight);
    p.count("order", d.order);
    p.count("rpm", d.requests_per_minute);
    p.count("tpm", d.tokens_per_minute);
    p.count("max_parallel_requests", d.max_parallel);
    p.seconds("timeout", d.timeout);
    p.seconds("request_timeout", d.timeout);
    p.seconds("stream_timeout", d.first_token_timeout);
    p.seconds("cooldown_time", d.cool_down, true);
    p.count("max_retries", d.retries);
    p.count("num_retries", d.retries);
    p.texts("tags", d.tags);
    p.text("region_name", d.region);
    if (bool drop = false; p.flag("drop_params", drop)) d.drop_params = drop;
    p.finish();
    if (notes_.failure) return;
    find_base(params, base, d);
    if (notes_.failure) return;
    find_key(params, e);
}

LLMX_DECL void model_reader::read_info(const setting* info, entry& e) {
    section i(info, notes_, foreign_model_info);
    if (i.text("id", e.made.id)) {
        e.named = true;
        if (e.made.id.empty() || !safe_field_value(e.made.id))
            return notes_.fail(i.map()->find("id")->wrong("an id is a text of one line that is not empty"));
    }
    model_traits traits = find_provider(e.made.provider)->facts.traits;
    bool given = false;
    given |= i.count("max_tokens", traits.default_max_tokens, 1);
    given |= i.count("max_output_tokens", traits.default_max_tokens, 1);
    given |= i.flag("native_json_schema", traits.native_json_schema);
    given |= i.flag("max_completion_tokens", traits.max_completion_tokens);
    if (std::string style; i.text("reasoning_style", style)) {
        given = true;
        if (style == "effort") traits.reasoning = model_traits::reasoning_style::effort;
        else if (style == "budget") traits.reasoning = model_traits::reasoning_style::budget;
        else notes_.fail(i.map()->find("reasoning_style")->unexpected("\"effort\" or \"budget\""));
    }
    if (given) e.made.traits = traits;
    if (std::string mode; i.text("mode", mode) && mode != "chat")
        notes_.warn(*i.map()->find("mode"), "not supported, only \"chat\" is; has no effect");
    i.finish();
}

LLMX_DECL const known_provider* model_reader::find_provider(std::string_view name) const noexcept {
    for (const known_provider& p : source_.providers)
        if (p.name == name) return &p;
    for (const known_provider& p : source_.providers)
        if (p.facts.aliases.contains(name)) return &p;
    return nullptr;
}

LLMX_DECL std::string model_reader::provider_names() const {
    std::string names;
    for (const known_provider& p : source_.providers) {
        if (!names.empty()) names += ", ";
        names += p.name;
    }
    return names;
}

LLMX_DECL void model_reader::choose_provider(const setting& model, const setting* custom, deployment& d) {
    const auto given = model.as_text();
    if (given.has_error()) return notes_.fail(given.error());
    std::string_view name = *given;
    const known_provider* provider = nullptr;
    const auto slash = name.find('/');
    const std::string_view prefix = slash != std::string_view::npos ? name.substr(0, slash) : std::string_view();
    if (custom != nullptr) {
        const auto wanted = custom->as_text();
        if (wanted.has_error()) return notes_.fail(wanted.error());
        provider = find_provider(*wanted);
        if (provider == nullptr) return notes_.fail(custom->unexpected("one of the providers " + provider_names()));
        if (!prefix.empty() && find_provider(prefix) == provider) name.remove_prefix(slash + 1);
    } else if (slash != std::string_view::npos) {
        provider = find_provider(prefix);
        name.remove_prefix(slash + 1);
    } else {
        for (const known_provider& p : source_.providers)
            for (const std::string_view beginning : p.facts.model_beginnings)
                if (provider == nullptr && name.starts_with(beginning)) provider = &p;
    }
    if (provider == nullptr)
        return notes_.fail(model.unexpected("provider/model with one of the providers " + provider_names()));
    d.provider = provider->name;
    d.model = name;
    if (d.model.empty()) return notes_.fail(model.unexpected("provider/model, such as openai/gpt-4o"));
    check_model(model, d);
}

LLMX_DECL void model_reader::check_model(const setting& model, deployment& d) {
    const known_provider& provider = *find_provider(d.provider);
    if (const auto star = d.model.find('*'); star != std::string::npos) {
        if (star != d.model.size() - 1) return notes_.fail(model.unexpected("a model with \"*\" at its end only"));
        if (!d.model_group.ends_with('*'))
            return notes_.fail(model.wrong(
                "\"*\" stands for the rest of what callers ask for: the model_name must end with \"*\" too"));
        return;
    }
    if (provider.check_model == nullptr) return;
    if (const auto checked = provider.check_model(d.model); checked.has_error())
        notes_.fail(model.wrong(checked.error().message()));
}

} // namespace llmx::inline v0::detail
