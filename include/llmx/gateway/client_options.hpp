// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/transport/http_pool_options.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The gateway inside of a client: its policies are \p Ps, or `weighted, retry, timeout`.
/// The registry of a client of \p P. It checks each member that a provider has, so that the client's own templates
/// are not constrained, which would hide its sentences.
template <class P> struct client_registry {
    using type = registry<P>;
};
template <class... Ps> struct client_registry<registry<Ps...>> {
    static_assert(sizeof...(Ps) != sizeof...(Ps),
                  "llmx: a client calls one provider: client<openai>; several are called through gateway<registry<openai, ...>, ...>");
    // The registry itself keeps the compiler from explaining what a registry lacks of a provider.
    using type = registry<Ps...>;
};
template <class P> using client_registry_t = typename client_registry<P>::type;

template <class P, class... Ps> struct client_stack {
    using type = gateway<client_registry_t<P>, Ps...>;
};
template <class P> struct client_stack<P> {
    using type = gateway<client_registry_t<P>, weighted, retry, timeout>;
};

/// Whether \p P is among the policies that a client has by default.
template <class P>
inline constexpr bool client_has_by_default = std::is_same_v<P, weighted> || std::is_same_v<P, retry> || std::is_same_v<P, timeout>;

template <class V>
concept client_policy = policy<as_policy_t<V>>;

/// The policies of a client that is given values of the types \p Given: the default ones, the given router in place
/// of `weighted`, and others behind them.
template <class List, class... Given> struct joined_policies {
    using type = List;
};
template <class... Ps, class G, class... Given> struct joined_policies<policy_list<Ps...>, G, Given...> {
    using type = typename joined_policies<
        std::conditional_t<client_policy<G> && !client_has_by_default<G>, policy_list<Ps..., G>, policy_list<Ps...>>,
        Given...>::type;
};
template <class... Given>
using client_policies = typename joined_policies<
    std::conditional_t<((router<Given> || is_route<Given>) || ...), policy_list<retry, timeout>, policy_list<weighted, retry, timeout>>,
    Given...>::type;

/// The one of \p all that is a \p T; a default one when there is none.
template <class T> [[nodiscard]] T value_among() {
    static_assert(std::default_initializable<T>, "llmx: this provider has no default constructor: give the client an object of it");
    return T();
}
template <class T, class First, class... Rest> [[nodiscard]] T value_among(const First& first, const Rest&... rest) {
    if constexpr (std::is_same_v<First, T>) return first;
    else return value_among<T>(rest...);
}

} // namespace detail

/// What a client is made of besides its deployment: the options of its policies, its provider's object, its
/// connections.
///
/// `client_options<openai> options(llmx::retry(5)); options.pool.tls = ...;`. The constructor takes, in any order and any
/// number of them, values of policies of the client, a provider object with state, and `http_pool_options`.
/// Constructors of `client` and `blocking_client` take the same values, and one of these.
template <class P, class... Policies> struct client_options {
    using gateway_type = typename detail::client_stack<P, Policies...>::type;
    using policies_type = typename gateway_type::policies_type;

    client_options()
        requires std::default_initializable<P>
    = default;
    template <class... Given>
        requires(sizeof...(Given) > 0 && (!std::same_as<std::remove_cvref_t<Given>, client_options> && ...))
    explicit client_options(const Given&... given) : vendor(detail::value_among<P>(given...)) {
        (set(given), ...);
    }

    /// Sets what the type of \p value names.
    template <class V> void set(const V& value) {
        constexpr bool is_policy = detail::holds_policy<policies_type, V>::value;
        static_assert(is_policy || std::same_as<V, P> || std::same_as<V, http_pool_options>,
                      "llmx: this value is no option of this client: give a policy that the client's type names "
                      "(client<provider, weighted, retry, ...>; without names it has weighted, retry and timeout), an "
                      "object of its provider, http_pool_options or a key");
        if constexpr (is_policy) detail::set_policy(policies, value);
        else if constexpr (std::same_as<V, P>) vendor = value;
        else if constexpr (std::same_as<V, http_pool_options>) pool = value;
    }

    /// The provider's object.
    P vendor;
    /// One object for each policy of the client: `std::get<llmx::retry>(options.policies)`.
    policies_type policies;
    /// Certificate authorities, sizes and times of the connections. The client has one pool.
    http_pool_options pool;
};

} // namespace llmx::inline LLMX_ABI
