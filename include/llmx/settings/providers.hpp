// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_settings.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/registry/registry.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The functions of a provider in the program that reading settings needs.
struct known_provider {
    known_provider() = default;
    std::string_view name;
    provider_facts facts;
    /// Checks a model's name when that can be done without the vendor; may be null.
    result<void> (*check_model)(std::string_view model) = nullptr;
    /// The model that exists without an account, under the provider's name; may be empty.
    std::string_view ready_model;
    /// The keys of `settings`; empty when the provider has none.
    std::span<const settings_key* const> keys;
    /// Reads the provider's settings from a deployment's parameters: one, or one for each item of a list that is in
    /// the place of a key with `or_each`. Null when the provider has no settings.
    std::vector<any_settings> (*read_settings)(settings_reader& params) = nullptr;
    /// The provider's checks of a deployment; never null for a provider made by `known_providers`.
    result<void> (*check)(const deployment& d) = nullptr;
    /// Fills in values that a deployment leaves open, from the environment and files; may be null.
    result<void> (*complete)(deployment& d, const variable_lookup& variables) = nullptr;
    /// How requests for a model are written; null: as `facts` has it.
    model_traits (*traits_of)(const deployment& d, std::string_view model) = nullptr;
    /// The settings that distinguish one place from another, without secrets. Null like `read_settings`.
    std::string (*describe_settings)(const any_settings& own) = nullptr;
    /// The settings with which the provider gives this answer; null for all but the mock.
    any_settings (*answer_settings)(std::string_view answer) = nullptr;
};

namespace detail {
template <class Settings> [[nodiscard]] std::vector<any_settings> read_provider_settings(settings_reader& params) {
    Settings own;
    settings_alternatives lists;
    if constexpr (has_settings_keys<Settings>) {
        static constexpr auto keys = Settings::keys.pointers();
        typename std::remove_cvref_t<decltype(Settings::keys)>::owner_type& owner = own;
        read_flat_keys(params, &owner, keys, lists);
    }
    if constexpr (reads_settings<Settings>) read_settings(params, own);
    std::vector<any_settings> all;
    if constexpr (has_settings_keys<Settings>)
        for (std::string& text : lists.texts) {
            Settings one = own;
            typename std::remove_cvref_t<decltype(Settings::keys)>::owner_type& owner = one;
            settings_key::value v;
            v.text = std::move(text);
            lists.of->store(*lists.of, &owner, v);
            all.push_back(any_settings::of(std::move(one)));
        }
    if (all.empty()) all.push_back(any_settings::of(std::move(own)));
    return all;
}
template <class Settings> [[nodiscard]] std::string describe_provider_settings(const any_settings& given) {
    if constexpr (has_settings_keys<Settings>) {
        static constexpr auto keys = Settings::keys.pointers();
        const typename std::remove_cvref_t<decltype(Settings::keys)>::owner_type& owner = given.get<Settings>();
        return describe_keys(&owner, keys);
    }
    return std::string();
}

template <provider P> [[nodiscard]] known_provider describe_provider() {
    known_provider p;
    p.name = P::name;
    p.facts = P::facts;
    p.check = &check_deployment<P>;
    p.complete = complete_of<P>();
    p.traits_of = traits_of<P>();
    if constexpr (ready_provider<P>) p.ready_model = P::ready_model;
    if constexpr (model_checking_provider<P>) p.check_model = [](std::string_view model) { return P::check_model(model); };
    if constexpr (provider_with_settings<P>) {
        using settings = typename P::settings;
        if constexpr (has_settings_keys<settings>) {
            static constexpr auto keys = settings::keys.pointers();
            p.keys = keys;
        }
        p.read_settings = &read_provider_settings<settings>;
        p.describe_settings = &describe_provider_settings<settings>;
        if constexpr (requires(std::string_view answer) { { settings::answering(answer) } -> std::same_as<settings>; })
            p.answer_settings = [](std::string_view answer) { return any_settings::of(settings::answering(answer)); };
    }
    return p;
}

/// A vendor of an array of rows: it has no settings of its own.
[[nodiscard]] inline known_provider describe_vendor(const provider_ops& ops) {
    known_provider p;
    p.name = ops.name;
    p.facts = ops.facts;
    p.check = ops.check;
    return p;
}

template <class P> void describe_entry(std::vector<known_provider>& all) {
    if constexpr (provider<P>) all.push_back(describe_provider<P>());
    else
        for (std::size_t i = 0; i < registry_entry<P>::size; ++i) all.push_back(describe_vendor(*registry_entry<P>::ops(i)));
}
template <class Registry> struct providers_in;
template <class... Ps> struct providers_in<registry<Ps...>> {
    static std::vector<known_provider> list() {
        std::vector<known_provider> all;
        (describe_entry<Ps>(all), ...);
        return all;
    }
};
} // namespace detail

/// The providers of a registry, as data.
template <class Registry> [[nodiscard]] std::vector<known_provider> known_providers() {
    return detail::providers_in<Registry>::list();
}

} // namespace llmx::inline LLMX_ABI
