// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/stage.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// An object that answers calls: the innermost one calls providers, each layer
/// around it is a service again.
///
/// `available_at` returns the time from which on the service would take a call for a deployment;
/// a moment that is not after \p now means at once. Routers call it before choosing.
template <class S>
concept service = std::move_constructible<S> &&
                  requires(S& s, const S& cs, call& c, const deployment& d, time_point now) {
                      { s(c) } -> std::same_as<boost::asio::awaitable<result<reply>>>;
                      { cs.available_at(d, now) } noexcept -> std::same_as<time_point>;
                      { s.adopt(s) };
                  };

/// The common part of every layer: the service inside it, availability passed through, and
/// state taken over on reload.
///
/// A layer derives from it and defines `operator()(call&)`, or, when all it does is decide
/// before and after the service inside it, from `deciding_layer`. A layer with state of its
/// own also defines `adopt(layer& previous)`, called once before the layer serves, which
/// takes over the state and calls `this->adopt_next(previous)`.
template <class Next> class layer_base {
public:
    using next_type = Next;
    explicit layer_base(Next next) : next_(std::move(next)) {}

    [[nodiscard]] time_point available_at(const deployment& d, time_point now) const noexcept {
        return next_.available_at(d, now);
    }
    /// Whether nothing but limits of the gateway's own, here or inside, keeps \p d from being available \p now: it is sound, and
    /// a caller who waits will be served. Services without it have no limits.
    [[nodiscard]] bool limited(const deployment& d, time_point now) const noexcept {
        if constexpr (requires { { next_.limited(d, now) } -> std::same_as<bool>; }) return next_.limited(d, now);
        else return false;
    }
    /// Whether a layer here or inside serves \p c although no group has its model's name.
    [[nodiscard]] bool takes_unknown(const call& c) const noexcept {
        if constexpr (requires { next_.takes_unknown(c); }) return next_.takes_unknown(c);
        else return false;
    }
    void adopt(layer_base& previous) { adopt_next(previous); }
    [[nodiscard]] Next& next() noexcept { return next_; }
    [[nodiscard]] const Next& next() const noexcept { return next_; }

protected:
    void adopt_next(layer_base& previous) { next_.adopt(previous.next_); }
    Next next_;
};

namespace detail {
/// Represents "any service" when a policy is checked.
struct probe_service {
    boost::asio::awaitable<result<reply>> operator()(call&);
    [[nodiscard]] time_point available_at(const deployment&, time_point now) const noexcept;
    void adopt(probe_service&);
};
} // namespace detail

/// A policy: options, the place of its layer, and the layer.
///
/// `Policy::position` is a `stage_position`. `Policy::layer<Next>` is made from the
/// policy, the topology it will serve and the service inside it.
template <class P>
concept policy = std::copy_constructible<P> && requires {
    { P::position } -> std::convertible_to<stage_position>;
    typename P::template layer<detail::probe_service>;
    requires service<typename P::template layer<detail::probe_service>>;
    requires std::constructible_from<typename P::template layer<detail::probe_service>, const P&,
                                     std::shared_ptr<const topology>, detail::probe_service>;
};

} // namespace llmx::inline LLMX_ABI
