// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/providers/provider.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// What a provider contributes to the deployments that name it.
struct deployment_rules {
    template <class Provider>
    explicit deployment_rules(const Provider& p) noexcept
        : facts(p.facts), complete(p.complete), check(p.check) {}

    const provider_facts& facts;
    /// May be null, as may `check`.
    result<void> (*complete)(deployment& d, const variable_lookup& variables);
    result<void> (*check)(const deployment& d);

    /// Fills in what \p d leaves to its provider (settings, base URL) and checks all of it. \p d names the provider.
    /// Fails with `errc::bad_configuration`, whose message does not name the deployment; \p d is not complete then.
    /// Both the registry and the settings call it: a configuration file is refused for the same reasons as a program's own deployments.
    LLMX_DECL [[nodiscard]] result<void> apply(deployment& d, const variable_lookup& variables) const;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/deployment_rules.ipp>
#endif
