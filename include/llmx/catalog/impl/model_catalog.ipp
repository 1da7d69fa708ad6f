// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/impl/catalog_reader.ipp>
#include <llmx/catalog/impl/litellm_reader.ipp>
#include <llmx/catalog/model_catalog.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> model_catalog::merge(std::string_view text, std::string_view origin) {
    // One block that is given back at once: the embedded text is a tree of a hundred thousand values.
    boost::json::monotonic_resource memory;
    const auto parsed = parse_json_object(text, &memory);
    if (parsed.has_error())
        return error(errc::bad_configuration, std::string(origin) + ": not a list of models: " + parsed.error().message());
    detail::catalog_reader reader(*this);
    if (parsed->contains("schema")) reader.read(*parsed);
    else reader.read_litellm(*parsed);
    if (!reader.fault.empty()) return error(errc::bad_configuration, std::string(origin) + ": " + reader.fault);
    reader.made.rebuild();
    *this = std::move(reader.made);
    return success();
}

LLMX_DECL result<model_facts> model_catalog::with_model_info(const model_facts* base, std::string_view provider,
                                                             std::string_view model, std::string_view entry) const {
    const auto parsed = parse_json_object(entry);
    if (parsed.has_error()) return error(errc::bad_configuration, "model_info: " + parsed.error().message());
    model_facts made = base != nullptr ? *base : model_facts();
    if (base == nullptr || base->of_family) made.name = std::string(provider) + "/" + std::string(model);
    std::string fault;
    detail::apply_litellm_entry(made, *parsed, fault);
    if (!fault.empty()) return error(errc::bad_configuration, "model_info." + fault);
    const detail::model_family* const family = families_.of(known_provider_name(provider), model.substr(model.rfind('/') + 1));
    // What the owner states is no complete list of the model's abilities.
    if (base == nullptr) made.of_family = true;
    made.traits = detail::derive_traits(made, family);
    made.traits.known = base != nullptr || family != nullptr;
    made.of_family = false;
    return made;
}

LLMX_DECL void model_catalog::rebuild() {
    std::vector<std::size_t> order(models_.size()), place(models_.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const auto before = [this](std::size_t a, std::size_t b) { return models_[a].name < models_[b].name; };
    // The embedded form is in order.
    if (!std::is_sorted(order.begin(), order.end(), before)) {
        std::sort(order.begin(), order.end(), before);
        std::vector<model_facts> sorted;
        sorted.reserve(models_.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            place[order[i]] = i;
            sorted.push_back(std::move(models_[order[i]]));
        }
        models_ = std::move(sorted);
        for (auto& other : others_) other.second = place[other.second];
    }

    index_.reset(2 * models_.size() + others_.size());
    undated_.clear();
    const auto text_of = [this](std::uint32_t number) { return key_at(number); };
    std::uint32_t number = 0;
    for (const model_facts& m : models_) (void)index_.insert(m.name, number++, text_of);
    for (const auto& other : others_) (void)index_.insert(other.first, number++, text_of);
    for (std::size_t i = models_.size(); i-- > 0;) {
        const std::string_view name = models_[i].name;
        const std::string_view shorter = detail::model_name_forms::without_suffix(name);
        if (shorter.size() == name.size() || shorter.ends_with('/')) continue;
        undated_.emplace_back(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(shorter.size()));
        if (index_.insert(shorter, number, text_of)) ++number;
        else undated_.pop_back();
    }
}

LLMX_DECL std::string_view model_catalog::key_at(std::uint32_t number) const noexcept {
    std::size_t i = number;
    if (i < models_.size()) return models_[i].name;
    i -= models_.size();
    if (i < others_.size()) return others_[i].first;
    const auto& [model, length] = undated_[i - others_.size()];
    return std::string_view(models_[model].name).substr(0, length);
}

LLMX_DECL const model_facts* model_catalog::find_key(std::string_view key) const noexcept {
    const std::uint32_t number = index_.find(key, [this](std::uint32_t n) { return key_at(n); });
    if (number == detail::catalog_index::none) return nullptr;
    std::size_t i = number;
    if (i < models_.size()) return &models_[i];
    i -= models_.size();
    if (i < others_.size()) return &models_[others_[i].second];
    return &models_[undated_[i - others_.size()].first];
}

LLMX_DECL std::string_view model_catalog::known_provider_name(std::string_view provider) const noexcept {
    for (const auto& [alias, name] : provider_aliases_)
        if (alias == provider) return name;
    return provider;
}

LLMX_DECL const model_facts* model_catalog::find_listed(std::string_view provider, std::string_view model) const noexcept {
    constexpr std::size_t longest = 256;
    if (model.empty() || model.size() + provider.size() >= longest) return nullptr;
    if (provider.empty()) {
        if (const auto slash = model.find('/'); slash != std::string_view::npos)
            if (const model_facts* const found = find_listed(model.substr(0, slash), model.substr(slash + 1)); found != nullptr)
                return found;
        for (std::string_view name = model;;) {
            if (const model_facts* const found = find_key(name); found != nullptr) return found;
            const std::string_view shorter = detail::model_name_forms::without_suffix(name);
            if (shorter.size() == name.size()) return nullptr;
            name = shorter;
        }
    }
    char key[2 * longest];
    const std::string_view owner = known_provider_name(provider);
    if (owner.size() >= longest) return nullptr;
    std::memcpy(key, owner.data(), owner.size());
    key[owner.size()] = '/';
    const detail::model_name_forms forms(model);
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const std::string_view form = forms[i];
        if (form.empty()) continue;
        std::memcpy(key + owner.size() + 1, form.data(), form.size());
        if (const model_facts* const found = find_key(std::string_view(key, owner.size() + 1 + form.size())); found != nullptr)
            return found;
    }
    return nullptr;
}

LLMX_DECL const model_facts* model_catalog::find_family(std::string_view provider, std::string_view model) const noexcept {
    if (provider.empty())
        if (const auto slash = model.find('/'); slash != std::string_view::npos) provider = model.substr(0, slash);
    const detail::model_family* const family =
        families_.of(known_provider_name(provider), model.substr(model.rfind('/') + 1));
    return family != nullptr ? &family->facts : nullptr;
}

LLMX_DECL const model_facts* model_catalog::find(std::string_view provider, std::string_view model) const noexcept {
    const model_facts* const listed = find_listed(provider, model);
    return listed != nullptr ? listed : find_family(provider, model);
}

} // namespace llmx::inline LLMX_ABI
