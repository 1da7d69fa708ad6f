// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/configuration_reader.hpp>
#include <llmx/settings/detail/general_reader.hpp>
#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The variables that `environment_variables` sets, on top of the environment as in LiteLLM.
LLMX_DECL void configuration_reader::read_environment(const setting* map) {
    if (map == nullptr || map->is_null()) return;
    if (!map->is_map()) return scope_.notes.fail(map->unexpected("a map from names to values"));
    environment_map values;
    for (const auto& [name, value] : map->entries()) {
        if (value.is_null()) continue;
        auto text = value.as_text();
        if (text.has_error()) scope_.notes.fail(text.error());
        else if (auto expanded = expand_environment(*text, scope_.env); expanded.has_error())
            scope_.notes.fail(value.wrong(expanded.error().message()));
        else
            values.insert_or_assign(name, std::move(*expanded));
    }
    scope_.env = layered_environment(environment_of(std::move(values)), std::move(scope_.env));
}

LLMX_DECL void configuration_reader::begin(setting root, gateway_settings& into) {
    root_ = std::move(root);
    read_environment(root_.find("environment_variables"));
    root_.expand_texts([this](std::string_view text) { return expand_environment(text, scope_.env); });

    settings_node& top = top_.emplace(&root_, scope_);
    top.foreign(foreign_top_level);
    (void)top.at("environment_variables");
    (void)top.at("include");
    model_reader models(providers_, scope_);
    models.read_connections(top.at("litellm_settings"), top.at("general_settings"));
    settings_node& list = top.at("model_list");
    into.has_model_list = list.given() && !(list.is_list() && list.size() == 0);
    if (list.given()) {
        models.read(list);
        if (list.is_list() && list.size() == 0) list.warn("the list is empty: no model is served");
    } else if (const setting* const empty = root_.find("model_list"); empty != nullptr) {
        scope_.notes.warn(*empty, "the list is empty: no model is served");
    } else if (root_.is_map() || root_.is_null()) {
        models.from_environment();
        scope_.notes.warnings.push_back(root_.where("model_list") +
                                        "no models; serving the mock and the vendors whose keys are in the environment");
    }
    models.read_search_tools(top.at("search_tools"));
    models.take(into);
    general_reader(top, scope_, into).read();
    if (into.pass_through) models.add_vendor_paths(into);
}

LLMX_DECL void configuration_reader::begin_without_file(gateway_settings& into) {
    (void)top_.emplace(nullptr, scope_);
    model_reader models(providers_, scope_);
    models.read_connections(top_->at("litellm_settings"), top_->at("general_settings"));
    models.from_environment();
    models.take(into);
    models.add_vendor_paths(into);
}

LLMX_DECL result<void> configuration_reader::finish(gateway_settings& into) {
    top_->finish();
    if (scope_.notes.failed()) return scope_.notes.failure();
    into.warnings = std::move(scope_.notes.warnings);
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
