// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/settings/detail/node.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/gateway_settings.hpp>
#include <llmx/settings/providers.hpp>
#include <llmx/settings/tree.hpp>

#include <optional>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Reads one configuration: first the keys that belong to no policy, then, between `begin` and `finish`, the policies
/// read theirs from the root.
class configuration_reader {
public:
    configuration_reader(std::vector<known_provider> providers, environment env, unserved_models unserved)
        : providers_(std::move(providers)), scope_(std::move(env), unserved == unserved_models::refused) {}

    /// Reads environment, models, aliases and the server into \p into.
    LLMX_DECL void begin(setting root, gateway_settings& into);
    /// The same without a file: all that the environment has keys for.
    LLMX_DECL void begin_without_file(gateway_settings& into);
    /// The root, for the policies.
    [[nodiscard]] settings_reader& top() noexcept { return *top_; }
    /// Warns of unread keys. Fails with all errors.
    LLMX_DECL [[nodiscard]] result<void> finish(gateway_settings& into);

private:
    LLMX_DECL void read_environment(const setting* map);

    std::vector<known_provider> providers_;
    settings_scope scope_;
    setting root_;
    std::optional<settings_node> top_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/configuration_reader.ipp>
#endif
