// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/service/check_layer.hpp>
#include <llmx/service/layer.hpp>

#include <concepts>
#include <memory>

namespace llmx::inline LLMX_ABI {
namespace detail {

template <class P> concept has_position = requires { { P::position } -> std::convertible_to<stage_position>; };
template <class P> concept has_layer = requires { typename P::template layer<probe_service>; };
template <class P> concept makes_layer =
    std::constructible_from<typename P::template layer<probe_service>, const P&, std::shared_ptr<const topology>, probe_service>;

/// What `check_policy` checks, in one.
template <class P> concept good_policy =
    policy<P> && good_layer<typename P::template layer<probe_service>> && (!requires { P::keys; } || has_settings_keys<P>);

template <class P, bool Has = has_layer<P>> struct check_layer_of {};
template <class P> struct check_layer_of<P, true> : check_layer<typename P::template layer<probe_service>> {
    static_assert(makes_layer<P>, "llmx: a policy's layer has a constructor layer(const my_policy& p, std::shared_ptr<const topology> t, Next next)");
};

} // namespace detail

/// The members of the policy \p P, each with a sentence, and those of its layer.
template <class P> struct check_policy : check_settings_keys<P> {
    static_assert(std::copy_constructible<P>, "llmx: a policy can be copied: it is made of options");
    static_assert(detail::has_position<P>,
                  "llmx: a policy's position is static constexpr stage_position position, for instance = at(stage::retry)");
    static_assert(detail::has_layer<P>, "llmx: a policy's layer is template <class Next> class layer, see llmx/service/layer.hpp");
    static_assert(sizeof(detail::check_layer_of<P>) != 0);
};

} // namespace llmx::inline LLMX_ABI
