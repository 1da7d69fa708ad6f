// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/core/model_pattern.hpp>

#include <string>
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
    if (!d.model_info.empty()) {
        auto own = known.with_model_info(found, d.provider, name, d.model_info);
        if (own.has_error())
            return error(errc::bad_configuration, "deployment '" + d.id + "': " + own.error().message());
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
    return success();
}

LLMX_DECL const model_facts* facts_of(const deployment& d, std::string_view model) noexcept {
    if (d.facts) return d.facts.get();
    return d.catalog ? d.catalog->find(d.provider, model) : nullptr;
}

} // namespace llmx::inline LLMX_ABI
