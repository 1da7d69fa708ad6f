// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/topology.hpp>
#include <llmx/settings/gateway_settings.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The deployments of \p s as a topology of providers of \p Registry.
template <class Registry>
[[nodiscard]] result<std::shared_ptr<const topology>> topology_from(const gateway_settings& s) {
    std::vector<deployment> all = s.deployments;
    all.insert(all.end(), s.vendor_paths.begin(), s.vendor_paths.end());
    for (const own_path& p : s.own_paths) all.push_back(own_path_deployment(p));
    if (s.pass_through_timeout > duration::zero())
        for (std::size_t i = s.deployments.size(); i != all.size(); ++i) all[i].timeout = all[i].first_token_timeout = s.pass_through_timeout;
    return Registry::make_topology(std::move(all), s.aliases, s.unserved);
}

/// A new gateway as \p c describes it.
template <class Gateway> [[nodiscard]] result<std::unique_ptr<Gateway>> make_gateway(const configuration<Gateway>& c) {
    auto served = topology_from<typename Gateway::registry_type>(c);
    if (served.has_error()) return served.error();
    auto made = std::make_unique<Gateway>(std::move(*served), c.policies);
    if (const result<void> ready = made->ready(); !ready) return ready.error();
    return made;
}

/// Puts \p c into force in a running gateway; on failure nothing changes. Thread-safe.
template <class Gateway>
[[nodiscard]] result<void> reload_gateway(Gateway& gateway, const configuration<Gateway>& c) {
    auto served = topology_from<typename Gateway::registry_type>(c);
    if (served.has_error()) return served.error();
    return gateway.reload(std::move(*served), c.policies);
}

} // namespace llmx::inline LLMX_ABI
