// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/policy_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>
#include <llmx/settings/settings.hpp>

#include <utility>

namespace llmx::inline v0 {
namespace detail {

/// What `environment_variables` sets, on top of \p env as in LiteLLM.
[[nodiscard]] LLMX_DECL environment configured_environment(const setting* map, const environment& env,
                                                           settings_notes& notes) {
    environment_map values;
    if (map == nullptr || map->is_null()) return env;
    if (!map->is_map()) {
        notes.fail(map->unexpected("a map from names to values"));
        return env;
    }
    for (const auto& [name, value] : map->entries()) {
        if (value.is_null()) continue;
        auto text = value.as_text();
        if (text.has_error()) notes.fail(text.error());
        else if (auto expanded = expand_environment(*text, env); expanded.has_error())
            notes.fail(value.wrong(expanded.error().message()));
        else
            values.insert_or_assign(name, std::move(*expanded));
    }
    return layered_environment(environment_of(std::move(values)), env);
}

} // namespace detail

LLMX_DECL result<gateway_settings> read_settings(setting root, const settings_source& source) {
    gateway_settings s;
    detail::settings_notes notes;
    const environment env = detail::configured_environment(root.find("environment_variables"), source.env, notes);
    if (notes.failure) return *notes.failure;
    root.expand_texts([&env](std::string_view text) { return expand_environment(text, env); });

    detail::section top(&root, notes, detail::foreign_top_level);
    (void)top.find("environment_variables");
    (void)top.find("include");
    detail::model_reader models(source, env, notes);
    if (const setting* list = top.find("model_list"); list != nullptr && !(list->is_list() && list->items().empty())) {
        models.read(*list);
        s.has_model_list = true;
    } else if (!notes.failure) {
        models.from_environment();
        notes.warnings.push_back(root.where("model_list") +
                                 "no models; serving the mock and the vendors whose keys are in the environment");
    }
    if (notes.failure) return *notes.failure;
    s.deployments = models.take();

    detail::policy_reader policies(s, notes);
    policies.read_litellm(top.find("litellm_settings"));
    policies.read_router(top.find("router_settings"));
    policies.read_general(top.find("general_settings"));
    top.finish();
    if (!notes.failure) policies.finish(s.deployments);
    if (notes.failure) return *notes.failure;
    s.warnings = std::move(notes.warnings);
    return s;
}

LLMX_DECL result<gateway_settings> settings_from_environment(const settings_source& source) {
    gateway_settings s;
    detail::settings_notes notes;
    detail::model_reader models(source, source.env, notes);
    models.from_environment();
    if (notes.failure) return *notes.failure;
    s.deployments = models.take();
    s.warnings = std::move(notes.warnings);
    return s;
}

} // namespace llmx::inline v0
