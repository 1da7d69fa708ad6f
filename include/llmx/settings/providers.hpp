// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/registry/registry.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace llmx::inline v0 {

/// What reading settings needs to know of a provider in the program.
struct known_provider {
    known_provider() = default;
    std::string_view name;
    provider_facts facts;
    /// Checks a model's name when that can be done without the vendor; may be null.
    result<void> (*check_model)(std::string_view model) = nullptr;
    /// Makes the provider's settings of these; null when it has none of them.
    any_settings (*make_settings)(std::string api_version, std::string organization, std::string project) = nullptr;
    /// The model that exists without an account, under the provider's name; may be empty.
    std::string_view ready_model;
};

namespace detail {
template <provider P> [[nodiscard]] known_provider describe_provider() {
    known_provider p;
    p.name = P::name;
    p.facts = P::facts;
    if constexpr (provider_with_settings<P>)
        p.make_settings = [](std::string api_version, std::string organization, std::string project) {
            typename P::settings own;
            if constexpr (requires { own.api_version; }) own.api_version = std::move(api_version);
            if constexpr (requires { own.organization; }) own.organization = std::move(organization);
            if constexpr (requires { own.project; }) own.project = std::move(project);
            return any_settings::of(std::move(own));
        };
    if constexpr (std::is_same_v<P, mock>) {
        p.ready_model = "echo";
        p.check_model = [](std::string_view model) -> result<void> {
            auto script = parse_mock_script(model);
            if (script.has_error()) return script.error();
            return success();
        };
    }
    return p;
}
template <class Registry> struct providers_in;
template <class... Ps> struct providers_in<registry<Ps...>> {
    static std::vector<known_provider> list() { return {describe_provider<Ps>()...}; }
};
} // namespace detail

/// The providers of a registry, as data.
template <class Registry> [[nodiscard]] std::vector<known_provider> known_providers() {
    return detail::providers_in<Registry>::list();
}

} // namespace llmx::inline v0
