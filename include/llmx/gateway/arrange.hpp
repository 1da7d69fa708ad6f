// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/route.hpp>
#include <llmx/service/check_policy.hpp>
#include <llmx/service/layer.hpp>
#include <llmx/service/observer.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Policies in an order written by hand: the first one gets the request first.
///
/// Made by `operator|`: `retry() | route<weighted>() | timeout()`. A gateway given a
/// chain keeps its order instead of sorting by stage.
template <policy... Ps> struct policy_chain {
    explicit policy_chain(Ps... ps) : policies(std::move(ps)...) {}
    std::tuple<Ps...> policies;
};

template <policy A, policy B> [[nodiscard]] auto operator|(A a, B b) {
    return policy_chain<A, B>(std::move(a), std::move(b));
}
template <policy... As, policy B> [[nodiscard]] auto operator|(policy_chain<As...> a, B b) {
    return std::apply([&](As&... as) { return policy_chain<As..., B>(std::move(as)..., std::move(b)); }, a.policies);
}

/// Policies as one type, so that a program names its list once: `gateway<registry, policy_list<weighted, retry>>` is
/// `gateway<registry, weighted, retry>`.
template <class... Ps> struct policy_list {};

namespace detail {

/// A router named on its own is wrapped into the route policy.
template <class P> struct as_policy {
    using type = P;
};
template <router R>
    requires(!policy<R>)
struct as_policy<R> {
    using type = route<R>;
};
template <class P> using as_policy_t = typename as_policy<P>::type;

/// An object that is one of a gateway's policies or routers.
template <class P>
concept is_policy_value = policy<as_policy_t<std::remove_cvref_t<P>>>;

template <class P> inline constexpr bool is_route = false;
template <class R> inline constexpr bool is_route<route<R>> = true;

/// Numbers of two of \p positions that are the same seat of a stage that has only one; {N, N} when there are none.
template <std::size_t N>
[[nodiscard]] constexpr std::array<std::size_t, 2> seat_taken_twice(const std::array<stage_position, N>& positions) noexcept {
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = i + 1; j < N; ++j)
            for (int s = 0; s <= static_cast<int>(stage::transport); ++s)
                if (one_seat(static_cast<stage>(s)) && positions[i] == at(static_cast<stage>(s)) &&
                    positions[j] == positions[i])
                    return {i, j};
    return {N, N};
}

/// Indices of the policies, outermost first; equal positions keep the order written.
template <class... Ps> [[nodiscard]] constexpr auto sorted_by_stage() noexcept {
    constexpr std::size_t n = sizeof...(Ps);
    const std::array<stage_position, n> positions = {stage_position(Ps::position)...};
    std::array<std::size_t, n> order{};
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    for (std::size_t i = 1; i < n; ++i)
        for (std::size_t j = i; j > 0 && positions[order[j]] < positions[order[j - 1]]; --j)
            std::swap(order[j], order[j - 1]);
    return order;
}

template <class P>
concept observes = requires(const P& p) {
    { p.pack } -> std::convertible_to<std::shared_ptr<any_observer>>;
};

/// The layers of \p Ps around \p Inner, outermost first.
template <class Inner, class... Ps> struct nested {
    using type = Inner;
    template <class Tuple>
    static type make(const Tuple&, const std::shared_ptr<const topology>&, Inner inner) {
        return inner;
    }
};
template <class Inner, class P, class... Rest> struct nested<Inner, P, Rest...> {
    using next = nested<Inner, Rest...>;
    using type = typename P::template layer<typename next::type>;
    template <class Tuple>
    static type make(const Tuple& policies, const std::shared_ptr<const topology>& served, Inner inner) {
        return type(std::get<P>(policies), served, next::make(policies, served, std::move(inner)));
    }
};

/// Observers are notified by the gateway itself: their policy has no layer in the stack.
template <class Inner, observes P, class... Rest> struct nested<Inner, P, Rest...> : nested<Inner, Rest...> {};

template <class Inner, class Tuple, class Order> struct nested_in;
template <class Inner, class... Ps, std::size_t... I>
struct nested_in<Inner, std::tuple<Ps...>, std::index_sequence<I...>>
    : nested<Inner, std::tuple_element_t<sorted_by_stage<Ps...>()[I], std::tuple<Ps...>>...> {};

/// Named by the compiler behind the sentence: the two policies.
template <class First, class Second> struct on_one_seat {
    static_assert(sizeof(First) == 0,
                  "llmx: two policies of a gateway stand on the same one-seat stage (two routers, two retries, ...): leave one of them out");
};
template <class Policies, std::size_t I, std::size_t J, bool Twice = (I < std::tuple_size_v<Policies>)> struct check_seats {};
template <class Policies, std::size_t I, std::size_t J>
struct check_seats<Policies, I, J, true> : on_one_seat<std::tuple_element_t<I, Policies>, std::tuple_element_t<J, Policies>> {};
template <class... Ps>
inline constexpr auto seats_taken_twice = seat_taken_twice(std::array<stage_position, sizeof...(Ps)>{stage_position(Ps::position)...});

template <class P> concept is_only_router = router<P> && !policy<P>;
template <class P> concept resembles_policy = requires { P::position; } || requires { typename P::template layer<probe_service>; };
/// Whether \p P is a policy or a router and may stand behind a gateway's registry.
template <class P> inline constexpr bool good_argument = is_only_router<P> || good_policy<P>;
template <class R> inline constexpr bool good_argument<route<R>> = router<R>;

/// The sentences about one argument of a gateway behind its registry.
template <class P> struct check_argument {
    static_assert(sizeof(P) == 0, "llmx: every argument of a gateway after the registry must be a policy (options, a position "
                                  "and a layer template, see llmx/service/layer.hpp) or a router");
};
template <is_only_router P> struct check_argument<P> {};
template <class P>
    requires(!is_only_router<P> && resembles_policy<P>)
struct check_argument<P> : check_policy<P> {};
template <class P>
    requires(!is_only_router<P> && !resembles_policy<P> && resembles_router<P>)
struct check_argument<P> : check_router<P> {};
template <class R> struct check_argument<route<R>> : check_router<R> {};

/// Without layers: a gateway becomes this after a failed check, so that the compiler
/// stops at the sentence instead of explaining its consequences.
template <bool Sound, class Inner, class... Ps> struct arranged_layers {
    using tuple = std::tuple<>;
    using layers = nested<Inner>;
};
template <class Inner, class... Ps> struct arranged_layers<true, Inner, Ps...> {
    static_assert((is_route<Ps> || ...), "llmx: a gateway needs a router: add one, e.g. llmx::weighted");
    static_assert(sizeof(check_seats<std::tuple<Ps...>, seats_taken_twice<Ps...>[0], seats_taken_twice<Ps...>[1]>) != 0);
    using tuple = std::tuple<Ps...>;
    using layers = nested_in<Inner, tuple, std::make_index_sequence<sizeof...(Ps)>>;
};

/// The policy that observes among \p Ps; void when there is none.
template <class... Ps> struct observing {
    using type = void;
};
template <class P, class... Ps> struct observing<P, Ps...> {
    using type = std::conditional_t<observes<P>, P, typename observing<Ps...>::type>;
};
template <class Tuple> struct observing_in;
template <class... Ps> struct observing_in<std::tuple<Ps...>> : observing<Ps...> {};

/// The observer among \p policies, null when there is none. \p now is the one in force.
template <class... Ps> [[nodiscard]] std::shared_ptr<any_observer> observer_in(const std::tuple<Ps...>& policies,
                                                                          [[maybe_unused]] const std::shared_ptr<any_observer>& now) {
    static_assert(((observes<Ps> ? 1 : 0) + ... + 0) <= 1,
                  "llmx: name all observers of a gateway in one observers<...>");
    std::shared_ptr<any_observer> found;
    [[maybe_unused]] const auto look = [&](const auto& p) {
        using P = std::remove_cvref_t<decltype(p)>;
        if constexpr (observes<P>) {
            found = p.pack ? p.pack : now;
            if constexpr (requires { P::make(); })
                if (!found) found = P::make();
        }
    };
    std::apply([&](const Ps&... p) { (look(p), ...); }, policies);
    return found;
}

/// The value \p V names a policy of \p Tuple, itself or as a router.
template <class Tuple, class V> struct holds_policy;
template <class... Ps, class V>
struct holds_policy<std::tuple<Ps...>, V> : std::bool_constant<(std::is_same_v<Ps, as_policy_t<V>> || ...)> {};

/// Puts the options \p value in the place of their policy in \p policies.
template <class Tuple, class V> void set_policy(Tuple& policies, V&& value) {
    using policy_type = as_policy_t<std::remove_cvref_t<V>>;
    std::get<policy_type>(policies) = policy_type(std::forward<V>(value));
}

/// How the arguments of `gateway` become a tuple of policies and a nesting of layers.
template <class Inner, class... Ps> struct arrangement {
    static_assert(((sizeof(check_argument<Ps>) != 0) && ...));
    static constexpr bool sound = (good_argument<Ps> && ...);
    using tuple = typename arranged_layers<sound, Inner, as_policy_t<Ps>...>::tuple;
    using layers = typename arranged_layers<sound, Inner, as_policy_t<Ps>...>::layers;
    using stack = typename layers::type;
};
template <class Inner, class... Ps> struct arrangement<Inner, policy_list<Ps...>> : arrangement<Inner, Ps...> {};
template <class Inner, class... Ps> struct arrangement<Inner, policy_chain<Ps...>> {
    static_assert((is_route<Ps> || ...), "llmx: a gateway needs a router: add one, e.g. llmx::route<llmx::weighted>()");
    static_assert(((sizeof(check_argument<Ps>) != 0) && ...));
    using tuple = std::tuple<Ps...>;
    using layers = nested<Inner, Ps...>;
    using stack = typename layers::type;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
