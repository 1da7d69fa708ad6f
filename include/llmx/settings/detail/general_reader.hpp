// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/node.hpp>
#include <llmx/settings/gateway_settings.hpp>

#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Reads the keys for all models that belong to no policy: aliases, `drop_params` and the server.
class general_reader {
public:
    general_reader(settings_node& top, settings_scope& scope, gateway_settings& into)
        : top_(top), scope_(scope), into_(into) {}

    /// Expects the names of the deployments in the scope, and adds those of the aliases.
    LLMX_DECL void read();

private:
    LLMX_DECL void read_aliases(settings_node& map);
    /// What callers may bring for their own requests (`deployment::callers`).
    LLMX_DECL void read_callers(settings_node& litellm, settings_node& general);
    LLMX_DECL void read_kept(settings_node& s);
    LLMX_DECL void read_server(settings_node& general);
    LLMX_DECL void read_clients(settings_node& general);
    LLMX_DECL void read_own_paths(settings_node& list);
    LLMX_DECL void read_own_path(settings_node& one);
    LLMX_DECL void read_keys(settings_node& list);
    LLMX_DECL void read_key(settings_node& one);

    settings_node& top_;
    settings_scope& scope_;
    gateway_settings& into_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/client_reader.ipp>
#include <llmx/settings/impl/general_reader.ipp>
#include <llmx/settings/impl/key_reader.ipp>
#include <llmx/settings/impl/own_path_reader.ipp>
#endif
