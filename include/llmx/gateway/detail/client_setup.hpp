// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/client_options.hpp>
#include <llmx/gateway/detail/client_calling.hpp>
#include <llmx/wire/url.hpp>

#include <concepts>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The one deployment of a client: provider \p P, key and base URL from the vendor's
/// environment variables where \p d names none.
template <provider P> [[nodiscard]] result<std::shared_ptr<const topology>> client_topology(deployment d) {
    d.provider = P::name;
    if (d.id.empty()) d.id = std::string(P::name);
    if (d.model_group.empty()) d.model_group = d.model;
    const auto from_environment = [](const name_list& names) -> const char* {
        for (const std::string_view name : names)
            if (const char* value = std::getenv(std::string(name).c_str()); value != nullptr && *value != 0) return value;
        return nullptr;
    };
    if (d.key.empty())
        if (const char* key = from_environment(P::facts.key_env)) d.key = secret(key);
    if (d.key.empty() && P::facts.needs_key)
        return error(errc::bad_configuration, "no key for provider '" + std::string(P::name) + "': set " +
                                                  std::string(P::facts.key_env.front()) + " or give deployment::key");
    if (d.api_base.where.host.empty())
        if (const char* base = from_environment(P::facts.base_env)) {
            auto parsed = parse_base_url(base);
            if (parsed.has_error()) return parsed.error();
            d.api_base = std::move(*parsed);
        }
    std::vector<deployment> one;
    one.push_back(std::move(d));
    return registry<P>::make_topology(std::move(one));
}

[[nodiscard]] inline deployment client_deployment(std::string model) {
    deployment d;
    d.model = std::move(model);
    return d;
}

/// A key, for the constructors of clients: `"sk-..."`.
template <class V>
concept client_key = std::same_as<V, secret> || std::convertible_to<const V&, std::string_view>;

/// All that the constructor of a client was given.
template <class P, class... Policies> struct client_setup {
    using options_type = client_options<P, Policies...>;

    template <class... Given>
    explicit client_setup(deployment place, const Given&... given)
        : where(std::move(place)), options(begin_with(given...)) {
        (take(given), ...);
    }

    template <class... Given> [[nodiscard]] static options_type begin_with(const Given&... given) {
        if constexpr ((std::same_as<Given, options_type> || ...)) return value_among<options_type>(given...);
        else if constexpr ((std::same_as<Given, P> || ...)) return options_type(value_among<P>(given...));
        else return value_among<options_type>();
    }
    template <class V> void take(const V& value) {
        if constexpr (std::same_as<V, secret>) where.key = value;
        else if constexpr (client_key<V>) where.key = secret(std::string(std::string_view(value)));
        else if constexpr (!std::same_as<V, options_type>) options.set(value);
    }

    deployment where;
    options_type options;
};

/// The shared inside of a client.
template <class P, class... Policies>
[[nodiscard]] auto make_client_state(io_executor on, client_setup<P, Policies...> setup) {
    using gateway_type = typename client_options<P, Policies...>::gateway_type;
    using state = client_state<gateway_type>;
    const auto shared = [](state* s) { return std::shared_ptr<state>(s, client_core_deleter()); };
    if (const result<void> there = on.check(); !there) return shared(new state(std::move(on), there.error()));
    // The branch keeps the compiler from explaining a provider that the registry has refused.
    if constexpr (good_provider<P>) {
        auto served = client_topology<P>(std::move(setup.where));
        if (!served) return shared(new state(std::move(on), served.error()));
        return shared(new state(std::move(on), std::move(setup.options.pool), std::move(*served),
                                std::move(setup.options.policies), registry<P>(std::move(setup.options.vendor))));
    } else {
        return std::shared_ptr<state>();
    }
}

} // namespace llmx::inline LLMX_ABI::detail
