// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/topology.hpp>
#include <llmx/policies/route.hpp>
#include <llmx/settings/gateway_settings.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace llmx::inline v0 {
namespace detail {

/// A router that lets configuration choose its strategy.
template <class R>
concept choosable_router = requires(R& r, std::string_view name) {
    { r.choose(name) } -> std::same_as<result<void>>;
};

// One overload per policy that settings speak about; a policy of one's own keeps its options.
template <class Policy> result<void> configure_policy(Policy&, const gateway_settings&) { return success(); }
inline result<void> configure_policy(retry& p, const gateway_settings& s) { return p = s.retries, success(); }
inline result<void> configure_policy(fallback& p, const gateway_settings& s) { return p = s.fallbacks, success(); }
inline result<void> configure_policy(breaker& p, const gateway_settings& s) { return p = s.cooling, success(); }
inline result<void> configure_policy(rate_limit& p, const gateway_settings& s) { return p = s.limits, success(); }
inline result<void> configure_policy(deployment_limit& p, const gateway_settings& s) {
    return p = s.deployment_limits, success();
}
inline result<void> configure_policy(concurrency_limit& p, const gateway_settings& s) {
    return p = s.concurrency, success();
}
inline result<void> configure_policy(timeout& p, const gateway_settings& s) { return p = s.times, success(); }
template <choosable_router R> result<void> configure_policy(route<R>& p, const gateway_settings& s) {
    if (s.routing_strategy.empty()) return success();
    const auto chosen = p.strategy.choose(s.routing_strategy);
    if (chosen.has_error())
        return error(errc::bad_configuration, s.routing_strategy_at + chosen.error().message());
    return success();
}

} // namespace detail

/// The policies of `gateway<...>::policies_type` with the options that \p s says.
///
/// Policies without settings keys keep the options of \p policies. Fails when the
/// router does not have the strategy asked for.
template <class Policies>
[[nodiscard]] result<Policies> policies_from(const gateway_settings& s, Policies policies = Policies()) {
    result<void> all = success();
    const auto one = [&](auto& policy) {
        if (all.has_value()) all = detail::configure_policy(policy, s);
    };
    std::apply([&](auto&... each) { (one(each), ...); }, policies);
    if (all.has_error()) return all.error();
    return policies;
}

/// The deployments of \p s as a topology of providers of \p Registry.
template <class Registry>
[[nodiscard]] result<std::shared_ptr<const topology>> topology_from(const gateway_settings& s) {
    return Registry::make_topology(s.deployments, s.aliases);
}

/// A new gateway as \p s describes it.
/// Policies without settings keys are those of \p given.
template <class Gateway>
[[nodiscard]] result<std::unique_ptr<Gateway>>
make_gateway(const gateway_settings& s, typename Gateway::policies_type given = typename Gateway::policies_type()) {
    auto world = topology_from<typename Gateway::registry_type>(s);
    if (world.has_error()) return world.error();
    auto policies = policies_from<typename Gateway::policies_type>(s, std::move(given));
    if (policies.has_error()) return policies.error();
    auto made = std::make_unique<Gateway>(std::move(*world), std::move(*policies));
    if (const result<void> ready = made->ready(); !ready) return ready.error();
    return made;
}

/// Puts \p s into force in a running gateway; on failure nothing changes. Thread-safe.
/// Policies without settings keys are those of \p given.
template <class Gateway>
[[nodiscard]] result<void> reload_gateway(Gateway& gateway, const gateway_settings& s,
                                          typename Gateway::policies_type given = typename Gateway::policies_type()) {
    auto world = topology_from<typename Gateway::registry_type>(s);
    if (world.has_error()) return world.error();
    auto policies = policies_from<typename Gateway::policies_type>(s, std::move(given));
    if (policies.has_error()) return policies.error();
    return gateway.reload(std::move(*world), std::move(*policies));
}

} // namespace llmx::inline v0
