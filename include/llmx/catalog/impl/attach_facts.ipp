// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/core/model_pattern.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> attach_facts(deployment& d, const std::shared_ptr<const model_catalog>& catalog) {
    static const model_catalog empty;
    const model_catalog& known = catalog ? *catalog : empty;
    const std::string& name = d.base_model.empty() ? d.model : d.base_model;
    const bool fixed = !is_pattern(name);
    const model_facts* found = nullptr;
    if (fixed) {
        found = known.find_listed(d.provider, name);
        // A base_model may name another provider's model, "openai/gpt-4o".
        if (found == nullptr && !d.base_model.empty()) found = known.find_listed(std::string_view(), name);
        if (found == nullptr) found = known.find(d.provider, name);
    }
    std::shared_ptr<const model_facts> facts;
    bool own_prices = false;
    if (!d.model_info.empty()) {
        auto own = known.with_model_info(found, d.provider, name, d.model_info);
        if (own.has_error())
            return error(errc::bad_configuration, "deployment '" + d.id + "': " + own.error().message());
        own_prices = own->prices != (found != nullptr ? found->prices : nullptr);
        // Facts of a wildcard are those of each model behind it: what its model_info states is for all of them.
        facts = std::make_shared<const model_facts>(std::move(*own));
    } else if (found != nullptr) {
        facts = std::shared_ptr<const model_facts>(catalog, found);
    }
    d.facts = std::move(facts);
    if (d.takes_known_names && catalog) {
        for (const model_facts& m : catalog->models()) {
            const std::string_view model = std::string_view(m.name).substr(m.provider().size() + 1);
            // A name with a slash begins with a provider's.
            if (m.provider() == d.provider && model.find('/') == std::string_view::npos) d.other_names.emplace_back(model);
        }
    }
    // Only for a wildcard: the facts of a fixed name are found once.
    d.catalog = fixed ? nullptr : catalog;
    d.price_list = own_prices ? nullptr : catalog;
    return success();
}

LLMX_DECL const model_facts* facts_of(const deployment& d, std::string_view model) noexcept {
    if (d.facts) return d.facts.get();
    return d.catalog ? d.catalog->find(d.provider, model) : nullptr;
}

LLMX_DECL const model_facts* facts_priced_by(const deployment& d, std::string_view model, const usage& used, const unit_measures& made) {
    if (d.price_list == nullptr) return nullptr;
    std::string_view name = d.base_model.empty() || is_pattern(d.base_model) ? model : std::string_view(d.base_model);
    if (name.size() > d.provider.size() && name.starts_with(d.provider) && name[d.provider.size()] == '/') name.remove_prefix(d.provider.size() + 1);
    if (used.output_milliseconds != 0 && std::min(made.width, made.height) >= 1024)
        return d.price_list->find_listed(d.provider, std::string(name).append("-high-res"));
    if (used.images == 0 || used.input_tokens != 0 || used.output_tokens != 0) return nullptr;
    const bool sized = made.width != 0 && made.height != 0;
    std::string sized_name = std::to_string(sized ? made.width : 1024).append("-x-").append(std::to_string(sized ? made.height : 1024));
    sized_name.append("/").append(name);
    constexpr std::string_view words[] = {"standard", "low", "medium", "high", "standard", "hd"};
    const std::string_view word = words[static_cast<std::size_t>(made.quality)];
    if (const model_facts* const found = d.price_list->find_listed(d.provider, std::string(word).append("/").append(sized_name)); found != nullptr)
        return found;
    return d.price_list->find_listed(d.provider, sized_name);
}

} // namespace llmx::inline LLMX_ABI
