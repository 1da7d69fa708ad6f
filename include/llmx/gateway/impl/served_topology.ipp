// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/served_topology.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> check_topology(const topology* served, std::span<const std::string_view> providers) {
    constexpr std::string_view what_to_do =
        "; make the topology with make_topology of the gateway's registry, which completes its deployments";
    if (served == nullptr)
        return error(errc::bad_configuration,
                     "the gateway was given no topology (a null pointer)" + std::string(what_to_do));
    for (const deployment& d : served->deployments()) {
        const auto at = std::find(providers.begin(), providers.end(), d.provider);
        std::string why;
        if (at == providers.end()) {
            why = "unknown provider '" + d.provider + "'; the gateway's registry has";
            std::string_view before = " ";
            for (const std::string_view name : providers) (why += std::exchange(before, ", ")) += name;
        } else if (d.provider_index == deployment::no_provider || d.api_base.where.host.empty()) {
            why = "it was not completed";
        } else if (d.provider_index != static_cast<std::size_t>(at - providers.begin())) {
            why = "it was completed by another registry, in which '" + d.provider + "' has another position";
        } else {
            continue;
        }
        return error(errc::bad_configuration, "deployment '" + d.id + "': " + why + std::string(what_to_do));
    }
    return success();
}

LLMX_DECL std::shared_ptr<const topology> empty_topology() { return *topology::make(std::vector<deployment>()); }

LLMX_DECL const deployment* deployment_now(const topology& now, const deployment& d) noexcept {
    const std::span<const deployment> all = now.deployments();
    if (d.index < all.size() && &all[d.index] == &d) return &d;
    const auto same = std::find_if(all.begin(), all.end(), [&d](const deployment& mine) { return mine.id == d.id; });
    return same == all.end() ? nullptr : &*same;
}

} // namespace llmx::inline LLMX_ABI::detail
