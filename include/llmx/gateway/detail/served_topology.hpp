// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/core/topology.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Whether a gateway over the registry \p providers (their names, in order) can serve \p served:
/// it is there, and each deployment was completed by this very registry. `bad_configuration`
/// names the deployment and the remedy.
LLMX_DECL [[nodiscard]] result<void> check_topology(const topology* served, std::span<const std::string_view> providers);

/// The topology of a gateway that was given nothing it can serve: no deployments.
LLMX_DECL [[nodiscard]] std::shared_ptr<const topology> empty_topology();

/// The deployment of \p now that \p d is or was: \p d itself, or, when \p d belongs to another
/// topology, the one with its id; null when there is none.
LLMX_DECL [[nodiscard]] const deployment* deployment_now(const topology& now, const deployment& d) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/served_topology.ipp>
#endif
